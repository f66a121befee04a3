"""The words of a filter and where they stand. Any text has some: what is wrong with them, the parser says."""

import re
from dataclasses import dataclass
from enum import Enum

#: Operators as they may be typed, the longest first; `:` may stand before another one, as people know it elsewhere.
_OPERATOR = re.compile(r":?(?P<plain><=|>=|!=|==|=>|=<|<>|<|>|=|~)|:")

#: How other languages write some of them.
_OTHER_SPELLINGS = {"==": "=", "=>": ">=", "=<": "<=", "<>": "!="}

#: Where a bare word ends. An exclamation mark by itself is part of a word.
_BARE = re.compile(r"(?:!(?!=)|[^\s()\"!:=<>~])+")
_SPACE = re.compile(r"\s*")
_QUOTES = "\"'"


class Kind(Enum):
    """What a token is."""

    OPEN = "("
    CLOSE = ")"
    DASH = "-"
    OR = "OR"
    AND = "AND"
    NOT = "NOT"
    TERM = "term"  # a word by itself, or a field with an operator and perhaps a value
    STRAY = "operator"  # an operator with nothing before it


KEYWORDS = {kind.value.casefold(): kind for kind in (Kind.OR, Kind.AND, Kind.NOT)}


@dataclass(frozen=True)
class Part:
    """A piece of a token: what it says, and where it stands in the text, quotes included."""

    text: str
    start: int
    end: int
    is_quoted: bool = False
    is_closed: bool = True  # false: a quote that nothing ends


@dataclass(frozen=True)
class Token:
    """One token from `start` up to `end`. `head` is the word or the field; `value` is None while none is typed."""

    kind: Kind
    start: int
    end: int
    head: Part | None = None
    operator: Part | None = None
    value: Part | None = None

    @property
    def open_quote(self) -> Part | None:
        """The quoted part that nothing ends."""
        return next((part for part in (self.head, self.value) if part is not None and not part.is_closed), None)


def tokens(text: str) -> list[Token]:
    """Take a text apart. Raises nothing."""
    found: list[Token] = []
    at = _skip(text, 0)
    while at < len(text):
        found.append(_token(text, at))
        at = _skip(text, found[-1].end)
    return found


def is_bare(text: str) -> bool:
    """Whether a text reads as one bare word, without quotes."""
    match = _BARE.match(text)
    return match is not None and match.end() == len(text) and text[0] not in f"-{_QUOTES}" and not _is_keyword(text)


def is_bare_value(text: str) -> bool:
    """Whether a text behind an operator reads as one value, without quotes."""
    starts_well = bool(text) and text[0] not in f"{_QUOTES}!:=<>~" and not _is_keyword(text)
    is_closed = text.count("(") == text.count(")")  # else it would take one that closes a group
    return starts_well and is_closed and _bare_value(text, 0).end == len(text)


def quoted(text: str) -> str:
    """Put a text into quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_keyword(text: str) -> bool:
    return text.casefold() in KEYWORDS


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _token(text: str, at: int) -> Token:
    if text[at] in "()":
        return Token(Kind(text[at]), at, at + 1)
    if text[at] == "-" and not text[at + 1 : at + 2].isspace():
        return Token(Kind.DASH, at, at + 1)
    if (operator := _operator(text, at)) is not None:
        return Token(Kind.STRAY, at, operator.end, operator=operator)
    head = _quoted(text, at) if text[at] in _QUOTES else _bare(text, at)
    if not head.is_quoted and _is_keyword(head.text) and _operator(text, head.end) is None:
        return Token(KEYWORDS[head.text.casefold()], head.start, head.end)
    operator = _operator(text, _skip(text, head.end)) if head.is_closed else None
    if operator is None:
        return Token(Kind.TERM, at, head.end, head)
    value = _value(text, operator.end)
    return Token(Kind.TERM, at, value.end if value else operator.end, head, operator, value)


def _bare(text: str, at: int) -> Part:
    match = _BARE.match(text, at)
    end = match.end() if match else at + 1
    return Part(text[at:end], at, end)


def _quoted(text: str, at: int) -> Part:
    """Read what stands in quotes: a backslash stands before a quote or another backslash, else for itself."""
    quote, said, i = text[at], "", at + 1
    while i < len(text) and text[i] != quote:
        if text[i] == "\\" and text[i + 1 : i + 2] in (quote, "\\"):
            i += 1
        said += text[i]
        i += 1
    is_closed = i < len(text)
    return Part(said, at, i + is_closed, is_quoted=True, is_closed=is_closed)


def _operator(text: str, at: int) -> Part | None:
    match = _OPERATOR.match(text, at)
    if match is None:
        return None
    plain = match["plain"] or ":"
    return Part(_OTHER_SPELLINGS.get(plain, plain), at, match.end())


def _value(text: str, after: int) -> Part | None:
    at = _skip(text, after)
    if at == len(text) or text[at] == ")":
        return None
    if text[at] in _QUOTES:
        return _quoted(text, at)
    value = _bare_value(text, at)
    return None if at > after and _is_keyword(value.text) else value


def _bare_value(text: str, at: int) -> Part:
    """Read up to a space, or to a parenthesis that closes one from before: `name~^(a|b)$` is one value."""
    depth, end = 0, at
    while end < len(text) and not text[end].isspace():
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        if depth < 0:
            break
        end += 1
    return Part(text[at:end], at, end)
