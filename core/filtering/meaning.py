"""What a filter means: for each of its words and terms, which values of which fields match.

Nothing here knows where values come from: whoever evaluates gives, for a field, the values of all runs in a row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import and_, not_, or_
from typing import Any

from bertft_tui.core.errors import FilterError
from bertft_tui.core.filtering import amounts
from bertft_tui.core.filtering.comparing import (
    EQUAL,
    FLAG_WORDS,
    KIND_NAMES,
    NONE_WORDS,
    TAKES,
    Matches,
    compared,
    contains,
    each_of,
    equals,
    in_time,
    is_missing,
)
from bertft_tui.core.filtering.fields import Field, FieldKind, Fields
from bertft_tui.core.filtering.language import And, Leaf, Node, Not, Or, Span, Term, Word, leaves
from bertft_tui.core.filtering.patterns import PatternError, Search


@dataclass(frozen=True)
class Test:
    """One field, and which of its values match."""

    field: Field
    matches: Matches


class Meaning:
    """A filter that was understood. It matches everything when it was empty."""

    def __init__(self, node: Node | None, tests: Mapping[Leaf, tuple[Test, ...]]) -> None:
        self.node, self._tests = node, tests

    def tests(self, leaf: Leaf) -> tuple[Test, ...]:
        """Return the tests of a word or term, of which one has to match."""
        return self._tests[leaf]

    @property
    def fields(self) -> list[Field]:
        """The fields whose values it looks at, each once."""
        return list({test.field.name: test.field for tests in self._tests.values() for test in tests}.values())

    def evaluate(self, values: Callable[[Field], Sequence[Any]], size: int) -> list[bool]:
        """Say of each of so many runs whether it matches. Raises FilterError for a pattern that takes too long."""
        return [True] * size if self.node is None else self._of(self.node, values)

    def _of(self, node: Node, values: Callable[[Field], Sequence[Any]]) -> list[bool]:
        match node:
            case Not(part):
                return list(map(not_, self._of(part, values)))
            case And(parts):
                return _joined(and_, (self._of(part, values) for part in parts))
            case Or(parts):
                return _joined(or_, (self._of(part, values) for part in parts))
            case _:
                return _joined(
                    or_, ([test.matches(value) for value in values(test.field)] for test in self._tests[node])
                )


def understand(text: str, node: Node | None, fields: Fields, now: float) -> Meaning:
    """Find out what a filter's terms mean; `now` is the time, in seconds since the epoch. Raises FilterError."""
    reader = _Reader(text, fields, now)
    return Meaning(node, {leaf: reader.tests(leaf) for leaf in (leaves(node) if node is not None else ())})


def _joined(how: Callable[[bool, bool], bool], parts: Iterable[list[bool]]) -> list[bool]:
    first, *others = parts
    for part in others:
        first = list(map(how, first, part))
    return first


