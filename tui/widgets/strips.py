"""Coloured text as Textual's strips."""

from collections.abc import Iterable
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.markup import parse_style
from textual.strip import Strip
from textual.style import Style as VisualStyle

from bertft_tui.tui.palettes import DARK
from bertft_tui.tui.widgets.braille import Span


def rich_style(style: str) -> Style:
    """Return a style such as `$accent bold` in the colours of the app's theme; outside an app, in those of `dark`."""
    return _as_rich(VisualStyle.parse(style, dict(DARK.colours)))  # which the app remembers until its theme changes


@lru_cache(1024)
def printed_style(style: str) -> Style:
    """The same in the colours of `dark`, for what is printed: no app remembers it there."""
    return parse_style(style, dict(DARK.colours)).rich_style


@lru_cache(1024)  # there are few, and a cell of a table needs one
def _as_rich(style: VisualStyle) -> Style:
    return style.rich_style


def strip(spans: Iterable[Span], width: int, base: Style) -> Strip:
    """Put spans on a base style, cut or filled to exactly `width` cells."""
    segments = [Segment(text, base + rich_style(style) if style else base) for text, style in spans]
    return Strip(segments).adjust_cell_length(width, base)


def fit_cells(text: str, width: int, *, right: bool = False) -> str:
    """Cut or fill a text to exactly `width` cells; what is cut ends in `…`."""
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, max(0, width - 1)) + "…" if width > 0 else ""
    return " " * (width - length) + text if right else text + " " * (width - length)


def that_fit(spans: Iterable[Span], width: int) -> list[Span]:
    """Keep spans from the left while they fit whole; the first stays in any case."""
    kept: list[Span] = []
    for text, style in spans:
        width -= cell_len(text)
        if kept and width < 0:
            break
        kept.append((text, style))
    return kept


def wrap_cells(text: str, width: int, most: int) -> list[str]:
    """Break a text into at most `most` lines of `width` cells, between words or parts of them; the rest is `…`."""
    lines: list[str] = []
    rest = text
    while cell_len(rest) > width and len(lines) < most - 1:
        cut = _place_to_break(rest, len(_that_fits(rest, width)))
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, rest if cell_len(rest) <= width else fit_cells(rest, width)]


def _place_to_break(text: str, most: int) -> int:
    """Where a text is broken so that at most so many characters come before: behind a word or a part of a path."""
    if text[most : most + 1] == " ":
        return most
    after = max(text.rfind(mark, 0, most) for mark in (" ", "/", "_", "-", ","))
    return after + 1 if after >= most // 2 else most


def _that_fits(text: str, width: int) -> str:
    """The beginning of a text that takes at most `width` cells; one character at least."""
    used = 0
    for place, char in enumerate(text):
        used += cell_len(char)
        if used > width and place:
            return text[:place]
    return text
