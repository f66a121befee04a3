"""A canvas of braille dots, two across and four down in each cell, with a colour for every cell."""

import math
from collections.abc import Sequence
from itertools import compress, groupby

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))

#: The dots of one column of a cell from a row on, and up to a row.
_FROM = tuple(tuple(sum(_DOTS[row][x] for row in range(first, 4)) for first in range(4)) for x in range(2))
_UP_TO = tuple(tuple(sum(_DOTS[row][x] for row in range(last + 1)) for last in range(4)) for x in range(2))

_BRAILLE = (" ", *(chr(0x2800 + dots) for dots in range(1, 256)))


def _nearest(dots: int) -> str:
    """The nearest of `'`, `.` and `:` to a cell's dots."""
    above, below = dots & 0b0001_1011, dots & 0b1110_0100
    return ":" if above and below else ("'" if above else ".")


_ASCII = (" ", *(_nearest(dots) for dots in range(1, 256)))

#: A piece of a line: text and its colour.
Span = tuple[str, str]


class Canvas:
    """Dots and characters on `width` × `height` cells; what is drawn later has the colour and lies on top."""

    def __init__(self, width: int, height: int, *, braille: bool = True) -> None:
        self.width, self.height = width, height
        self._shapes = _BRAILLE if braille else _ASCII
        self._dots = [[0] * width for _ in range(height)]
        self._chars: dict[tuple[int, int], str] = {}
        self._colours = [[""] * width for _ in range(height)]

    def dot(self, x: int, y: int, colour: str) -> None:
        """Set a dot; x counts dots from the left, y from the top. Outside the canvas nothing happens."""
        if 0 <= x < self.width * 2 and 0 <= y < self.height * 4:
            self._dots[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
            self._colours[y // 4][x // 2] = colour

    def upright(self, x: int, start: int, end: int, colour: str) -> None:
        """Set all dots of a column between two places, in any order: cell by cell, not dot by dot."""
        if not 0 <= x < self.width * 2:
            return
        top, bottom = (start, end) if start <= end else (end, start)
        top, bottom = max(0, top), min(self.height * 4 - 1, bottom)
        cell, side = divmod(x, 2)
        for row in range(top // 4, bottom // 4 + 1):
            dots = _FROM[side][top % 4] if row == top // 4 else _FROM[side][0]
            if row == bottom // 4:
                dots &= _UP_TO[side][bottom % 4]
            self._dots[row][cell] |= dots
            self._colours[row][cell] = colour

    def line(self, start: tuple[int, int], end: tuple[int, int], colour: str) -> None:
        """Connect two dots by a straight line."""
        (x0, y0), (x1, y1) = start, end
        if abs(x1 - x0) <= 1:  # half of it in each column
            down, half = (1 if y1 > y0 else -1), (abs(y1 - y0) + 1) // 2
            self.upright(x0, y0, y0 + down * max(0, half - 1), colour)
            self.upright(x1, y0 + down * half, y1, colour)
            return
        steps = max(abs(x1 - x0), abs(y1 - y0))
        for index in range(steps + 1):
            share = index / steps
            self.dot(math.floor(x0 + (x1 - x0) * share + 0.5), math.floor(y0 + (y1 - y0) * share + 0.5), colour)

    def char(self, x: int, y: int, char: str, colour: str) -> None:
        """Put a character on the cell of a dot, in place of the dots there."""
        if 0 <= x < self.width * 2 and 0 <= y < self.height * 4:
            self._chars[y // 4, x // 2] = char
            self._colours[y // 4][x // 2] = colour

    def behind(self, x: int, char: str, colour: str, every: int = 1) -> None:
        """Put a character on every so many cells of a column, where nothing was drawn."""
        if 0 <= x < self.width * 2:
            cell = x // 2
            for row in range(0, self.height, every):
                if not self._dots[row][cell] and (row, cell) not in self._chars:
                    self._chars[row, cell] = char
                    self._colours[row][cell] = colour

    def take_in(self, curves: Sequence["Canvas"], point: str, points: str) -> None:
        """Draw canvases of the same size over each other, so that none hides another where they share cells.

        The last has every second of these, the others take turns in the rest; where several have a `point`, `points`
        stands.
        """
        owners: dict[tuple[int, int], list[str]] = {}
        for each in curves:
            for row, (dots, colours) in enumerate(zip(each._dots, each._colours, strict=True)):
                for cell in compress(range(self.width), dots):
                    self._dots[row][cell] |= dots[cell]
                    owners.setdefault((row, cell), []).append(colours[cell])
        for (row, cell), colours in owners.items():
            turn, is_last = divmod(row + cell, 2)
            self._colours[row][cell] = (
                colours[-1] if is_last or len(colours) == 1 else colours[turn % (len(colours) - 1)]
            )
        for each in curves:
            for (row, cell), char in each._chars.items():
                shares = char == point and self._chars.get((row, cell)) in (point, points)
                self._chars[row, cell] = points if shares else char
                self._colours[row][cell] = each._colours[row][cell]

    def rows(self) -> list[list[Span]]:
        """The lines from the top, neighbours of one colour joined."""
        shapes = self._shapes
        cells = [[shapes[dots] for dots in row] for row in self._dots]
        for (row, cell), char in self._chars.items():
            cells[row][cell] = char
        return [_joined(row, colours) for row, colours in zip(cells, self._colours, strict=True)]


def _joined(cells: list[str], colours: list[str]) -> list[Span]:
    spans, place = list[Span](), 0
    for colour, group in groupby(colours):
        end = place + len(list(group))
        spans.append(("".join(cells[place:end]), colour))
        place = end
    return spans
