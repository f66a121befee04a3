"""Where the cells of a field stand in the store, for statements that filter and sort by them without reading them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import JSON, Connection

from bertft_tui.core.filtering.fields import Chosen, Column, Field, FieldKind, Fields, Metric, Setting, Which
from bertft_tui.core.metric_names import TEST
from bertft_tui.core.store.column_readers import (
    OWN_METRIC,
    READERS,
    Reader,
    durations,
    fields_of,
    number,
    setting_reader,
    text,
)
from bertft_tui.core.store.engine import from_json
from bertft_tui.core.store.extremes import AUTO, Extremes, extreme_of, is_up, last_of
from bertft_tui.core.store.listed import LISTED
from bertft_tui.core.store.tables import ANNOTATION

#: The rows of what people say about runs, and those of an index that has what else there is in a list.
SAID = "annotation"
IN_LIST = "run INDEXED BY ix_run_listed"


class Place(NamedTuple):
    """Where a field stands: rows in SQL, each with a run's key and the cells, and what is made of the cells."""

    rows: str  # behind FROM
    key: str
    cells: tuple[str, ...]
    value: Callable[..., Any]
    where: str = "1"
    number: str = ""  # in SQL the value as a number, NULL where only the cells tell; empty: they always do
    is_text: bool = False  # whether the cell is the value, where it is a text
    is_sparse: bool = False  # not every run has a row: …
    missing: Any = None  # … and this is the value of the others
    sign: str = "1"  # −1 where more is better: the best comes first


