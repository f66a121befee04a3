"""Groups of runs with something in common, and how the metric does in each: seeds become a mean and a deviation."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bertft_tui.core.filtering.fields import Field
from bertft_tui.core.metric_names import direction_of
from bertft_tui.core.spread import spread_of
from bertft_tui.core.store.column_readers import ALL_BUT_SEED
from bertft_tui.core.store.columns import Columns
from bertft_tui.core.store.ordering import View, as_text

#: Groups runs whose settings are all equal but for `training.seed`.
SEED = "seed"

#: Fields whose value a group shows where all its runs have the same.
_SHARED = ("model", "data", "experiment", "device", "train_rows")

#: Fields of whose values a group shows the mean.
_MEANS = ("last", "duration")


@dataclass(frozen=True)
class Group:
    """Runs with something in common. The figures are those of the best values of its runs; None without any.

    `key`: what they have in common, as it is shown, a text for each field; for `seed` a fingerprint of the settings.
    `metric`: its full name; None when the runs have different ones, and then there are no figures.
    """

    key: tuple[str, ...]
    runs: tuple[str, ...]  # ids, newest first
    metric: str | None = None
    measured: int = 0  # how many of the runs have a best value
    mean: float | None = None
    std: float | None = None  # of the sample: None for a single value
    best: float | None = None
    worst: float | None = None
    last: float | None = None  # the mean of the last values
    seconds: float | None = None  # the mean of how long they trained
    shared: Mapping[str, str] = field(default_factory=dict)  # of some fields: the value, where all runs have the same

    @property
    def n(self) -> int:
        """How many runs it has."""
        return len(self.runs)


@dataclass(frozen=True)
class Grouped:
    """The first groups; how many there are, how many runs are in them all, and how many there are to choose from."""

    groups: tuple[Group, ...]
    matching: int
    runs: int
    total: int


def grouped(
    view: View,
    columns: Columns,
    by: Sequence[str],
    *,
    where: str,
    trashed: bool | None,
    sort: str,
    reverse: bool,
    limit: int | None,
) -> Grouped:
    """Group the runs that a filter matches. Raises FilterError for it, and for a field that does not exist."""
    fields = [ALL_BUT_SEED if name == SEED else view.fields.find(name) for name in by]
    order, best_field = view.sort_field(sort), view.fields.find("best")
    more = list(map(view.fields.find, (*_MEANS, *_SHARED)))
    positions, total = view.matching(where, trashed, [*fields, best_field, *more, *([order] if order else [])])
    keys = [view.values(field) for field in fields]
    members: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for at in positions:
        members[tuple(_same(values[at]) for values in keys)].append(at)
    best, metrics = view.values(best_field), view.metrics()
    found = {
        ats[0]: _group(
            tuple(map(as_text, fields, key)),
            tuple(columns.ids[at] for at in ats),
            {metrics[at] for at in ats},
            [best[at] for at in ats],
        )
        for key, ats in members.items()
    }
    shown = _ordered(found, view, order, reverse)
    places = {ats[0]: ats for ats in members.values()}
    whole = _with_more([(found[at], places[at]) for at in shown[:limit]], view)
    return Grouped(whole, len(shown), len(positions), total)


def _group(key: tuple[str, ...], ids: tuple[str, ...], metrics: set[str], best: list[float | None]) -> Group:
    """Compute a group's figures; what is not finite does not enter."""
    metric = next(iter(metrics)) if len(metrics) == 1 else None
    if metric is None:
        return Group(key, ids)
    found = spread_of(best, metric)
    if found is None:
        return Group(key, ids, metric)
    return Group(key, ids, metric, found.n, found.mean, found.std, found.best, found.worst)


def _with_more(shown: Sequence[tuple[Group, Sequence[int]]], view: View) -> tuple[Group, ...]:
    """Add what is only needed of the groups that are shown; with each group come the positions of its runs."""
    last, seconds = (view.values(view.fields.find(name)) for name in _MEANS)
    shared = [(name, each := view.fields.find(name), view.values(each)) for name in _SHARED]
    return tuple(
        replace(
            group,
            last=_mean(map(last.__getitem__, ats)) if group.metric is not None else None,
            seconds=_mean(map(seconds.__getitem__, ats)),
            shared={
                name: as_text(each, of[ats[0]]) for name, each, of in shared if _is_one(map(of.__getitem__, ats))
            },
        )
        for group, ats in shown
    )


def _is_one(values: Iterator[Any]) -> bool:
    first = next(values)
    return first is not None and all(value == first for value in values)


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None and math.isfinite(value)]
    return math.fsum(known) / len(known) if known else None


def _ordered(found: dict[int, Group], view: View, sort: Field | None, reverse: bool) -> list[int]:
    """Order groups by their means where the metric is what is sorted by, else as their newest runs are."""
    newest = list(found)
    if sort is None or not view.is_chosen(sort):
        return view.ordered(newest, sort, reverse)
    known = [at for at in newest if found[at].mean is not None]
    unknown = [at for at in newest if found[at].mean is None]
    return sorted(known, key=lambda at: _better_first(found[at]), reverse=reverse) + unknown


def _better_first(group: Group) -> float:
    mean = group.mean or 0.0
    return -mean if direction_of(group.metric or "") == "up" else mean


def _same(value: Any) -> Any:
    """NaN as one value, so that it makes one group."""
    return math.nan if isinstance(value, float) and math.isnan(value) else value
