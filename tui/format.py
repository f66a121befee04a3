"""Numbers and foreign text on their way to the screen."""

import math
import re
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.content import Content

#: What stands where there is no value.
NOTHING = "–"

#: The epoch of what was measured before the first step.
START = "start"

#: Longer texts are cut here; nobody reads more of one in a terminal.
MAX_TEXT = 4000

_CONTROL_PICTURES = 0x2400
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def _control_table() -> dict[int, str]:
    """Map every code point that could steer a terminal or reorder a line to something visible."""
    table = {code: chr(_CONTROL_PICTURES + code) for code in range(0x20)}
    table[0x7F] = "\u2421"
    hidden = [
        range(0x80, 0xA0),  # C1: 0x9B is another spelling of ESC [
        range(0xD800, 0xE000),  # lone surrogates cannot be encoded
        range(0x200E, 0x2010),  # marks, embeddings, overrides and isolates of the bidi algorithm
        range(0x202A, 0x202F),
        range(0x2066, 0x206A),
        range(0x206A, 0x2070),
        range(0x2028, 0x202A),  # line and paragraph separators
        range(0xFFF9, 0xFFFC),
        range(0xE0000, 0xE0080),  # invisible tags
        (0x061C, 0x200B, 0xFEFF),
    ]
    table.update({code: _REPLACEMENT for codes in hidden for code in codes})
    return table


_TABLE = _control_table()
_TABLE_LINES = {**_TABLE, ord("\n"): "\n", ord("\t"): "    ", ord("\r"): ""}
_TABLE_ONE_LINE = {**_TABLE, ord("\n"): " ", ord("\t"): " ", ord("\r"): " "}

#: More marks than any script stacks on one letter.
_MARKS = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]{4,}"
)


def clean(text: str, *, lines: bool = False, limit: int = MAX_TEXT) -> str:
    """Make any text safe to print: no control bytes, no bidi, no stacked marks, at most `limit` characters.

    Line ends stay when `lines` is true; else the text becomes one line.
    """
    cut = text[:limit].translate(_TABLE_LINES if lines else _TABLE_ONE_LINE)
    safe = _MARKS.sub(lambda match: match.group()[:3], cut)
    return safe + "…" if len(text) > limit else safe


def content(text: str, style: str = "", *, lines: bool = False, limit: int = MAX_TEXT) -> "Content":
    """Return any text as Content: cleaned, and never read as markup."""
    from textual.content import Content  # the command line cleans text too, and does without textual

    safe = clean(text, lines=lines, limit=limit)
    return Content.styled(safe, style) if style else Content(safe)


def number(value: float | None, digits: int = 4) -> str:
    """Write a number to so many significant digits: `5e-5`, `0.8724`, `1,250`."""
    if value is None:
        return NOTHING
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if abs(value) >= 1000 and float(value).is_integer() and abs(value) < 1e9:
        return f"{value:,.0f}"
    return _bare_exponent(f"{value:.{digits}g}")


def _bare_exponent(text: str) -> str:
    return re.sub(r"e([+-])0*(\d)", lambda match: f"e{match[1].strip('+')}{match[2]}", text)


def metric(value: float | None) -> str:
    """Write a metric for a column of seven cells: three decimals, so that the points stand under each other."""
    if value is None or not math.isfinite(value) or abs(value) >= 1000:
        return number(value, 3)
    return f"{value:.3f}" if value == 0 or abs(value) >= 0.001 else _bare_exponent(f"{value:.1e}")


def duration(seconds: float | None) -> str:
    """Write a duration as a clock shows it: `0:41`, `12:05`, `1:02:03`, `2d 03:15`."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, secs = divmod(rest, 60)
    if days:
        return f"{days}d {hours:02}:{minutes:02}"
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"


def percent(share: float | None) -> str:
    """Write a share between 0 and 1: `43 %`."""
    return NOTHING if share is None else f"{share:.0%}".replace("%", " %")


def moment(seconds: float) -> str:
    """A time of day, with the date when it was not today."""
    then, today = time.localtime(seconds), time.localtime()
    same = then[:3] == today[:3]
    return time.strftime("%H:%M:%S" if same else "%Y-%m-%d %H:%M", then)


def count_of(number: int, thing: str, things: str = "") -> str:
    """Write how many there are: `1 run`, `1,200 runs`, `2 directories`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def size(count: float | None) -> str:
    """Write a number of bytes: `512 B`, `90.9 MB`, `1.2 GB`."""
    if count is None:
        return NOTHING
    for unit in ("B", "kB", "MB", "GB"):
        if abs(count) < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"