class Places:
    """The places of fields. `metric`: what `best` and `last` mean. Raises FilterError where there is no such one.

    `now`: when ages and durations are told; None: their values are what `View.values` makes them of at any moment.
    """

    def __init__(self, connection: Connection, now: float | None, metric: str = AUTO) -> None:
        self._connection, self._now = connection, now
        rows = connection.exec_driver_sql("SELECT name, key FROM metric_name ORDER BY key").all()
        self._keys = {str(name): key for name, key in rows}
        self.fields: Fields = fields_of(tuple(self._keys))
        self._metric = None if metric == AUTO else self.fields.metric_name(metric)

    def of(self, field: Field) -> Place | None:
        """Return the place of a field; None where its values are computed of more than a row."""
        match field.source:
            case Metric(name, which):
                return self._reported(name, which)
            case Chosen("best_epoch"):
                return self._best_epoch()
            case Chosen(which):
                return self._chosen("last" if which == "last" else "best")
        return self._in_row(field)

    def _reported(self, name: str, which: Which) -> Place:
        """A metric; those of test splits may come from evaluations too."""
        column = extreme_of(name, which)
        metric = self.extremes(name)
        cell = metric.cells[Extremes._fields.index(column)]
        sign = "-1" if is_up(name) else "1"
        return metric._replace(cells=(cell,), value=_reader_of(column), number=_number(cell), sign=sign)

    def extremes(self, name: str, keys: Sequence[int] | None = None) -> Place:
        """Return the place of all that is kept of a metric: `Extremes`. `keys`: of the runs that are asked for."""
        key = self._keys.get(name, -1)
        rows, called, where = "summary", "summary", f"summary.name_key = {key}"
        if name.startswith(TEST) and self._has_tests:
            some = "1" if keys is None else f"run_key IN ({', '.join(map(str, keys))})"
            scored = _SCORED.format(name=_literal(name.removeprefix(TEST)), key=key, some=some)
            rows, called, where = f"({scored}) AS scored", "scored", "1"
        cells = tuple(f"{called}.{column}" for column in Extremes._fields)
        return Place(rows, f"{called}.run_key", cells, Extremes, where, is_sparse=True)

    @cached_property
    def _has_tests(self) -> bool:
        """Whether any run was evaluated on its test split later on."""
        return self._connection.exec_driver_sql("SELECT 1 FROM evaluation WHERE is_test LIMIT 1").first() is not None

    def _chosen(self, which: Which) -> Place:
        """The metric that is shown: each run's own, where none was chosen."""
        if self._metric is not None:
            return self._reported(self._metric, which)
        names = self._own_metrics
        if len(names) == 1:
            return self._reported(next(iter(names)), which)
        parts = [
            f"SELECT run_key, {column} AS value, {int(column == 'last')} AS is_last, "
            f"{-1 if is_up(name) else 1} AS sign FROM summary WHERE name_key = {self._keys.get(name, -1)} "
            f"AND run_key IN (SELECT run.key FROM {IN_LIST} WHERE {where})"
            for name, where in names.items()
            if (column := extreme_of(name, which))
        ]
        return Place(
            f"({' UNION ALL '.join(parts)}) AS chosen",
            "chosen.run_key",
            ("chosen.value", "chosen.is_last"),
            lambda stored, is_last: (last_of if is_last else number)(stored),
            number=_number("chosen.value"),
            is_sparse=True,
            sign="chosen.sign",
        )

    def _best_epoch(self) -> Place | None:
        """When the metric that is shown was best; None where that is not the same one for all runs."""
        names = [self._metric] if self._metric is not None else list(self._own_metrics)
        if len(names) > 1:
            return None
        metric = self.extremes(names[0])
        steps = dict(zip(Extremes._fields, metric.cells, strict=True))
        step = steps.get(f"{extreme_of(names[0], 'best')}_step", "NULL")
        cells = (step, "run.steps_per_epoch")
        are_numbers = " AND ".join(f"typeof({cell}) IN ('integer', 'real')" for cell in cells)
        joined = f"{metric.rows} CROSS JOIN run ON run.key = {metric.key}"
        return Place(
            *(joined, metric.key, cells, _epoch, metric.where),
            number=f"CASE WHEN {are_numbers} THEN CAST({cells[0]} AS REAL) / nullif({cells[1]}, 0) END",
            is_sparse=True,
        )

    @cached_property
    def _own_metrics(self) -> Mapping[str, str]:
        """The metrics that choose the best checkpoints of runs, each with what is true of those runs."""
        place = self._in_row(OWN_METRIC)
        cells, found = ", ".join(place.cells), dict[str, list[str]]()
        for row in self._connection.exec_driver_sql(f"SELECT DISTINCT {cells} FROM {place.rows}").all():
            same = " AND ".join(f"{cell} IS {_literal(value)}" for cell, value in zip(place.cells, row, strict=True))
            found.setdefault(place.value(*row), []).append(f"({same})")
        return {name: " OR ".join(same) for name, same in found.items()} or {"": "0"}

    def _in_row(self, field: Field) -> Place:
        """A column or a setting."""
        if isinstance(field.source, Setting):
            return self._kept_setting(field, field.source)
        assert isinstance(field.source, Column), field.source
        reader = READERS[field.source.name]
        cells = [f"{column.table.name}.{column.name}" for column in reader.cells]
        cells += map(self._setting, reader.settings)
        value = self._value_of(field.source, reader)
        is_said = any(column.table is ANNOTATION for column in reader.cells)
        is_listed = {column.name for column in reader.cells} <= set(LISTED)
        return Place(
            SAID if is_said else IN_LIST if is_listed else "run",
            "annotation.run_key" if is_said else "run.key",
            tuple(cells),
            value,
            number=self._number(field.source, cells[0] if value is number else ""),
            is_text=value is text,
        )

    def _kept_setting(self, field: Field, setting: Setting) -> Place:
        """A setting; runs without a row have the usual value."""
        key, usual = self._settings.get(setting.key, (-1, setting.default))
        read = setting_reader(field, setting.default)

        def empty(value: Any) -> Any:
            return None if value is None else read(value)

        value = empty if setting.can_be_empty else read
        return Place(
            *("setting", "setting.run_key", ("setting.value",), value, f"setting.name_key = {key}"),
            number=_number("setting.value") if field.kind is FieldKind.NUMBER else "",
            is_text=field.kind in (FieldKind.TEXT, FieldKind.CHOICE),
            is_sparse=True,
            missing=value(usual),
        )

    @cached_property
    def _settings(self) -> Mapping[str, tuple[int, Any]]:
        """The keys of settings, and what each usually is."""
        rows = self._connection.exec_driver_sql("SELECT name, key, usual FROM setting_name").all()
        return {name: (key, usual) for name, key, usual in rows}

    def _setting(self, name: str) -> str:
        """A setting of a run in its row; where it is as usual in all runs nothing is looked up."""
        key, usual = self._settings.get(name, (-1, None))
        some = f"SELECT value FROM setting WHERE name_key = {key}"
        if self._connection.exec_driver_sql(f"{some} LIMIT 1").first() is None:
            return f"ifnull({_literal(usual)}, NULL)"  # a bare number would mean a column to group by
        return f"ifnull(({some} AND run_key = run.key), {_literal(usual)})"

    def _number(self, column: Column, cell: str) -> str:
        """A column's value as a number in SQL, where SQLite can tell it."""
        if column.name == "age":
            return f"({self._now!r} - {_number('run.created_at')})"
        if column.name == "duration":
            return _ENDED_AFTER
        return _number(cell) if cell else ""

    def _value_of(self, column: Column, reader: Reader) -> Callable[..., Any]:
        """What a column's cells are at this moment, or at any."""
        now = self._now

        def age(created: Any) -> float | None:
            return None if now is None or (began := number(created)) is None else now - began

        def duration(*cells: Any) -> float | None:
            return durations([reader.read(*cells)])[0]

        def document(stored: Any) -> Any:
            return reader.read(None if stored is None else from_json(stored))

        if reader.cells and isinstance(reader.cells[0].type, JSON):
            return document
        if now is None:
            return reader.read
        return {"age": age, "duration": duration}.get(column.name, reader.read)


