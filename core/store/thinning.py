"""Fewer points of a long curve, so that nothing that one would look for is gone: lows, highs, NaN, both ends.

SQLite looks for them in stretches of steps, all of one length: a month's curve has millions of points, which as
Python's objects are 200 MB and seconds in which nothing else is drawn. What cannot change any more is not read again.
"""

import math
import sys
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, text

from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import Series, series_of
from bertft_tui.core.store.tables import EVENT, NAME, POINT, RUN

_STRETCH = (
    "run_key = :run_key AND name_key = :name_key AND step >= begins AND step < begins + :length AND step <= :last"
)
_FINITE = "value BETWEEN -:huge AND :huge"  # neither infinite, nor NULL, which is NaN, nor a text
_HUGE = sys.float_info.max

#: Behind every step.
_NO_END = 2**62

_TELLING = text(f"""
WITH RECURSIVE stretch (begins) AS (
  VALUES (:begins) UNION ALL SELECT begins + :length FROM stretch WHERE begins + :length <= :last
), telling (step) AS (
  SELECT (SELECT step FROM (SELECT step, min(value) FROM point WHERE {_STRETCH} AND {_FINITE})) FROM stretch
  UNION
  SELECT (SELECT step FROM (SELECT step, max(value) FROM point WHERE {_STRETCH} AND {_FINITE})) FROM stretch
  UNION
  SELECT (SELECT step FROM point WHERE {_STRETCH} AND ({_FINITE}) IS NOT 1 ORDER BY step LIMIT 1) FROM stretch
  UNION
  VALUES (:first), (:last)
)
SELECT step, value, milliseconds FROM point
WHERE run_key = :run_key AND name_key = :name_key AND step IN (SELECT step FROM telling) ORDER BY step
""")

# Made once: the curves of a live run are read several times a second.
_RUN = select(RUN.c.key, RUN.c.journal_seq, RUN.c.earlier_seconds).where(RUN.c.id == bindparam("of_id"))
_NAME_KEY = select(NAME.c.key).where(NAME.c.name == bindparam("of_name"))
_POINT = select(POINT.c.step, POINT.c.value, POINT.c.milliseconds).where(
    POINT.c.run_key == bindparam("of_run"), POINT.c.name_key == bindparam("of_name")
)
_SOME = (
    _POINT.where(POINT.c.step.between(bindparam("low"), bindparam("high")))
    .order_by(POINT.c.step)
    .limit(bindparam("most"))
)
_FIRST, _LAST = (
    _POINT.where(POINT.c.step.between(bindparam("low"), bindparam("high"))).order_by(order).limit(1)
    for order in (POINT.c.step, POINT.c.step.desc())
)
_PLANS_SINCE = select(EVENT.c.fields).where(
    EVENT.c.run_key == bindparam("of_run"), EVENT.c.seq > bindparam("seen"), EVENT.c.type == "plan"
)


@dataclass(frozen=True)
class Thinned:
    """A curve as it was read, and what the next reading goes on from."""

    run_id: str
    series: Series
    journal_seq: int = 0  # of the newest event when it was read
    length: int = 0  # of a stretch, in steps; 0 where every point was read: each is a stretch then
    begins: int = 0  # the first step of the first stretch that may still change
    settled: tuple[Any, ...] = ()  # what is kept of the stretches before


