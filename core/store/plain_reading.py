"""What is read without SQLAlchemy, which takes longer to load than all of this: every run in a line, and a curve."""

from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import Outline, Series, series_of
from bertft_tui.core.store.status import read_status

_OUTLINES = """
SELECT run.id, annotation.name, run.status, run.attempt, annotation.trashed_at
FROM run JOIN annotation ON annotation.run_key = run.key ORDER BY run.key DESC
"""
_SERIES = """
SELECT step, value, milliseconds FROM point
WHERE run_key = (SELECT key FROM run WHERE id = ?) AND name_key = (SELECT key FROM metric_name WHERE name = ?)
ORDER BY step
"""


def outlines(db: Database) -> list[Outline]:
    """Return every run in a line, those in the trash too, newest first: a hundredth of what whole records cost."""
    with db.read_plain() as connection:
        rows = connection.execute(_OUTLINES).fetchall()
    return [Outline(row[0], row[1], read_status(row[2])[0], row[3], row[4] is not None) for row in rows]


def series(db: Database, run_id: str, name: str) -> Series:
    """Return the points of one metric, every one; `thinning.thinned` returns fewer of a long curve."""
    with db.read_plain() as connection:
        rows = connection.execute(_SERIES, (run_id, name)).fetchall()
    return series_of(name, rows)
