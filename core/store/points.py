"""Points of metrics, written in bulk, with a summary row for each metric kept up as they arrive."""

import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from bertft_tui.core.store.tables import NAME, POINT, SUMMARY

_EMPTY = {
    **{"points": 0, "last": None, "last_step": -1},
    **{"minimum": None, "minimum_step": None, "maximum": None, "maximum_step": None},
}

# Made once: live runs have them executed many times a second, and to put one together costs as much as to run it.
_KEYS = select(NAME).where(NAME.c.name.in_(bindparam("names", expanding=True)))
_PUT_NAMES = insert(NAME)
_SUMMARIES = select(SUMMARY).where(SUMMARY.c.run_key == bindparam("of_run"))
_PUT_POINTS = insert(POINT).prefix_with("OR REPLACE")
_PUT_SUMMARIES = insert(SUMMARY).prefix_with("OR REPLACE")


class NewPoint(NamedTuple):
    """One value of one metric, with the run's own time in milliseconds."""

    name: str
    step: int
    value: float
    milliseconds: int


def add_points(connection: Connection, run_key: int, points: Iterable[NewPoint]) -> None:
    """Write points; one for a step that has a value replaces it (a resumed run does a few steps again).

    Summaries are brought up to date from the new points, and the others are not read. They are only when the lowest
    or the highest was replaced, and another one takes its place.
    """
    by_name: dict[str, dict[int, NewPoint]] = defaultdict(dict)
    for point in points:
        by_name[point.name][point.step] = point
    if not by_name:
        return
    keys = _name_keys(connection, sorted(by_name))
    fresh = {keys[name]: [mine[step] for step in sorted(mine)] for name, mine in by_name.items()}
    found = connection.execute(_SUMMARIES, {"of_run": run_key}).mappings()
    before: dict[int, dict[str, Any]] = dict.fromkeys(fresh, _EMPTY) | {row["name_key"]: dict(row) for row in found}
    again = [key for key, mine in fresh.items() if mine[0].step <= before[key]["last_step"]]
    replaced = {key: len(fresh[key]) + _count(connection, run_key, key, fresh[key]) for key in again}
    connection.execute(_PUT_POINTS, [row for key, mine in fresh.items() for row in _rows(run_key, key, mine)])
    for key in again:
        replaced[key] -= _count(connection, run_key, key, fresh[key])
    summaries = []
    for key, mine in fresh.items():
        summary = _summary(before[key], mine)
        for extreme in ("minimum", "maximum"):
            if _is_replaced(before[key], summary, extreme, mine):
                summary |= _search(connection, run_key, key, extreme)
        points_now = before[key]["points"] + len(mine) - replaced.get(key, 0)
        summaries.append(summary | {"run_key": run_key, "name_key": key, "points": points_now})
    connection.execute(_PUT_SUMMARIES, summaries)


def _rows(run_key: int, name_key: int, points: list[NewPoint]) -> Iterator[dict[str, Any]]:
    for point in points:
        yield {
            "run_key": run_key,
            "name_key": name_key,
            "step": point.step,
            "value": _storable(point.value),
            "milliseconds": point.milliseconds,
        }


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


def _name_keys(connection: Connection, names: list[str]) -> dict[str, int]:
    """Return the keys of names; those that are new get one, in their order."""
    keys: dict[str, int] = {}
    for start in range(0, len(names), 500):  # SQLite's limit on bound parameters was 999 for long
        wanted = names[start : start + 500]
        keys |= _known_keys(connection, wanted)
        if new := [name for name in wanted if name not in keys]:
            connection.execute(_PUT_NAMES, [{"name": name} for name in new])
            keys |= _known_keys(connection, new)
    return keys


def _known_keys(connection: Connection, names: list[str]) -> dict[str, int]:
    return {row.name: row.key for row in connection.execute(_KEYS, {"names": names})}
