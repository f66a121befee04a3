"""Which runs a filter selects, and in which order; groups of them; what a filter's text could go on with.

Everything here is quick enough to be asked for at each key: see `columns`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from bertft_tui.core.filtering.fields import Column, Field, FieldKind, Fields, Setting
from bertft_tui.core.store.columns import MANY, is_large, reading
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.extremes import AUTO
from bertft_tui.core.store.grouping import Group, Grouped, grouped
from bertft_tui.core.store.ordering import View, as_text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bertft_tui.core.filtering.completion import Completion
    from bertft_tui.core.store.sifting import Sifter

__all__ = [
    "AUTO",
    "Excluding",
    "Group",
    "Grouped",
    "Selected",
    "Selection",
    "as_text",
    "complete",
    "excluding",
    "fields",
    "groups",
    "select",
    "values",
    "values_of",
]


@dataclass(frozen=True)
class Selection:
    """What is to be shown: which runs, in which order, how many."""

    where: str = ""  # a text of the filter language; empty: all
    sort: str = ""  # the name of a field, or `best`; empty: newest first
    reverse: bool = False
    metric: str = AUTO  # what `best` and `last` mean: `auto` is each run's own, see `RunRecord.best_metric`
    limit: int | None = 500
    trashed: bool | None = False  # those in the trash instead of the others; None: both


class Selected(NamedTuple):
    """Ids in order, each with the revision in which the run last changed; how many match, of how many there are."""

    runs: tuple[tuple[str, int], ...]
    matching: int
    total: int


class Excluding(NamedTuple):
    """A part of a filter that no run matches."""

    part: str = ""  # empty: each part matches some run, but no run all parts
    without: int = 0  # how many would match without it


def select(db: Database, selection: Selection) -> Selected:
    """Return the runs that a selection means. Raises FilterError, StoreError."""
    if (found := _sifted(db, selection)) is not None:
        return found
    with reading(db) as columns:
        view = View(columns, selection.metric)
        sort = view.sort_field(selection.sort)
        matching, total = view.matching(selection.where, selection.trashed, [sort] if sort else [])
        shown = view.ordered(matching, sort, selection.reverse)[: selection.limit]
        runs = tuple((columns.ids[at], columns.revisions[at]) for at in shown)
    return Selected(runs, len(matching), total)


def _sifted(db: Database, selection: Selection) -> Selected | None:
    """Select in a large store; None in others, and for what is computed of more than a run's own rows."""
    with db.read() as connection:
        if not is_large(connection):
            return None
        sifter = _sifter(connection, selection)
        sort = sifter.fields.find(selection.sort) if selection.sort else None
        meaning = sifter.understood(selection.where)
        asked = [] if meaning is None else meaning.fields
        if not sifter.knows(asked if sort is None else [*asked, sort]):
            return None
        return Selected(*sifter.sifted(meaning, sort, reverse=selection.reverse, limit=selection.limit))


def _sifter(connection: "Connection", selection: Selection) -> "Sifter":
    """Make one; small stores do without, and the first paint too."""
    from bertft_tui.core.store.sifting import Sifter

    return Sifter(connection, selection.metric, selection.trashed)


def groups(db: Database, selection: Selection, by: tuple[str, ...]) -> Grouped:
    """Group the runs that a selection means by fields; `seed`: by all settings but the seed.

    Sorted by the metric, groups come in the order of their means, else in that of their newest runs.

    Raises FilterError, StoreError.
    """
    with reading(db) as columns:
        return grouped(
            View(columns, selection.metric),
            columns,
            by,
            where=selection.where,
            trashed=selection.trashed,
            sort=selection.sort,
            reverse=selection.reverse,
            limit=selection.limit,
        )


def excluding(db: Database, selection: Selection) -> Excluding | None:
    """Say which part of a filter that matches nothing is to blame; None where it has one part only.

    Raises FilterError, StoreError.
    """
    from bertft_tui.core.filtering.language import And, parse, write

    whole = parse(selection.where)
    if not isinstance(whole, And):
        return None
    counts = _counts(db, selection, [write(part) for part in whole.parts])
    place = next((place for place, count in enumerate(counts) if not count), None)
    if place is None:
        return Excluding()
    others = And((*whole.parts[:place], *whole.parts[place + 1 :]))
    return Excluding(write(whole.parts[place]), *_counts(db, selection, [write(others)]))


def _counts(db: Database, selection: Selection, filters: Sequence[str]) -> list[int]:
    """How many runs of a selection's side of the trash each of some filters matches."""
    with db.read() as connection:
        if is_large(connection):
            sifter = _sifter(connection, selection)
            meanings = [meaning for each in filters if (meaning := sifter.understood(each)) is not None]
            if sifter.knows([field for meaning in meanings for field in meaning.fields]):
                return sifter.counts(meanings)
    with reading(db) as columns:
        view = View(columns, selection.metric)
        return [len(view.matching(each, selection.trashed)[0]) for each in filters]


def fields(db: Database) -> Fields:
    """Return every field that a filter of this store may name. Raises StoreError."""
    with reading(db) as columns:
        return View(columns).fields


def values(db: Database, field: str, prefix: str = "", limit: int = 50) -> list[str]:
    """Return the values of a field that runs have, most used first; what only contains `prefix` comes last.

    Raises FilterError for a field that does not exist, StoreError.
    """
    found = fields(db).find(field)
    counts: Counter[str] = Counter()
    for value, count in _stored(db, found):
        for text in _texts(found, value):
            counts[text] += count
    folded = prefix.casefold()
    fitting = [text for text, _ in counts.most_common() if folded in text.casefold()]
    return sorted(fitting, key=lambda text: not text.casefold().startswith(folded))[:limit]


def _stored(db: Database, field: Field) -> Iterable[tuple[Any, int]]:
    """What a field is in runs, oldest first, and in how many."""
    with db.read() as connection:
        if is_large(connection) and isinstance(field.source, Column | Setting):
            return list(_sifter(connection, Selection()).values(field).items())
    with reading(db) as columns:
        columns.load([])
        return [(value, 1) for value in View(columns).values(field)]


def values_of(db: Database, field: str, ids: Sequence[str], metric: str = AUTO) -> list[Any]:
    """Return what a field is for each of these runs, None where it has no value: numbers, texts, seconds, tuples.

    Among numbers `all` is infinity, and `auto` NaN. Raises FilterError for a field that does not exist, StoreError.
    """
    few = ids if len(ids) <= MANY else None
    with reading(db, few) as columns:
        view = View(columns, metric)
        columns.load([])
        stored = view.values(view.fields.find(field))
        found = dict(zip(columns.ids, stored, strict=True))
    return [found.get(run_id) for run_id in ids]


def complete(db: Database, text: str, cursor: int) -> "Completion":
    """Return what a filter could go on with where the cursor stands. Raises StoreError."""
    from bertft_tui.core.filtering.completion import complete_with, place_at  # the first paint does without it

    known = fields(db)
    place = place_at(text, cursor, known)
    field = place.field if place.kind == "value" else None
    has_values = field is not None and field.kind in _WITH_VALUES and not field.is_metric
    stored = values(db, field.name, place.prefix) if field is not None and has_values else []
    return complete_with(place, known, stored)


#: Of durations, times and metrics no two runs have the same.
_WITH_VALUES = (FieldKind.TEXT, FieldKind.CHOICE, FieldKind.NUMBER)


def _texts(field: Field, value: object) -> tuple[str, ...]:
    texts = value if isinstance(value, tuple) else (as_text(field, value),)
    return tuple(filter(None, texts))
