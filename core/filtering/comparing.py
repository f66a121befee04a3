"""Values compared with what a filter asks for.

Texts are compared whatever their case. A run without a value matches no comparison, but `!=`, which is the same as
`-` before `=`; and `field=""` finds the runs that have none.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any

from bertft_tui.core.filtering.fields import Field, FieldKind

#: Says of one value whether it matches. Values are str, float or bool, a tuple of str for tags, None for none.
Matches = Callable[[Any], bool]

_ORDER: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}

#: Operators that ask whether a value is the same.
EQUAL = (":", "=", "!=")
_ORDERED = (*EQUAL, *_ORDER)

#: Which operators a kind of field takes.
TAKES: dict[FieldKind, tuple[str, ...]] = {
    FieldKind.TEXT: (*EQUAL, "~"),
    FieldKind.CHOICE: (*EQUAL, "~"),
    FieldKind.FLAG: EQUAL,
    FieldKind.NUMBER: _ORDERED,
    FieldKind.DURATION: _ORDERED,
    FieldKind.TIME: _ORDERED,
}

#: What a kind of field is called in a sentence.
KIND_NAMES = {
    FieldKind.TEXT: "text",
    FieldKind.CHOICE: "choice of words",
    FieldKind.FLAG: "yes or no",
    FieldKind.NUMBER: "number",
    FieldKind.DURATION: "duration",
    FieldKind.TIME: "time",
}

#: Words for runs without a value where values are no texts.
NONE_WORDS = ("none", "empty")
FLAG_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}

#: Two numbers are the same when they differ by less: many were computed in 32 bits.
_CLOSE = 1e-6


def is_missing(value: Any) -> bool:
    """Whether a run has no value."""
    return value is None or value in ("", ())


@dataclass(frozen=True)
class Contains:
    """Whether a text has another one in it."""

    folded: str

    def __call__(self, text: str) -> bool:
        """Look for it in a text."""
        return self.folded in text.casefold()


@dataclass(frozen=True)
class Equals:
    """Whether a text is another one."""

    folded: str

    def __call__(self, text: str) -> bool:
        """Compare it with a text."""
        return self.folded == text.casefold()


@dataclass(frozen=True)
class OfText:
    """Tests a text that may be missing."""

    matches: Callable[[str], bool]

    def __call__(self, value: str | None) -> bool:
        """Test it."""
        return value is not None and self.matches(value)


@dataclass(frozen=True)
class Ordered:
    """Tests whether a number is less than another one, or more; one that is missing is neither."""

    operator: str
    wanted: float

    def __call__(self, value: float | None) -> bool:
        """Compare it."""
        return value is not None and _ORDER[self.operator](value, self.wanted)


def each_of(field: Field, matches: Callable[[str], bool]) -> Matches:
    """Test a text that may be missing, or each of several."""
    return (lambda value: any(map(matches, value))) if field.has_many else OfText(matches)


def contains(wanted: str) -> Contains:
    """Look for a text in others."""
    return Contains(wanted.casefold())


def equals(wanted: str) -> Equals:
    """Compare texts with one."""
    return Equals(wanted.casefold())


def compared(operator: str, wanted: float) -> Matches:
    """Compare a number; NaN is only ever the same as NaN."""
    if operator in EQUAL:
        if math.isnan(wanted):
            return lambda value: value is not None and math.isnan(value)
        return lambda value: value is not None and (value == wanted or math.isclose(value, wanted, rel_tol=_CLOSE))
    return Ordered(operator, wanted)


def in_time(operator: str, start: float, end: float) -> Matches:
    """Compare a time with a stretch of time: later than a day is later than its end."""
    if operator in EQUAL:
        return lambda value: value is not None and start <= value < end
    return compared("<" if operator in ("<", "<=") else ">=", end if operator in ("<=", ">") else start)
