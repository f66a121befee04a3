"""Points of metrics, written in bulk, with a summary row for each metric kept up as they arrive."""

import math
import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from bertft_tui.core.store.tables import NAME, POINT, SUMMARY

_EMPTY = {"points": 0, "minimum": None, "minimum_step": None, "maximum": None, "maximum_step": None, "last_step": -1}


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
        _add(connection, run_key, _name_key(connection, name), [mine[step] for step in sorted(mine)])


def _add(connection: Connection, run_key: int, name_key: int, fresh: list[NewPoint]) -> None:
    """Write the points of one metric, and bring its summary up to date from them: the others are not read.

    They are only when the lowest or the highest was replaced, and another one takes its place.
    """
    mine = (SUMMARY.c.run_key == run_key) & (SUMMARY.c.name_key == name_key)
    found = connection.execute(select(SUMMARY).where(mine)).mappings().first()
    before: dict[str, Any] = _EMPTY | (dict(found) if found else {})
    replaced = 0
    if fresh[0].step <= before["last_step"]:
        replaced = len(fresh) + _count(connection, run_key, name_key, fresh)
    _insert(connection, run_key, name_key, fresh)
    if replaced:
        replaced -= _count(connection, run_key, name_key, fresh)
    summary = _summary(before, fresh) | {"points": before["points"] + len(fresh) - replaced}
    for extreme in ("minimum", "maximum"):
        if _is_replaced(before, summary, extreme, fresh):
            summary |= _search(connection, run_key, name_key, extreme)
    row = summary | {"run_key": run_key, "name_key": name_key}
    connection.execute(insert(SUMMARY).prefix_with("OR REPLACE").values(row))


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


def _count(connection: Connection, run_key: int, name_key: int, fresh: list[NewPoint]) -> int:
    """How many points the metric has where the new ones are."""
    here = POINT.c.step.between(fresh[0].step, fresh[-1].step)
    query = select(func.count()).where(POINT.c.run_key == run_key, POINT.c.name_key == name_key, here)
    return int(connection.scalar(query) or 0)


def _summary(before: dict[str, Any], fresh: list[NewPoint]) -> dict[str, Any]:
    """Fold points, in the order of their steps, into a summary.

    The first of equal extremes counts; a value that is not finite is never an extreme.
    """
    result = dict(before)
    if fresh[-1].step >= before["last_step"]:
        result |= {"last": _storable(fresh[-1].value), "last_step": fresh[-1].step}
    for point in fresh:
        if math.isfinite(point.value):
            for extreme, sign in (("minimum", 1), ("maximum", -1)):
                now = result[extreme]
                mine, best = (sign * point.value, point.step), (sign * (now or 0), result[f"{extreme}_step"])
                if now is None or mine < best:
                    result |= {extreme: point.value, f"{extreme}_step": point.step}
    return result


def _is_replaced(before: dict[str, Any], after: dict[str, Any], extreme: str, fresh: list[NewPoint]) -> bool:
    """Whether the value that was the lowest, or the highest, is gone, and no new one is beyond it."""
    there = next((point.value for point in fresh if point.step == before[f"{extreme}_step"]), before[extreme])
    return bool(after[extreme] == before[extreme] != there)


def _search(connection: Connection, run_key: int, name_key: int, extreme: str) -> dict[str, Any]:
    """Look for the lowest or the highest among all points of a metric."""
    order = POINT.c.value if extreme == "minimum" else POINT.c.value.desc()
    finite = POINT.c.value.between(-sys.float_info.max, sys.float_info.max)
    query = select(POINT.c.value, POINT.c.step).where(
        POINT.c.run_key == run_key, POINT.c.name_key == name_key, finite
    )
    found = connection.execute(query.order_by(order, POINT.c.step).limit(1)).first()
    value, step = found or (None, None)
    return {extreme: value, f"{extreme}_step": step}


def _storable(value: float) -> float | None:
    """NaN as SQLite can hold it."""
    return None if math.isnan(value) else value


def _name_key(connection: Connection, name: str) -> int:
    connection.execute(insert(NAME).values(name=name).on_conflict_do_nothing())
    return int(connection.execute(select(NAME.c.key).where(NAME.c.name == name)).scalar_one())
