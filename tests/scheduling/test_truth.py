"""What is shown of a run whose process is gone while no scheduler has said so yet."""

import time

import pytest
from quick_runs import begun

from bertft_tui.core.journal import EventType, JournalWriter
from bertft_tui.core.scheduling.truth import Vanishings, as_ended
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus


def test_a_dead_run_is_not_shown_as_running(db: Database) -> None:
    """Where no scheduler has written yet what became of a run, whoever looks sees that its process has ended."""
    run_id = begun(db)
    vanishings, record = Vanishings(db.path, 0.3), queries.get_run(db, run_id)
    assert not vanishings.look([record]), "without a lock to ask nobody knows"
    db.path.run(run_id).lock.touch()
    assert not vanishings.look([record])
    time.sleep(0.4)
    assert vanishings.look([record]) == {run_id}
    shown = as_ended(record, db.path)
    assert (shown.status, shown.phase) == (RunStatus.LOST, None)


@pytest.mark.parametrize(
    ("last", "status"),
    [
        ("finished", RunStatus.FINISHED),
        ("stopped", RunStatus.STOPPED),
        ("cancelled", RunStatus.CANCELLED),
        ("failed", RunStatus.FAILED),
        ("metrics", RunStatus.LOST),
    ],
)
def test_the_last_word_of_a_journal(db: Database, last: EventType, status: RunStatus) -> None:
    """A run that ended as it should is not shown as lost, also when nobody has read its last line yet."""
    run_id = begun(db)
    journal = JournalWriter(db.path.run(run_id).events)
    for step in range(100):
        journal.write("metrics", step=step, epoch=0.1, values={"loss": 0.5})
    journal.write(last)
    journal.close()
    assert as_ended(queries.get_run(db, run_id), db.path).status is status
