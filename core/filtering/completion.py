"""What a filter could go on with where the cursor stands: fields, operators, values, each with what it means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bertft_tui.core.filtering.comparing import KIND_NAMES, TAKES
from bertft_tui.core.filtering.fields import PREFIXES, Field, FieldKind, Fields
from bertft_tui.core.filtering.tokens import KEYWORDS, Kind, Part, Token, is_bare, is_bare_value, quoted, tokens

_OPERATOR_HELP = {
    ":": "contains, or is",
    "=": "is",
    "!=": "is not",
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
    "~": "matches the regular expression",
}
_TIME_HELP = {"<": "before", "<=": "before the end of", ">": "after", ">=": "since", ":": "on", "=": "on"}
_KEYWORD_HELP = {"OR": "the term before it or the one behind it", "NOT": "all but what the next term finds"}
_DURATIONS = {"1h": "an hour", "1d": "a day", "7d": "a week", "30m": "half an hour"}
_TIMES = {"today": "since midnight", "yesterday": "the day before"}


@dataclass(frozen=True)
class Offer:
    """One way to go on: what to put in, and what it means."""

    text: str
    help: str = ""


@dataclass(frozen=True)
class Place:
    """What stands at the cursor: text[start:end] is what an offer takes the place of, `prefix` what it begins with.

    `field`: the one whose operator or value is typed; None where a field is, or where its name is not known.
    """

    kind: Literal["field", "operator", "value"]
    start: int
    end: int
    prefix: str = ""
    field: Field | None = None


@dataclass(frozen=True)
class Completion:
    """The offers for a place in a text, the likeliest first."""

    place: Place
    offers: tuple[Offer, ...]

    def applied(self, text: str, offer: Offer) -> tuple[str, int]:
        """Return the text with an offer put in, and where the cursor stands then."""
        return (
            text[: self.place.start] + offer.text + text[self.place.end :],
            self.place.start + len(offer.text),
        )


def place_at(text: str, cursor: int, fields: Fields) -> Place:
    """Find out what is being typed where the cursor stands."""
    cursor = max(0, min(cursor, len(text)))
    token = next((each for each in tokens(text) if each.start < cursor <= _reach(each, text)), None)
    if token is None or token.kind in (Kind.OPEN, Kind.CLOSE, Kind.DASH, Kind.STRAY):
        return Place("field", cursor, cursor)
    if token.kind is not Kind.TERM or token.head is None:  # a keyword, or a name that begins like one
        return Place("field", token.start, token.end, text[token.start : cursor])
    if token.operator is None or cursor <= token.head.end:
        return _head_place(text, cursor, token, token.head, fields)
    field = fields.get(token.head.text)
    if cursor < token.operator.end:
        return Place("operator", token.operator.start, token.operator.end, "", field)
    if token.value is None or cursor < token.value.start:
        return Place("value", cursor, cursor, "", field)
    return Place("value", token.value.start, token.value.end, _typed(text, token.value, cursor), field)


def complete_with(place: Place, fields: Fields, stored: Sequence[str] = (), limit: int = 50) -> Completion:
    """Return the offers for a place; `stored`: values of the field that runs have, most used first."""
    if place.kind == "field":
        offers = _field_offers(place.prefix, fields)
    elif place.field is None:
        offers = []
    elif place.kind == "operator":
        offers = _operator_offers(place.field)
    else:
        offers = _value_offers(place, stored)
    return Completion(place, tuple(offers[:limit]))


def _reach(token: Token, text: str) -> int:
    """How far a token reaches for somebody who types on: behind an operator its value may follow after spaces."""
    if token.kind is Kind.TERM and token.operator is not None and token.value is None:
        return len(text) - len(text[token.end :].lstrip())
    return token.end


def _head_place(text: str, cursor: int, token: Token, head: Part, fields: Fields) -> Place:
    typed = _typed(text, head, cursor)
    if token.operator is None and cursor == head.end and (field := fields.get(typed)) is not None:
        return Place("operator", cursor, cursor, "", field)
    return Place("field", head.start, head.end, typed)


def _typed(text: str, part: Part, cursor: int) -> str:
    """What of a part stands before the cursor, without its quotes."""
    return part.text[: max(0, cursor - part.start - 1)] if part.is_quoted else text[part.start : cursor]


def _field_offers(prefix: str, fields: Fields) -> list[Offer]:
    folded = prefix.casefold()
    start = next((each for each in PREFIXES if folded.startswith(each)), None)
    known: Iterable[Field] = fields.with_prefix(start) if start is not None else fields.all
    begins, has = [], []
    for field in known:
        names = (field.name, *field.aliases)
        if any(name.casefold().startswith(folded) for name in names):
            begins.append(field)
        elif len(folded) > 1 and any(folded in name.casefold() for name in names):
            has.append(field)
    offers = [_field_offer(field) for field in (*begins, *has)]
    words = [word for word in _KEYWORD_HELP if folded and word.casefold().startswith(folded)]
    more = [each for each in PREFIXES if folded and each.startswith(folded) and start is None]
    prefixes = [Offer(each, f"{each[:-1]} value of a metric") for each in more]
    return [*offers, *prefixes, *(Offer(word, _KEYWORD_HELP[word]) for word in words)]


def _field_offer(field: Field) -> Offer:
    name = field.name if is_bare(field.name) else quoted(field.name)
    return Offer(name, f"{KIND_NAMES[field.kind]} · {field.help}")


def _operator_offers(field: Field) -> list[Offer]:
    helps = _OPERATOR_HELP | (_TIME_HELP if field.kind is FieldKind.TIME else {})
    usual = sorted(TAKES[field.kind], key=lambda each: field.kind in _ORDERED and each not in ("<", "<=", ">", ">="))
    return [Offer(each, helps[each]) for each in usual]


_ORDERED = (FieldKind.NUMBER, FieldKind.DURATION, FieldKind.TIME)


def _value_offers(place: Place, stored: Sequence[str]) -> list[Offer]:
    assert place.field is not None
    found = dict.fromkeys(stored, "") | dict.fromkeys((*place.field.choices, *place.field.words), "")
    match place.field.kind:
        case FieldKind.FLAG:
            found = {"true": "", "false": ""}
        case FieldKind.DURATION:
            found |= _DURATIONS
        case FieldKind.TIME:
            found |= _TIMES
    folded = place.prefix.casefold()
    begins = [value for value in found if value.casefold().startswith(folded)]
    has = [value for value in found if folded in value.casefold() and value not in begins]
    return [Offer(value if is_bare_value(value) else quoted(value), found[value]) for value in (*begins, *has)]


assert set(_KEYWORD_HELP) <= {word.upper() for word in KEYWORDS}
