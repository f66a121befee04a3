"""What was measured of a run's process and its GPU, over the run's own time."""

from sqlalchemy import Connection, func, select

from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import VitalsSummary, VitalsTrace
from bertft_tui.core.store.tables import RUN, VITAL
from bertft_tui.core.vitals import VITALS, Vitals

_COLUMNS = tuple(VITAL.c[name] for name in VITALS)


def summary(db: Database, run_id: str) -> VitalsSummary:
    """Return the newest measurement of a run and the highest of each; without rows when nothing was measured."""
    with db.read() as connection:
        key = _key(connection, run_id)
        if key is None:
            return VitalsSummary()
        mine = VITAL.c.run_key == key
        highest = connection.execute(select(func.count(), *map(func.max, _COLUMNS)).where(mine)).one()
        newest = select(VITAL.c.milliseconds, *_COLUMNS).where(mine).order_by(VITAL.c.milliseconds.desc()).limit(1)
        last = connection.execute(newest).first()
    if last is None:
        return VitalsSummary()
    return VitalsSummary(highest[0], last[0] / 1000, _vitals(last[1:]), _vitals(highest[1:]))


def trace(db: Database, run_id: str, most: int) -> VitalsTrace:
    """Return what was measured over a run's time; of more than `most` rows the highest of each stretch of time."""
    with db.read() as connection:
        key = _key(connection, run_id)
        mine = VITAL.c.run_key == key
        first, last = connection.execute(
            select(func.min(VITAL.c.milliseconds), func.max(VITAL.c.milliseconds)).where(mine)
        ).one()
        if key is None or first is None:
            return VitalsTrace()
        length = max(1, -(-(last - first + 1) // most))
        stretch = (VITAL.c.milliseconds - first) // length
        query = select(func.max(VITAL.c.milliseconds), *map(func.max, _COLUMNS)).where(mine)
        rows = connection.execute(query.group_by(stretch).order_by(stretch)).all()
    return VitalsTrace(tuple(row[0] / 1000 for row in rows), tuple(_vitals(row[1:]) for row in rows))


def _key(connection: Connection, run_id: str) -> int | None:
    key: int | None = connection.scalar(select(RUN.c.key).where(RUN.c.id == run_id))
    return key


def _vitals(row: object) -> Vitals:
    """A row as a record; a value of another kind, which a damaged store may hold, is unknown."""
    values = zip(VITALS, row, strict=True)  # type: ignore[call-overload]
    return Vitals(**{name: value if isinstance(value, int | float) else None for name, value in values})