def thinned(
    db: Database,
    run_id: str,
    name: str,
    most: int,
    before: Thinned | None = None,
    *,
    part: tuple[int, int] | None = None,
) -> Thinned:
    """Read all points of a metric, or of more than `most` about as many: of each stretch the telling ones.

    `before`: the same as it was read last; only what may have changed since is read then. `part`: only the steps from
    one to another, both included, with the point before them and the one behind.
    """
    with db.read() as connection:
        run = connection.execute(_RUN, {"of_id": run_id}).first()
        name_key = connection.scalar(_NAME_KEY, {"of_name": name})
        if run is None or name_key is None:
            return Thinned(run_id, Series(name))
        low, high = (0, _NO_END) if part is None else _with_neighbours(connection, run.key, name_key, part)
        mine = {"of_run": run.key, "of_name": name_key, "high": high}
        if before is None or not before.length or before.run_id != run_id or before.series.name != name:
            held, begins = ([], 0) if part is not None else _still_true(connection, run, _of(before, run_id, name), 0)
            wanted = mine | {"low": max(low, begins), "most": most + 1 - len(held)}
            few = [*held, *connection.execute(_SOME, wanted).all()]
            if len(few) <= most:
                changing = _first_changing(connection, run, few[-1]) if few and part is None else 0
                settled_now = tuple(row for row in few if row.step < changing)
                return Thinned(run_id, series_of(name, few), run.journal_seq, 0, changing, settled_now)
            before = None
        first, last = (connection.execute(end, mine | {"low": low}).one() for end in (_FIRST, _LAST))
        length = _length(last.step - first.step, most)
        settled, begins = _still_true(connection, run, before, length)
        begins = max(begins, first.step - first.step % length)
        place = {"run_key": run.key, "name_key": name_key, "length": length, "huge": _HUGE}
        ends = {"begins": begins, "first": last.step if settled else first.step, "last": last.step}
        rows = [*settled, *connection.execute(_TELLING, place | ends)]
        changing = _first_changing(connection, run, last)
        begins = changing - changing % length
    kept = tuple(row for row in rows if row.step < begins)
    return Thinned(run_id, series_of(name, rows), run.journal_seq, length, begins, kept)


def _of(before: Thinned | None, run_id: str, name: str) -> Thinned | None:
    """What was read before, if it is of this very metric."""
    return before if before is not None and (before.run_id, before.series.name) == (run_id, name) else None


def _with_neighbours(connection: Connection, run_key: int, name_key: int, part: tuple[int, int]) -> tuple[int, int]:
    """Make a part reach to the points around it: the lines that lead there are seen in it."""
    low, high = part
    mine = (POINT.c.run_key == run_key) & (POINT.c.name_key == name_key)
    before = connection.scalar(select(func.max(POINT.c.step)).where(mine, POINT.c.step < low))
    behind = connection.scalar(select(func.min(POINT.c.step)).where(mine, POINT.c.step > high))
    return low if before is None else before, high if behind is None else behind


def _length(steps: int, most: int) -> int:
    """Steps of a stretch, a power of two: it seldom changes as a curve grows, and then all is read anew."""
    return 1 << max(0, math.ceil(2 * steps / most) - 1).bit_length()


def _still_true(
    connection: Connection, run: Row[Any, Any, Any], before: Thinned | None, length: int
) -> tuple[list[Any], int]:
    """What was kept before an attempt that has begun since, and the first step that has to be read."""
    if before is None or before.length != length:
        return [], 0
    plans = connection.scalars(_PLANS_SINCE, {"of_run": run.key, "seen": before.journal_seq})
    again = [_start(fields) for fields in plans]
    begins = min([before.begins, *(step - step % max(1, length) for step in again)])
    return [row for row in before.settled if row.step < begins], begins


def _first_changing(connection: Connection, run: Row[Any, Any, Any], last: Any) -> int:
    """The first step whose point may still change: a resumed run does again what came after its checkpoint.

    Once its last point is one of the present attempt, it has done them all.
    """
    if last.milliseconds > round(1000 * run.earlier_seconds):
        return int(last.step)
    plans = select(EVENT.c.fields).where(EVENT.c.run_key == run.key, EVENT.c.type == "plan")
    newest = connection.scalar(plans.order_by(EVENT.c.seq.desc()).limit(1))
    return min(_start(newest), int(last.step))


def _start(fields: Any) -> int:
    """The step that an attempt went on from, by its plan."""
    step = fields.get("start_step") if isinstance(fields, dict) else None
    return step if type(step) is int and step >= 0 else 0
