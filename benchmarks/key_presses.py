"""How long a key waits for its answer, with thousands of runs in the store."""

import math
import random
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from benchmarks.figures import Line, figures, milliseconds
from benchmarks.program import Program

#: Seconds, at the 99th percentile.
TARGET = 0.05

#: Seconds without output that end an answer, and those after which a key has none.
_QUIET, _PATIENCE = 0.1, 5.0

_DOWN, _UP, _PAGE_DOWN, _PAGE_UP, _ESCAPE = "\x1b[B", "\x1b[A", "\x1b[6~", "\x1b[5~", "\x1b[27u"


class Press(NamedTuple):
    """One key: its kind, and the seconds until the terminal had the first of its answer, and the last."""

    kind: str
    first: float
    last: float
    processor: float  # what the program computed for it


def presses(program: Program, count: int) -> tuple[list[Press], int]:
    """Press so many keys in a program that shows its rows, each when the one before was answered.

    Returns those that had an answer, and the number of the others.
    """
    found, unanswered = [], 0
    program.answer(1, quiet=2 * _QUIET)  # the rest of the first paint
    for kind, key in islice(_keys(random.Random(1)), count):
        before = program.now.processor
        program.type(key)
        answer = program.answer(_PATIENCE, quiet=_QUIET)
        if answer is None:
            unanswered += 1
        else:
            found.append(Press(kind, *answer, program.now.processor - before))
        program.drawn = ""
    return found, unanswered


def _keys(draw: random.Random) -> Iterator[tuple[str, str]]:
    """Keys of which each changes what is shown: the cursor never stands at an end, filters are typed and left."""
    while True:
        yield from _round(draw)


def _round(draw: random.Random) -> list[tuple[str, str]]:
    """Down and up again, by lines and pages; a filter, letter by letter; the order turned and turned back."""
    steps = draw.randrange(3, 9)
    moves = [("down", _DOWN)] * steps + [("page down", _PAGE_DOWN)] * 3
    back = [("page up", _PAGE_UP)] * 3 + [("up", _UP)] * steps
    letters = [("a letter of a filter", letter) for letter in draw.choice(("lr", "batch", "seed"))]
    return [
        *moves,
        *back,
        ("filter", "/"),
        *letters,
        ("leave the filter", _ESCAPE),
        ("reverse the order", "S"),
        ("reverse the order", "S"),
    ]


def lines(found: list[Press], unanswered: int) -> list[Line]:
    """All keys together, which have a target; then each kind."""
    kinds = list(dict.fromkeys(press.kind for press in found))
    return [
        _line(f"a key of {len(found)}: first output", [press.first for press in found], True, unanswered),
        _line("all output", [press.last for press in found], False),
        _line("processor time for it", [press.processor for press in found], False),
        *(
            _line(f"{kind}: first output", [press.first for press in found if press.kind == kind], False)
            for kind in kinds
        ),
    ]


def _line(what: str, seconds: list[float], has_target: bool, unanswered: int = 0) -> Line:
    each = figures(seconds)
    return Line(
        what + (f" ({unanswered} had none)" if unanswered else ""),
        milliseconds(each.median),
        f"95 %: {milliseconds(each.p95)}, 99 %: {milliseconds(each.p99)}, all: {milliseconds(each.highest)}",
        target=f"99 % ≤ {milliseconds(TARGET)}" if has_target else "",
        share=(math.inf if unanswered else each.p99 / TARGET) if has_target else None,
    )