class _Reader:
    """Reads the terms of one filter."""

    def __init__(self, text: str, fields: Fields, now: float) -> None:
        self._text, self._fields, self._now = text, fields, now

    def tests(self, leaf: Leaf) -> tuple[Test, ...]:
        """Return the tests of which one has to match. Raises FilterError."""
        if isinstance(leaf, Word):
            return tuple(Test(each, each_of(each, contains(leaf.text))) for each in self._fields.searched)
        span = leaf.field_span
        found = self._fields.find(leaf.field, self._text, span.start, span.end - span.start)
        if leaf.operator not in TAKES[found.kind]:
            raise self._wrong(
                leaf,
                Span(span.end, leaf.value_span.start),
                f"{leaf.field} is a {KIND_NAMES[found.kind]}: `{leaf.operator}` does not go with it.",
                f"It takes {' '.join(TAKES[found.kind])}.",
            )
        matches = self._matches(leaf, found)
        return (Test(found, (lambda value: not matches(value)) if leaf.operator == "!=" else matches),)

    def _matches(self, term: Term, field: Field) -> Matches:
        if term.operator == "~":
            return each_of(field, self._pattern(term))
        is_text = field.kind in (FieldKind.TEXT, FieldKind.CHOICE)
        is_none = not is_text and term.value.casefold() in {*NONE_WORDS} - {*field.words}
        if term.operator in EQUAL and (not term.value or is_none):
            return is_missing
        if field.kind is FieldKind.TEXT:
            return each_of(field, (contains if term.operator == ":" else equals)(term.value))
        if field.kind is FieldKind.CHOICE:
            return self._choice(term, field)
        return self._amount(term, field)

    def _amount(self, term: Term, field: Field) -> Matches:
        if field.kind is FieldKind.FLAG:
            return self._flag(term)
        if field.kind is FieldKind.TIME:
            return self._period(term)
        number = self._number(term, field) if field.kind is FieldKind.NUMBER else self._duration(term)
        return compared(term.operator, number)

    def _choice(self, term: Term, field: Field) -> Matches:
        """A choice by its name; with `:` also by a part of it, unless that is the name of another."""
        named = [choice for choice in field.choices if choice.casefold() == term.value.casefold()]
        if term.operator == ":" and not named:
            named = [choice for choice in field.choices if term.value.casefold() in choice.casefold()]
        if not named:
            begun = any(choice.startswith(term.value.casefold()) for choice in field.choices)
            raise self._no_value(term, begun, f"{term.field} is never {term.value!r}.", _offer(term.value, field))
        return frozenset(named).__contains__

    def _flag(self, term: Term) -> Matches:
        wanted = FLAG_WORDS.get(term.value.casefold())
        if wanted is None:
            begun = any(word.startswith(term.value.casefold()) for word in FLAG_WORDS)
            raise self._no_value(term, begun, f"{term.field} is true or false, not {term.value!r}.", "")
        return lambda value: value is not None and bool(value) is wanted

    def _number(self, term: Term, field: Field) -> float:
        words = field.words_as_numbers
        if (word := words.get(term.value.casefold())) is not None:
            return word
        number = amounts.read_number(term.value)
        if number is None:
            begun = amounts.number_begun(term.value) or any(word.startswith(term.value.casefold()) for word in words)
            kinds = " or ".join(("a number", *field.words))
            raise self._no_value(
                term,
                begun,
                f"{term.field} is {kinds}, and {term.value!r} is not.",
                f"As in {term.field}>0.9, 3e-5, 1k or 90%.",
            )
        return number

    def _duration(self, term: Term) -> float:
        seconds = amounts.read_duration(term.value)
        if seconds is None:
            begun = amounts.duration_begun(term.value)
            without = amounts.read_number(term.value) is not None
            message = f"{term.value} what?" if without else f"{term.value!r} is no duration."
            raise self._no_value(term, begun, message, f"As in {term.field}<30s, 10m, 1h30m, 2d or 1w.")
        return seconds

    def _period(self, term: Term) -> Matches:
        """A date is a stretch of time: later than a day is later than its end."""
        period = amounts.read_period(term.value, self._now)
        if period is None:
            begun = amounts.period_begun(term.value, self._now)
            hint = f"As in {term.field}>2026-11-01, 2026-11-01T12:30, today or yesterday."
            if amounts.read_duration(term.value) is not None:
                hint = f"How long ago is age: age<{term.value}."
            raise self._no_value(term, begun, f"{term.value!r} is no date.", hint)
        return in_time(term.operator, *period)

    def _pattern(self, term: Term) -> Matches:
        def wrong(error: PatternError) -> FilterError:
            place = min(term.value_span.start + error.position, term.value_span.end - 1)
            span = Span(max(place, term.value_span.start), max(place + 1, term.value_span.end))
            hint = "`:` finds a text as it is; `.` `*` `[` `(` `\\` and others mean something in a pattern."
            return self._wrong(term, span, f"The pattern {term.value!r}: {error}.", hint)

        try:
            search = Search(term.value)
        except PatternError as error:
            raise wrong(error) from None

        def matches(text: str) -> bool:
            try:
                return search.found_in(text)
            except PatternError as error:
                raise wrong(error) from None

        return matches

    def _no_value(self, term: Term, begun: bool, message: str, hint: str) -> FilterError:
        return self._wrong(term, term.value_span, message, hint, unfinished=term.is_open and begun)

    def _wrong(self, term: Term, span: Span, message: str, hint: str, *, unfinished: bool = False) -> FilterError:
        title = "This filter is not finished" if unfinished else "This filter is not understood"
        return FilterError(
            title,
            message,
            hint,
            text=self._text,
            position=span.start,
            length=max(1, span.end - span.start),
            unfinished=unfinished,
        )


def _offer(value: str, field: Field) -> str:
    """Name the nearest choice, else all."""
    from difflib import get_close_matches

    near = get_close_matches(value.casefold()[:60], field.choices, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"It is one of {', '.join(field.choices)}."
