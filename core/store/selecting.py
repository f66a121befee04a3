"""Which runs a filter selects, and in which order; groups of them; what a filter's text could go on with.

Everything here is quick enough to be asked for at each key: see `columns`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from bertft_tui.core.filtering.fields import Field, FieldKind, Fields
from bertft_tui.core.store.columns import reading
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.grouping import Group, Grouped, grouped
from bertft_tui.core.store.ordering import AUTO, View, as_text

if TYPE_CHECKING:
    from bertft_tui.core.filtering.completion import Completion
    from bertft_tui.core.filtering.language import Node

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
    with reading(db) as columns:
        view = View(columns, selection.metric)
        sort = view.sort_field(selection.sort)
        matching, total = view.matching(selection.where, selection.trashed, [sort] if sort else [])
        shown = view.ordered(matching, sort, selection.reverse)[: selection.limit]
        runs = tuple((columns.ids[at], columns.revisions[at]) for at in shown)
    return Selected(runs, len(matching), total)


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
    with reading(db) as columns:
        view = View(columns, selection.metric)

        def count(*parts: "Node") -> int:
            return len(view.matching(write(And(parts)), selection.trashed)[0])

        part = next((each for each in whole.parts if not count(each)), None)
        if part is None:
            return Excluding()
        return Excluding(write(part), count(*(each for each in whole.parts if each is not part)))


def fields(db: Database) -> Fields:
    """Return every field that a filter of this store may name. Raises StoreError."""
    with reading(db) as columns:
        return View(columns).fields


def values(db: Database, field: str, prefix: str = "", limit: int = 50) -> list[str]:
    """Return the values of a field that runs have, most used first; what only contains `prefix` comes last.

    Raises FilterError for a field that does not exist, StoreError.
    """
    with reading(db) as columns:
        view = View(columns)
        found = view.fields.find(field)
        stored = view.values(found)
    counts = Counter(text for value in stored for text in _texts(found, value))
    folded = prefix.casefold()
    fitting = [text for text, _ in counts.most_common() if folded in text.casefold()]
    return sorted(fitting, key=lambda text: not text.casefold().startswith(folded))[:limit]


def values_of(db: Database, field: str, ids: Sequence[str], metric: str = AUTO) -> list[Any]:
    """Return what a field is for each of these runs, None where it has no value: numbers, texts, seconds, tuples.

    `all`, among numbers, is infinity. Raises FilterError for a field that does not exist, StoreError.
    """
    with reading(db) as columns:
        view = View(columns, metric)
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
