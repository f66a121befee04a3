"""The grammar of filters: from a text to a tree of terms, and back.

    filter = all { OR all }
    all    = term { [ AND ] term }
    term   = ( "-" | NOT ) term | "(" filter ")" | word | field operator value

AND, OR and NOT are read in any case. A word, a field or a value that has spaces or signs in it stands in quotes.
"""

import dataclasses
from dataclasses import dataclass

from bertft_tui.core.errors import FilterError
from bertft_tui.core.filtering.tokens import Kind, Part, Token, is_bare, is_bare_value, quoted, tokens

#: Operators in the order in which they are offered.
OPERATORS = (":", "=", "!=", "<", "<=", ">", ">=", "~")

#: Characters. Nobody types a longer filter, and a machine is to learn that it does not work.
MAX_LENGTH = 4000

#: Words and terms; each is held against every run.
MAX_TERMS = 100

_MAX_DEPTH = 50
_TITLE = "This filter is not understood"
_UNFINISHED = "This filter is not finished"


@dataclass(frozen=True)
class Span:
    """Where something stands in the text of a filter."""

    start: int
    end: int


_NOWHERE = Span(0, 0)


@dataclass(frozen=True)
class Word:
    """A text that stands by itself."""

    text: str
    span: Span = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Term:
    """A field compared with a value. `is_open`: the text ends with the value, and somebody may be typing it."""

    field: str
    operator: str
    value: str
    field_span: Span = dataclasses.field(default=_NOWHERE, compare=False)
    value_span: Span = dataclasses.field(default=_NOWHERE, compare=False)
    is_open: bool = dataclasses.field(default=False, compare=False)


@dataclass(frozen=True)
class Not:
    """All but what a part matches."""

    part: "Node"


@dataclass(frozen=True)
class And:
    """What every part matches."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """What one part or another matches."""

    parts: tuple["Node", ...]


Leaf = Word | Term
Node = Leaf | Not | And | Or


def parse(text: str) -> Node | None:
    """Read a filter; None when it is empty, and matches everything. Raises FilterError."""
    if len(text) > MAX_LENGTH:
        raise FilterError(
            "This filter is too long",
            f"It has {len(text):,} characters; {MAX_LENGTH:,} are read.",
            "Tag the runs that belong together, and filter by the tag.",
            text=text,
            position=MAX_LENGTH,
            length=len(text) - MAX_LENGTH,
        )
    found = tokens(text)
    return _Parser(text, found).whole() if found else None


def write(node: Node) -> str:
    """Write a tree as a text that reads as the same tree."""
    match node:
        case Word(text):
            return text if is_bare(text) else quoted(text)
        case Term(name, operator, value):
            head = name if is_bare(name) and not name.endswith("!") else quoted(name)  # `!=` is an operator
            return f"{head}{operator}{value if is_bare_value(value) else quoted(value)}"
        case Not(part):
            return f"-{_inside(part)}"
        case And(parts):
            return " ".join(map(_inside, parts))
        case Or(parts):
            return " OR ".join(write(part) if isinstance(part, And) else _inside(part) for part in parts)


def leaves(node: Node) -> list[Leaf]:
    """Return the words and terms of a tree, from left to right."""
    match node:
        case Word() | Term():
            return [node]
        case Not(part):
            return leaves(part)
        case And(parts) | Or(parts):
            return [leaf for part in parts for leaf in leaves(part)]


def _inside(node: Node) -> str:
    return f"({write(node)})" if isinstance(node, And | Or) else write(node)


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, text: str, found: list[Token]) -> None:
        self._text, self._tokens = text, found
        self._at = self._depth = self._terms = 0

    def whole(self) -> Node:
        """Read all."""
        node = self._any()
        if (token := self._next()) is not None:
            raise self._wrong(token, "There is no `(` that this `)` closes.", "Leave it out, or quote it.")
        return node

    def _next(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _takes(self, *kinds: Kind) -> Token | None:
        token = self._next()
        if token is None or token.kind not in kinds:
            return None
        self._at += 1
        return token

    def _any(self) -> Node:
        parts = [self._all()]
        while self._takes(Kind.OR):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Node:
        parts = [self._one()]
        while (token := self._next()) is not None and token.kind not in (Kind.OR, Kind.CLOSE):
            self._takes(Kind.AND)
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self) -> Node:
        if (token := self._takes(Kind.DASH, Kind.NOT, Kind.OPEN)) is None:
            return self._leaf()
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._wrong(token, f"More than {_MAX_DEPTH} parts stand in each other.", "Write it flatter.")
        node = self._group(token) if token.kind is Kind.OPEN else Not(self._one())
        self._depth -= 1
        return node

    def _group(self, opened: Token) -> Node:
        if (closed := self._takes(Kind.CLOSE)) is not None:
            raise self._wrong(closed, "Nothing stands between the parentheses.", "Put a term there.")
        if self._next() is None:
            raise self._unfinished(opened, "Nothing stands behind this `(`.", "Type a term, and `)`.")
        node = self._any()
        if not self._takes(Kind.CLOSE):
            raise self._unfinished(opened, "No `)` closes this `(`.", "Type `)`, or quote the parenthesis.")
        return node

    def _leaf(self) -> Leaf:
        token = self._takes(Kind.TERM)
        if token is None or token.head is None:
            raise self._nothing_here()
        if (quote := token.open_quote) is not None:
            raise self._unfinished(quote, "No quote ends what begins here.", f"Type {self._text[quote.start]}.")
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise self._wrong(
                token, f"More than {MAX_TERMS} words and terms stand in it.", "Tag runs, and ask for tags."
            )
        if token.operator is None:
            return Word(token.head.text, Span(token.start, token.end))
        if token.value is None:
            raise self._no_value(token, token.head, token.operator)
        return Term(
            field=token.head.text,
            operator=token.operator.text,
            value=token.value.text,
            field_span=Span(token.head.start, token.head.end),
            value_span=Span(token.value.start, token.value.end),
            is_open=not token.value.is_quoted and token.end == len(self._text),
        )

    def _no_value(self, token: Token, head: Part, operator: Part) -> FilterError:
        message = f"`{head.text}{operator.text}` what?"
        hint = f'Type a value; {head.text}="" finds runs without one.'
        if self._next() is None:
            return self._unfinished(token, message, hint)
        return self._wrong(token, message, hint)

    def _nothing_here(self) -> FilterError:
        """Say what is missing where a term should begin."""
        token, before = self._next(), self._tokens[self._at - 1] if self._at else None
        if token is None and before is not None:
            return self._unfinished(before, f"Nothing stands behind `{self._of(before)}`.", "Type a term.")
        assert token is not None, "a text without tokens is not parsed"
        if token.kind is Kind.STRAY:
            hint = f"As in accuracy{self._of(token)}0.9; quote it to look for it as text."
            return self._wrong(token, f"No field stands before `{self._of(token)}`.", hint)
        where = "at the beginning" if before is None else f"behind `{self._of(before)}`"
        return self._wrong(token, f"`{self._of(token)}` {where} joins nothing.", "Put a term there, or quote it.")

    def _of(self, token: Token) -> str:
        return self._text[token.start : token.end]

    def _wrong(self, at: Token | Part, message: str, hint: str) -> FilterError:
        return FilterError(_TITLE, message, hint, text=self._text, position=at.start, length=at.end - at.start)

    def _unfinished(self, at: Token | Part, message: str, hint: str) -> FilterError:
        return FilterError(
            _UNFINISHED,
            message,
            hint,
            text=self._text,
            position=at.start,
            length=at.end - at.start,
            unfinished=True,
        )
