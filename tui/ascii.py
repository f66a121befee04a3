"""ASCII in the place of all shapes that this program and Textual draw, cell by cell."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_PAIRS = {
    "·•∙": "..",
    "●○◦": "o",
    "…": "~",
    "–—−‐‑─━╌╍┄┅┈┉═▔▁": "-",
    "│┃║┆┇┊┋▏▎▍▌▐▕": "|",
    "┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬╭╮╯╰┍┑┕┙": "+",
    "±": "~",
    "×✗✘": "x",
    "✓✔★": "*",
    "‖": "=",
    "▶▸→›»": ">",
    "◀◂←‹«": "<",
    "▲△↑": "^",
    "▼▽↓": "v",
    "†": "~",
    "“”": '"',
    "‘’": "'",
    "█▉▊▋▇▆▅": "#",
    "▄▃▂": "_",
    "▀": '"',
    "▓▒": "#",
    "░": ".",
    "⡀": ".",
}

#: Each of our shapes, and those of Textual's borders and scroll bars, by a character of ASCII that is as wide.
TABLE: dict[int, str] = {ord(shape): plain[0] for shapes, plain in _PAIRS.items() for shape in shapes}


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
