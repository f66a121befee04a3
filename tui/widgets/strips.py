"""Coloured text as Textual's strips."""

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.style import Style as VisualStyle

from bertft_tui.tui.palettes import DARK
from bertft_tui.tui.widgets.braille import Span


def rich_style(style: str) -> Style:
    """Return a style such as `$accent bold` in the colours of the app's theme; outside an app, in those of `dark`."""
    return VisualStyle.parse(style, dict(DARK.colours)).rich_style


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
