"""The runs that a filter matches, in the order that is asked for: a filter's terms meet the store's columns."""

import math
import time
from collections.abc import Sequence
from datetime import datetime
from operator import neg
from typing import TYPE_CHECKING, Any

from bertft_tui.core.filtering.fields import Chosen, Column, Field, FieldKind, Metric, Which
from bertft_tui.core.metric_names import direction_of
from bertft_tui.core.store.column_readers import OWN_METRIC, STEPS_PER_EPOCH, durations, fields_of, number
from bertft_tui.core.store.columns import Columns
from bertft_tui.core.store.extremes import AUTO, NUMBER, Extremes, extreme_of, is_up, last_of
from bertft_tui.core.value_text import format_value

if TYPE_CHECKING:
    from bertft_tui.core.filtering.meaning import Meaning


class View:
    """The columns of a store at one moment, with the metric that `best` and `last` mean. Raises FilterError."""

    def __init__(self, columns: Columns, metric: str = AUTO) -> None:
        self._columns = columns
        self._now = time.time()
        self.fields = fields_of(columns.metric_names)
        self._metric = None if metric == AUTO else self.fields.metric_name(metric)

    def sort_field(self, name: str) -> Field | None:
        """Return the field to sort by; None for none."""
        return self.fields.find(name) if name else None

    def matching(self, where: str, trashed: bool | None, also: Sequence[Field] = ()) -> tuple[list[int], int]:
        """Return the positions of the runs that a filter matches, newest first, and how many it could have matched.

        `trashed`: which side of the trash; None: both. `also`: what else will be asked for, so that it is read along.
        """
        meaning = self._understood(where) if where.strip() else None
        self._load([*(meaning.fields if meaning else ()), *also])
        side = self._columns.trashed
        there = [at for at in self._columns.newest if trashed is None or side[at] == trashed]
        if meaning is None:
            return there, len(there)
        mask = meaning.evaluate(self.values, len(self._columns.ids))
        return [at for at in there if mask[at]], len(there)

    def _understood(self, where: str) -> "Meaning":
        from bertft_tui.core.filtering.language import parse  # the first paint does without them
        from bertft_tui.core.filtering.meaning import understand

        return understand(where, parse(where), self.fields, self._now)

    def _load(self, fields: Sequence[Field]) -> None:
        needs = list(fields)
        for each in fields:
            if each.source == Chosen("best_epoch"):
                needs.append(STEPS_PER_EPOCH)
            if isinstance(each.source, Chosen) and self._metric is None:
                needs.append(OWN_METRIC)
        self._columns.load(needs)

    def ordered(self, positions: list[int], sort: Field | None, reverse: bool) -> list[int]:
        """Order positions, which come newest first, by a field: a metric better first, all else upwards.

        Runs without a value come last, also in reverse; equal ones newest first.
        """
        if sort is None:
            return positions[::-1] if reverse else positions
        keys = self._keys(sort)
        known = [at for at in positions if keys[at] is not None]
        unknown = [at for at in positions if keys[at] is None]
        return sorted(known, key=keys.__getitem__, reverse=reverse) + unknown

    def values(self, field: Field) -> Sequence[Any]:
        """Return the values of a field, one for each run."""
        match field.source:
            case Metric(name, which):
                return _picked(self._columns.metric(name), name, which)
            case Chosen("best_epoch"):
                return self._best_epochs()
            case Chosen(which):
                return self._chosen("last" if which == "last" else "best")
            case Column("age"):
                return [None if each is None else self._now - each for each in self._columns.values(field)]
            case Column("duration"):
                return durations(self._columns.values(field))
        return self._columns.values(field)

    def metrics(self) -> Sequence[str]:
        """Return, for each run, the full name of the metric that `best` and `last` mean."""
        if self._metric is not None:
            return [self._metric] * len(self._columns.ids)
        return self._columns.values(OWN_METRIC)

    def is_chosen(self, field: Field) -> bool:
        """Whether a field is the best value of the metric that `best` means."""
        return field.source in (Chosen("best"), Metric(self._metric or "", "best"))

    def _chosen(self, which: Which) -> list[float | None]:
        """The values of each run's metric."""
        names = self.metrics()
        columns = {name: _picked(self._columns.metric(name), name, which) for name in set(names)}
        if len(columns) == 1:
            return next(iter(columns.values()))
        return [columns[name][at] for at, name in enumerate(names)]

    def _best_epochs(self) -> list[float | None]:
        lengths = self._columns.values(STEPS_PER_EPOCH)
        names = self.metrics()
        columns = {name: self._columns.metric(name) for name in set(names)}
        directions = {name: direction_of(name) for name in columns}
        steps: list[float | None] = []
        for at, name in enumerate(names):
            each, step = columns[name][at], None
            if each is not None and directions[name] is not None:
                step = each.maximum_step if directions[name] == "up" else each.minimum_step
            steps.append(None if number(step) is None or not lengths[at] else step / lengths[at])
        return steps

    def _keys(self, field: Field) -> list[Any]:
        """What to sort by: None for runs without a value."""
        values = self.values(field)
        if field.kind in (FieldKind.TEXT, FieldKind.CHOICE):
            return list(map(text_key, values))
        known = [None if each is None or math.isnan(each) else each for each in values]
        match field.source:
            case Metric(name):
                return [neg(each) if each is not None else None for each in known] if is_up(name) else known
            case Chosen("best" | "last"):
                names = self.metrics()
                return [
                    neg(each) if each is not None and is_up(name) else each
                    for each, name in zip(known, names, strict=True)
                ]
        return known


def text_key(value: str | tuple[str, ...] | None) -> str | None:
    """What a text, or several, is sorted by; None for none."""
    return (" ".join(value) if isinstance(value, tuple) else value or "").casefold() or None


def as_text(field: Field, value: Any) -> str:
    """Write a value of a field as a filter would have it; empty for none."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " ".join(value)
    if field.kind is FieldKind.TIME:
        return _moment(value)
    if isinstance(value, float) and not math.isfinite(value):
        return next((word for word, number in field.words_as_numbers.items() if _is(value, number)), str(value))
    return f"{value:.0f}s" if field.kind is FieldKind.DURATION else format_value(value)


def _is(value: float, other: float) -> bool:
    return value == other or (math.isnan(value) and math.isnan(other))


def _moment(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds).isoformat(timespec="minutes")
    except (ValueError, OverflowError, OSError):
        return ""


def _picked(metric: Sequence[Extremes | None], name: str, which: Which) -> list[float | None]:
    """Take one value of a metric; where neither more nor less is better, the last counts as the best."""
    column = extreme_of(name, which)
    place = Extremes._fields.index(column)
    if column == "last":
        return [None if each is None else last_of(each[place]) for each in metric]
    return [each[place] if each is not None and isinstance(each[place], NUMBER) else None for each in metric]
