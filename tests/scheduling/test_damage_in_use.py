"""A store that is damaged while a scheduler serves it: training goes on, and a rebuild has all that was written."""

import pytest
from damaging import damage_in_use
from quick_runs import CPU, enqueue, status_is, until

from bertft_tui.core.errors import DamagedStoreError
from bertft_tui.core.journal import read_events
from bertft_tui.core.scheduling.rebuild import rebuild
from bertft_tui.core.scheduling.scheduler import Scheduler, patiently
from bertft_tui.core.store import commands, history, plain_reading
from bertft_tui.core.store.backup import back_up
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus
from bertft_tui.core.store.wholeness import fault_of


def test_damage_under_a_scheduler_costs_no_point(
    db: Database, scheduler: Scheduler, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so and lets the worker train on; rebuilt, the store has every point and the run is looked after."""
    run_id = enqueue(db, "patient")
    until(lambda: len(plain_reading.series(db, run_id, "loss").steps) > 3, scheduler)
    back_up(db.path)
    seen = plain_reading.series(db, run_id, "loss").steps
    damage_in_use(db.path)
    with pytest.raises(DamagedStoreError):
        until(lambda: False, scheduler)
    monkeypatch.setattr("bertft_tui.core.scheduling.scheduler.PATIENCE", 0.5)
    with pytest.raises(DamagedStoreError):
        patiently(scheduler.step, lambda: False)
    assert "The store is damaged" in capsys.readouterr().err
    assert fault_of(db.path) != ""
    done = rebuild(db.path)
    assert (done.running, done.lost) == ((run_id,), ())
    assert done.kept_aside is not None
    with Database.open(db.path) as new:
        second = Scheduler(new, (CPU,))
        second.adopt()
        until(lambda: len(plain_reading.series(new, run_id, "loss").steps) > len(seen) + 20, second)
        commands.request(new, run_id, Request.STOP)
        until(status_is(new, run_id, RunStatus.STOPPED), second)
        written = [
            event.fields["step"]
            for event, _ in read_events(new.path.run(run_id).events, 0)
            if event.type == "metrics"
        ]
        assert plain_reading.series(new, run_id, "loss").steps == tuple(written)
        assert len(history.attempts(new, run_id)) == 1
        assert fault_of(new.path) == ""
