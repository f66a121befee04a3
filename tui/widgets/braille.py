"""A canvas of braille dots, two across and four down in each cell, with a colour for every cell."""

import math
from itertools import groupby

_BLANK = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))

#: A piece of a line: text and its colour.
Span = tuple[str, str]


class Canvas:
    """Dots and characters on `width` × `height` cells; what is drawn later has the colour and lies on top."""

    def __init__(self, width: int, height: int, *, braille: bool = True) -> None:
        self.width, self.height = width, height
        self._braille = braille
        self._dots = [[0] * width for _ in range(height)]
        self._chars = [[""] * width for _ in range(height)]
        self._colours = [[""] * width for _ in range(height)]

    def dot(self, x: int, y: int, colour: str) -> None:
        """Set a dot; x counts dots from the left, y from the top. Outside the canvas nothing happens."""
        if 0 <= x < self.width * 2 and 0 <= y < self.height * 4:
            self._dots[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
            self._colours[y // 4][x // 2] = colour

    def line(self, start: tuple[int, int], end: tuple[int, int], colour: str) -> None:
        """Connect two dots by a straight line."""
        (x0, y0), (x1, y1) = start, end
        steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for index in range(steps + 1):
            share = index / steps
            self.dot(math.floor(x0 + (x1 - x0) * share + 0.5), math.floor(y0 + (y1 - y0) * share + 0.5), colour)

    def char(self, x: int, y: int, char: str, colour: str) -> None:
        """Put a character on the cell of a dot, in place of the dots there."""
        if 0 <= x < self.width * 2 and 0 <= y < self.height * 4:
            self._chars[y // 4][x // 2] = char
            self._colours[y // 4][x // 2] = colour

    def rows(self) -> list[list[Span]]:
        """The lines from the top, neighbours of one colour joined."""
        return [self._row(y) for y in range(self.height)]

    def _row(self, y: int) -> list[Span]:
        cells = [(self._cell(x, y), self._colours[y][x]) for x in range(self.width)]
        return [("".join(text for text, _ in group), colour) for colour, group in groupby(cells, key=lambda c: c[1])]

    def _cell(self, x: int, y: int) -> str:
        if char := self._chars[y][x]:
            return char
        dots = self._dots[y][x]
        if not dots:
            return " "
        return chr(_BLANK + dots) if self._braille else _ascii(dots)


def _ascii(dots: int) -> str:
    """The nearest of `'`, `.` and `:` to a cell's dots."""
    above, below = dots & 0b0001_1011, dots & 0b1110_0100
    return ":" if above and below else ("'" if above else ".")
