"""ASCII in the place of all shapes that this program and Textual draw, cell by cell."""

from bertft_tui.tui.glyphs import is_ascii

_PAIRS = {
    "·•∙": "..",
    "●○◦": "o",
    "◉": "O",
    "…": "~",
    "–—−‐‑─━╌╍┄┅┈┉═▔▁": "-",
    "│┃║┆┇┊┋▏▎▍▌▐▕": "|",
    "┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬╭╮╯╰┍┑┕┙": "+",
    "±": "~",
    "×": "x",
    "✗✘": "!",
    "✓✔": "+",
    "★": "@",
    "‖": "=",
    "▶▸→›»": ">",
    "◀◂←‹«": "<",
    "▲△↑": "^",
    "▼▽↓": "v",
    "†": "'",
    "“”": '"',
    "‘’": "'",
    "█▉▊▋▇▆▅": "#",
    "▄▃▂": "_",
    "▀": '"',
    "▓▒": "#",
    "░": ".",
    "⡀": ".",
    "≠": "/",
    "↥": "^",
    "▾": "v",
    "◆": "<",
    "◇": "c",
    "≤": "<",
    "≥": ">",
    "Δ": "d",
    "⇧": "S",
    "°": " ",
}

#: Each of our shapes, and those of Textual's borders and scroll bars, by a character of ASCII that is as wide.
TABLE: dict[int, str] = {ord(shape): plain[0] for shapes, plain in _PAIRS.items() for shape in shapes}


def drawable(text: str) -> str:
    """A text as this terminal is to show it: where ASCII is asked for, with our shapes in it."""
    return text.translate(TABLE) if is_ascii() else text
