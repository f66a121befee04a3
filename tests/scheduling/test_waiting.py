"""Why a run waits, and when it may start: what the scheduler does is said beforehand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from acted_runs import DEMO, ActedRun
from quick_runs import CPU, enqueue, until

from bertft_tui.core import locks
from bertft_tui.core.paths import StorePath, device_lock
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.holders import holders_of
from bertft_tui.core.scheduling.readings import Reading, Readings
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.scheduling.waiting import Wait
from bertft_tui.core.store import commands, queries, queue_order
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus, Where
from bertft_tui.tui.outlook import Outlook, outlook, past_of

GPUS = (Device("cuda:0", "A", "GPU-a"), Device("cuda:1", "B", "GPU-b"), CPU)


def look(db: Database, *devices: Device) -> Outlook:
    """Look at a store's queue on a machine with these devices."""
    runs = {run.id: run for run in queries.list_runs(db)}
    queue = queries.queue_state(db)
    return outlook(
        db.path,
        Readings(tuple(map(Reading, devices))),
        queue=queue,
        alive=[run for run in runs.values() if run.status.is_alive],
        waiting=[runs[run_id] for run_id in queue.waiting],
        past=past_of(runs.values()),
    )


def reasons(db: Database, *devices: Device) -> list[str]:
    """Why each run waits."""
    return [wait.why for wait in look(db, *devices).waiting]


@pytest.fixture
def other(tmp_path: Path, quick_worker: None) -> Iterator[Database]:
    """Another store of the same user, with a scheduler whose run has the processor."""
    with Database.open(StorePath(tmp_path / "other" / "experiments.db")) as db:
        scheduler = Scheduler(db, (CPU,))
        run_id = enqueue(db, "patient")
        until(lambda: locks.is_held(device_lock("cpu")), scheduler)
        yield db
        db.path.run(run_id).stop_request.touch()
        until(lambda: not scheduler.workers, scheduler)
        assert queries.get_run(db, run_id).status is RunStatus.STOPPED


def test_a_device_that_another_store_has(db: Database, scheduler: Scheduler, other: Database) -> None:
    """The run that waits for it says whose it is; the order is that of the queue, and changes with it."""
    first, second = enqueue(db, "quick"), enqueue(db, "quick")
    scheduler.step()
    assert queries.queue_state(db).waiting == (first, second)
    holder = holders_of((CPU,))["cpu"]
    assert holder.store == other.path.file
    taken, after = reasons(db, CPU)
    assert taken == (f"cpu is taken by patient (process {holder.pid}), a run of another store: {other.path.file}")
    assert after == "its turn comes after another"
    queue_order.move(db, second, Where.FIRST)
    assert [(wait.run_id, wait.place) for wait in look(db, CPU).waiting] == [(second, 1), (first, 2)]
    assert reasons(db, CPU) == [taken, after]
    assert holders_of((CPU,), {"cpu": holder})["cpu"] is holder


def test_what_the_queue_does_next(db: Database) -> None:
    """Free devices are given in the order of the queue; who asks for one that is not there is told so."""
    for name, device in (("a", "auto"), ("b", "cuda:1"), ("c", "auto"), ("d", "cpu"), ("e", "cuda:7"), ("f", "auto")):
        ActedRun(db, name, DEMO.with_settings({"hardware.device": device}))
    soon = "it starts within a moment"
    turn = "its turn comes after"
    there = "this machine has cuda:0, cuda:1, cpu"
    assert reasons(db, *GPUS) == [
        soon, soon, f"{turn} 2 others", soon, f"it asks for cuda:7; {there}", f"{turn} 3 others",
    ]  # fmt: skip
    commands.pause_queue(db, "for the night")
    found = look(db, *GPUS).waiting
    assert {wait.why for wait in found if "cuda:7" not in wait.why} == {"the queue is paused"}
    assert {wait.starts_in for wait in found} == {None}


def test_when_a_run_may_start(db: Database) -> None:
    """It follows from what the run before it has left, and from what finished runs like it took; else: unknown."""
    done = ActedRun(db, "done").start().train().finish()
    took = queries.get_run(db, done.id).duration_seconds
    alive = ActedRun(db, "alive").start().train(50)
    other_rate = DEMO.with_settings({"training.learning_rate": 1e-3})
    other_length = DEMO.with_settings({"data.max_length": 64})
    for config in (other_rate, other_length, DEMO):
        ActedRun(db, config=config)
    left = 26 * DEMO.training.cut[0] / 12.5
    first, second, third = look(db, CPU).waiting
    assert first.why == "cpu is taken by alive"
    assert first.starts_in == pytest.approx(left)
    assert second.starts_in == pytest.approx(left + took)
    assert third == Wait(third.run_id, 3, "its turn comes after 2 others", None), "nobody knows what the second takes"
    alive.train(76, since=50).finish()
    assert [wait.starts_in for wait in look(db, CPU).waiting][:2] == [0, pytest.approx(took, rel=0.5)]
