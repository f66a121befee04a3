"""Drawing the app in ASCII."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from bertft_tui.tui.ascii import TABLE


class AsciiFilter(LineFilter):
    """Draws every line of every widget in ASCII; letters of other scripts, which are somebody's text, stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Replace the shapes in a line."""
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(TABLE), segment.style, segment.control)
            for segment in segments
        ]