def _number(cell: str) -> str:
    """A cell where it is a number, else NULL."""
    return f"CASE WHEN typeof({cell}) IN ('integer', 'real') THEN {cell} END"


#: A metric of test splits: what evaluations found, the newest of a run, and else what the run itself reported.
_SCORED = """
WITH found AS MATERIALIZED (
  SELECT evaluation.run_key AS run_key, metric.atom AS value, evaluation.step AS step, max(evaluation.key)
  FROM evaluation CROSS JOIN json_each(CASE WHEN json_valid(metrics) THEN metrics ELSE '{{}}' END) AS metric
  WHERE is_test AND {some} AND metric.key = {name} AND metric.type IN ('integer', 'real', 'null', 'true', 'false')
  GROUP BY evaluation.run_key
)
SELECT run_key, value AS last, value AS minimum, step AS minimum_step, value AS maximum, step AS maximum_step
FROM found UNION ALL
SELECT run_key, last, minimum, minimum_step, maximum, maximum_step
FROM summary WHERE name_key = {key} AND {some} AND run_key NOT IN (SELECT run_key FROM found)
"""

#: How long a run lasted that has started and does not run any more: no clock goes on then.
_ENDED_AFTER = (
    "CASE WHEN typeof(run.status) = 'text' AND run.status <> 'running' AND run.started_at IS NOT NULL "
    f"THEN {_number('run.earlier_seconds')} + max({_number('run.attempt_seconds')}, 0.0) END"
)


def _epoch(step: Any, steps_per_epoch: Any) -> float | None:
    """The epoch that a step lies in."""
    length = number(steps_per_epoch)
    return None if number(step) is None or not length else float(step / length)


def _reader_of(column: str) -> Callable[[Any], float | None]:
    return last_of if column == "last" else number


def _literal(value: Any) -> str:
    """A cell's value in SQL."""
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else repr(value).replace("inf", "9e999")
