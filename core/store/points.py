"""Points of metrics, written in bulk, with a summary row for each metric kept up as they arrive."""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from bertft_tui.core.store.tables import NAME, POINT, SUMMARY


class NewPoint(NamedTuple):
    """One value of one metric, with the run's own time in milliseconds."""

    name: str
    step: int
    value: float
    milliseconds: int


def add_points(connection: Connection, run_key: int, points: Iterable[NewPoint]) -> None:
    """Write points; one for a step that has a value replaces it (a resumed run does a few steps again)."""
    by_name: dict[str, dict[int, NewPoint]] = defaultdict(dict)
    for point in points:
        by_name[point.name][point.step] = point
    for name, mine in sorted(by_name.items()):
        name_key = _name_key(connection, name)
        fresh = [mine[step] for step in sorted(mine)]
        _insert(connection, run_key, name_key, fresh)
        _summarize(connection, run_key, name_key, fresh)


def _insert(connection: Connection, run_key: int, name_key: int, points: list[NewPoint]) -> None:
    rows = [
        {
            "run_key": run_key,
            "name_key": name_key,
            "step": point.step,
            "value": _storable(point.value),
            "milliseconds": point.milliseconds,
        }
        for point in points
    ]
    connection.execute(insert(POINT).prefix_with("OR REPLACE"), rows)


def _summarize(connection: Connection, run_key: int, name_key: int, fresh: list[NewPoint]) -> None:
    """Bring the summary up to date: from the new points alone where they lie behind all others, else from all."""
    mine = (SUMMARY.c.run_key == run_key) & (SUMMARY.c.name_key == name_key)
    before = connection.execute(select(SUMMARY).where(mine)).mappings().first()
    values = [(point.step, _storable(point.value)) for point in fresh]
    if before is not None and fresh[0].step <= before["last_step"]:
        rows = select(POINT.c.step, POINT.c.value).where(POINT.c.run_key == run_key, POINT.c.name_key == name_key)
        values = [(row[0], row[1]) for row in connection.execute(rows.order_by(POINT.c.step))]
        before = None
    summary = _summary(dict(before) if before else None, values)
    connection.execute(
        insert(SUMMARY).prefix_with("OR REPLACE").values(run_key=run_key, name_key=name_key, **summary)
    )


def _summary(before: dict[str, Any] | None, values: list[tuple[int, float | None]]) -> dict[str, Any]:
    """Fold values, in the order of their steps, into a summary.

    The first of equal extremes counts; a value that is not finite is never an extreme.
    """
    result = before or {
        "points": 0, "minimum": None, "minimum_step": None, "maximum": None, "maximum_step": None
    }  # fmt: skip
    result = {key: value for key, value in result.items() if key not in ("run_key", "name_key")}
    for step, value in values:
        result |= {"points": result["points"] + 1, "last": value, "last_step": step}
        if value is None or math.isinf(value):
            continue
        if result["minimum"] is None or value < result["minimum"]:
            result |= {"minimum": value, "minimum_step": step}
        if result["maximum"] is None or value > result["maximum"]:
            result |= {"maximum": value, "maximum_step": step}
    return result


def _storable(value: float) -> float | None:
    """NaN as SQLite can hold it."""
    return None if math.isnan(value) else value


def _name_key(connection: Connection, name: str) -> int:
    connection.execute(insert(NAME).values(name=name).on_conflict_do_nothing())
    return int(connection.execute(select(NAME.c.key).where(NAME.c.name == name)).scalar_one())
