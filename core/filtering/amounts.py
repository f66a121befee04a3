"""Numbers, durations and times as people type them.

Each kind has two functions: one reads a text, and gives None for what it is not; one says whether a text may become
right when somebody types on.
"""

import math
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

_NUMBER = re.compile(r"[+-]?(\d[\d_]*(\.\d*)?|\.\d+)(e[+-]?\d+)?(?P<unit>[kmg%]?)", re.IGNORECASE)
_FACTORS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}

#: Numbers that are words.
SPECIAL_NUMBERS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LONG_UNITS = {
    "s": ("sec", "secs", "second", "seconds"),
    "m": ("min", "mins", "minute", "minutes"),
    "h": ("hr", "hrs", "hour", "hours"),
    "d": ("day", "days"),
    "w": ("week", "weeks"),
}
_UNITS = {name: unit for unit, names in _LONG_UNITS.items() for name in (unit, *names)}
_PIECE = re.compile(r"(\d+(?:\.\d*)?|\.\d+) ?([a-z]+) ?", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):([0-5]\d)")
_DURATION_ENDS = {"1s", "00", "0", *(name[at:] for name in _UNITS for at in range(len(name)))}

_TIME = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:[T ](\d\d?)(?::(\d\d)(?::(\d\d))?)?)?)?)?", re.IGNORECASE)
_SOME_TIME = "2000-01-01T00:00:00"
#: How many parts of a date there are, and how long the last of them lasts.
_YEAR, _MONTH = 1, 2
_LASTS = {3: timedelta(days=1), 4: timedelta(hours=1), 5: timedelta(minutes=1), 6: timedelta(seconds=1)}
_DAYS_AGO = {"today": 0, "yesterday": 1}


class Period(NamedTuple):
    """A stretch of time that a date stands for; seconds since the epoch, the end not in it."""

    start: float
    end: float


def read_number(text: str) -> float | None:
    """Read `0.9`, `3e-5`, `1k`, `2M`, `90%`, `nan`, `-inf`."""
    if (special := SPECIAL_NUMBERS.get(text.casefold())) is not None:
        return special
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    unit = match["unit"]
    value = float(text[: len(text) - len(unit)].replace("_", ""))
    return value / 100 if unit == "%" else value * _FACTORS[unit.casefold()]  # 7 * 0.01 is not 7 / 100


def number_begun(text: str) -> bool:
    """Whether a text is the beginning of a number."""
    return read_number(f"{text}1") is not None or _begins_one_of(text, SPECIAL_NUMBERS)


def read_duration(text: str) -> float | None:
    """Read `10m`, `1h30m`, `2d`, `1.5 hours`, `1:02:03` as seconds; a number without a unit is none, but for 0."""
    if (clock := _CLOCK.fullmatch(text)) is not None:
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return hours * 3600 + minutes * 60 + seconds
    pieces = list(_PIECE.finditer(text))
    units = [_UNITS.get(piece[2].casefold()) for piece in pieces]
    if not pieces or "".join(piece[0] for piece in pieces) != text or None in units:
        return 0.0 if text in ("0", "0.0") else None
    return sum(float(piece[1]) * _SECONDS[unit or ""] for piece, unit in zip(pieces, units, strict=True))


def duration_begun(text: str) -> bool:
    """Whether a text is the beginning of a duration."""
    return not text or any(read_duration(text + end) is not None for end in _DURATION_ENDS)


def read_period(text: str, now: float) -> Period | None:
    """Read `2026`, `2026-11`, `2026-11-01`, `2026-11-01T12:30`, `today`, `yesterday`, by the clock on the wall."""
    try:
        begin, end = _period(text, now) or (None, None)
        return None if begin is None or end is None else Period(begin.timestamp(), end.timestamp())
    except (ValueError, OverflowError, OSError):  # a day that no calendar has, or that no clock counts to
        return None


def period_begun(text: str, now: float) -> bool:
    """Whether a text is the beginning of a date."""
    return read_period(text + _SOME_TIME[len(text) :], now) is not None or _begins_one_of(text, _DAYS_AGO)


def _period(text: str, now: float) -> tuple[datetime, datetime] | None:
    if (ago := _DAYS_AGO.get(text.casefold())) is not None:
        today = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=ago), today - timedelta(days=ago - 1)
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    parts = [int(part) for part in match.groups() if part is not None]
    year, month, day, hour, minute, second = [*parts, *(1, 1, 1, 0, 0, 0)[len(parts) :]]
    begin = datetime(year, month, day, hour, minute, second)
    if len(parts) == _YEAR:
        return begin, begin.replace(year=begin.year + 1)
    if len(parts) == _MONTH:
        return begin, (begin + timedelta(days=31)).replace(day=1)
    return begin, begin + _LASTS[len(parts)]


def _begins_one_of(text: str, words: Iterable[str]) -> bool:
    return any(word.startswith(text.casefold()) for word in words)
