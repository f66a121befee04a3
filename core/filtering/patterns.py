"""Regular expressions that anybody may type, and that never hold up the program.

Python's engine tries every way in which a pattern may match: a repeat within a repeat takes longer than the universe
on thirty letters, and while it works nothing else in the process does. So a pattern is looked at first. A repeat of
something that varies by itself is refused; what is left takes at most a known number of steps, which says how much
of a text is looked at; and all texts together have a second.
"""

import re
import time
import warnings
from dataclasses import dataclass
from math import comb

#: Characters of a pattern.
MAX_PATTERN = 200

#: How many characters of a text are looked at; the first of these that is quick enough for the pattern.
LOOKED_AT = (4000, 350, 120)

#: Steps for one text: about half a second at the worst.
_MAX_STEPS = 10_000_000

#: Seconds for all texts of one search.
_PATIENCE = 1.0

_REPEAT = re.compile(r"(?:[*+?]|\{(?P<least>\d*)(?P<comma>,?)(?P<most>\d*)\})[?+]?")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_GROUP = re.compile(r"\((?:\?(?::|=|!|>|<=|<!|P<\w+>|P=\w+\)))?")


class PatternError(ValueError):
    """A pattern that cannot be used; says why, and where in it."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True)
class _Variety:
    """In how many ways a piece of a pattern can match: repeats without an end, and choices of all else together."""

    repeats: int = 0
    ways: int = 1

    def beside(self, other: "_Variety") -> "_Variety":
        return _Variety(self.repeats + other.repeats, min(self.ways * other.ways, _MAX_STEPS))

    def instead_of(self, other: "_Variety") -> "_Variety":
        return _Variety(max(self.repeats, other.repeats), min(self.ways + other.ways, _MAX_STEPS))


class Search:
    """A pattern that texts are searched for, whatever their case. Raises PatternError."""

    def __init__(self, pattern: str) -> None:
        self._pattern = _compiled(pattern)
        variety = _Scan(pattern).variety()
        self._limit = next((limit for limit in LOOKED_AT if _steps(variety, limit) <= _MAX_STEPS), 0)
        if not self._limit:
            raise PatternError("it has so many repeats and choices that it could take for ever")
        self._spent = 0.0

    def found_in(self, text: str) -> bool:
        """Whether the pattern is anywhere in the text. Raises PatternError when all texts together take too long."""
        began = time.perf_counter()
        found = self._pattern.search(text[: self._limit]) is not None
        self._spent += time.perf_counter() - began
        if self._spent > _PATIENCE:
            raise PatternError("it takes too long on these texts")
        return found


def _compiled(pattern: str) -> re.Pattern[str]:
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"it has more than {MAX_PATTERN} characters", MAX_PATTERN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `[[` may mean something else in a later Python
            return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise PatternError(error.msg, error.pos or 0) from None
    except (OverflowError, RecursionError):
        raise PatternError("it is too large") from None


def _steps(variety: _Variety, length: int) -> int:
    """How many steps a search that fails may take: where it begins, and where each repeat ends."""
    return comb(length + 1, variety.repeats + 1) * variety.ways


class _Scan:
    """Reads a pattern that compiles, piece by piece."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0

    def variety(self) -> _Variety:
        """Read branches up to the end of a group, or of the pattern. Raises PatternError."""
        whole, branch = None, _Variety()
        while self._at < len(self._pattern) and self._pattern[self._at] != ")":
            if self._pattern[self._at] == "|":
                self._at += 1
                whole, branch = branch if whole is None else whole.instead_of(branch), _Variety()
            else:
                branch = branch.beside(self._piece())
        return branch if whole is None else whole.instead_of(branch)

    def _piece(self) -> _Variety:
        """Read one character, class or group, with what repeats it."""
        begin = self._at
        inside = self._atom()
        match = _REPEAT.match(self._pattern, self._at)
        if match is None:
            return inside
        self._at = match.end()
        least, most = _bounds(match)
        if most == 1 or most == least == 0:
            return _Variety(inside.repeats, inside.ways + 1) if least != most else inside
        if inside != _Variety():
            raise PatternError("a repeat of something that varies by itself could take for ever", begin)
        return _Variety() if most == least else _Variety(int(most is None), 1 if most is None else most - least + 1)

    def _atom(self) -> _Variety:
        character = self._pattern[self._at]
        if character == "\\":
            self._at += 2
        elif character == "[" and (match := _CLASS.match(self._pattern, self._at)) is not None:
            self._at = match.end()
        elif character == "(":
            return self._group()
        else:
            self._at += 1
        return _Variety()

    def _group(self) -> _Variety:
        begin, match = self._at, _GROUP.match(self._pattern, self._at)
        assert match is not None
        self._at = match.end()
        if match[0].endswith(")"):  # what an earlier group found: as long as that was
            return _Variety()
        if self._pattern[self._at : self._at + 1] == "?":
            raise PatternError("flags, comments and conditions are not read here", begin)
        inside = self.variety()
        self._at += 1
        return inside


def _bounds(match: re.Match[str]) -> tuple[int, int | None]:
    """How often at least and at most something repeats; None: without an end."""
    sign = match[0][0]
    if sign != "{":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
    least, most = int(match["least"] or 0), int(match["most"]) if match["most"] else None
    return least, most if match["comma"] else least
