"""Workers that are forked: known as those that are started, and started when anything is unusual."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from quick_runs import CPU, enqueue, status_is, until

from bertft_tui.core import locks
from bertft_tui.core.forking import LATE_VARIABLES, NO_WARM, adopt_orphans
from bertft_tui.core.scheduling import launcher, service, warm_process, warm_start, worker_handle
from bertft_tui.core.scheduling.children import ForkedWorker
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.scheduling.warm_start import WarmStart
from bertft_tui.core.scheduling.wish import make_wish, take_wish
from bertft_tui.core.scheduling.worker_handle import WorkerHandle
from bertft_tui.core.store import commands, history, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request, RunStatus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, quick_worker: None) -> Iterator[None]:
    """Warm processes that are ready at once, with quick workers; this process adopts orphans only meanwhile."""
    monkeypatch.delenv(NO_WARM)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))
    for module in (warm_process, worker_handle):
        monkeypatch.setattr(module, "WARM_MODULE", "quick_warm")
    monkeypatch.setattr(warm_start, "_SPARINGLY", 0.0)
    monkeypatch.setattr(warm_process, "LATE_VARIABLES", LATE_VARIABLES | {"PYTEST_CURRENT_TEST"})
    yield
    adopt_orphans(wanted=False)


@pytest.fixture
def warm(db: Database) -> Iterator[Scheduler]:
    """A scheduler that somebody expects a launch from, with its warm process ready."""
    mine = Scheduler(db, (CPU,), warm=WarmStart(db.path))
    make_wish(db.path)
    until(lambda: is_ready(mine), mine)
    yield mine
    for handle in mine.workers.values():
        handle.kill()
        if handle.child:
            handle.child.wait(10)
    mine.close()


def is_ready(scheduler: Scheduler) -> bool:
    """Whether a worker would be forked now."""
    process = scheduler.warm._process
    return process is not None and process.is_alive() and process.is_ready


def handle_of(scheduler: Scheduler) -> WorkerHandle:
    """The one worker."""
    (handle,) = scheduler.workers.values()
    return handle


def is_forked(scheduler: Scheduler) -> bool:
    """Whether the one worker was forked."""
    return isinstance(handle_of(scheduler).child, ForkedWorker)


def start(scheduler: Scheduler, behaviour: str = "patient", **settings: object) -> str:
    """Queue a run and see it begin."""
    run_id = enqueue(scheduler.db, behaviour, **settings)
    until(status_is(scheduler.db, run_id, RunStatus.RUNNING), scheduler)
    return run_id


def warm_pid(scheduler: Scheduler) -> int:
    """The process id of the warm process."""
    assert scheduler.warm.pid is not None
    return scheduler.warm.pid


def test_a_forked_worker_is_a_process_as_any_other(warm: Scheduler) -> None:
    """Its own session, directory, output and environment; nothing of the socket; a child of the scheduler."""
    run_id = start(warm)
    assert is_forked(warm)
    child = handle_of(warm).child
    assert child is not None
    process, directory = psutil.Process(child.pid), warm.db.path.run(run_id)
    assert process.ppid() == os.getpid()
    assert os.getsid(child.pid) == os.getpgid(child.pid) == child.pid
    assert process.cwd() == str(directory.path)
    files = Path(f"/proc/{child.pid}/fd").iterdir()
    opened = {file.name: os.readlink(file) for file in files}  # noqa: PTH115 - sockets are no paths
    assert opened["0"] == os.devnull
    assert opened["1"] == opened["2"] == str(directory.log)
    assert not [name for name in opened.values() if name.startswith(("socket", "pipe"))]
    assert worker_handle.worker_directory(child.pid) == directory
    assert locks.holder(directory.lock) == child.pid


@pytest.mark.parametrize(
    ("behaviour", "status", "code"),
    [("quick", RunStatus.FINISHED, 0), ("crash", RunStatus.FAILED, 1)],
)
def test_its_exit_code_is_known(warm: Scheduler, behaviour: str, status: RunStatus, code: int) -> None:
    """Whether it finished, or failed before it said a word."""
    run_id = enqueue(warm.db, behaviour)
    until(lambda: queries.get_run(warm.db, run_id).status.is_finished and not warm.workers, warm)
    assert queries.get_run(warm.db, run_id).status is status
    assert history.attempts(warm.db, run_id)[0].exit_code == code


def test_the_signal_that_ends_it_is_known_and_nothing_is_left(warm: Scheduler) -> None:
    """Its own child goes too, and neither stays listed as a child of the scheduler that has ended."""
    run_id = start(warm, "parent")
    child = handle_of(warm).child
    assert child is not None
    until(lambda: psutil.Process(child.pid).children(), warm)
    (grandchild,) = psutil.Process(child.pid).children()
    os.kill(child.pid, signal.SIGKILL)
    until(status_is(warm.db, run_id, RunStatus.LOST), warm)
    assert history.attempts(warm.db, run_id)[0].exit_signal == signal.SIGKILL
    until(lambda: not psutil.pid_exists(grandchild.pid), warm)


def test_it_hears_requests(warm: Scheduler) -> None:
    """Stop and cancel; a stopped one goes on, forked again."""
    run_id = start(warm)
    for request, status in ((Request.STOP, RunStatus.STOPPED), (Request.CANCEL, RunStatus.CANCELLED)):
        assert is_forked(warm)
        commands.request(warm.db, run_id, request)
        until(status_is(warm.db, run_id, status), warm)
        if status is RunStatus.STOPPED:
            commands.request(warm.db, run_id, Request.RESUME)
            until(status_is(warm.db, run_id, RunStatus.RUNNING), warm)


def test_a_warm_process_that_is_killed_costs_nothing(warm: Scheduler) -> None:
    """Its worker trains on and is known to the end; the next one starts cold, and no other is tried for a while."""
    run_id = start(warm)
    os.kill(warm_pid(warm), signal.SIGKILL)
    until(lambda: warm.warm.pid is None, warm)
    assert queries.get_run(warm.db, run_id).status is RunStatus.RUNNING
    commands.request(warm.db, run_id, Request.STOP)
    until(lambda: not warm.workers, warm)
    assert queries.get_run(warm.db, run_id).status is RunStatus.STOPPED
    assert history.attempts(warm.db, run_id)[0].exit_code == 0
    start(warm)
    assert not is_forked(warm)
    assert warm.warm.pid is None


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGSTOP])
def test_one_that_does_not_answer_is_not_waited_for(warm: Scheduler, ending: signal.Signals) -> None:
    """Dead or stopped when it is asked: the run starts cold, once, and the warm process is gone."""
    pid = warm_pid(warm)
    os.kill(pid, ending)
    run_id = start(warm)
    assert not is_forked(warm)
    assert len(history.attempts(warm.db, run_id)) == 1
    assert not psutil.pid_exists(pid)


def test_a_worker_that_began_without_an_answer_is_watched(warm: Scheduler, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is lost, but the ticket is taken: its lock tells how it is, and nothing is started twice."""
    fork = warm.warm.fork

    def lost(*arguments: object) -> None:
        worker = fork(*arguments)  # type: ignore[arg-type]
        assert worker is not None
        directory = warm.db.path.run(queries.list_runs(warm.db)[0].id)
        deadline = time.monotonic() + 10
        while directory.start_tickets():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        raise launcher.NoAnswerError

    monkeypatch.setattr(warm.warm, "fork", lost)
    run_id = start(warm)
    assert handle_of(warm).child is None
    assert handle_of(warm).is_alive()
    monkeypatch.undo()
    commands.request(warm.db, run_id, Request.STOP)
    until(status_is(warm.db, run_id, RunStatus.STOPPED), warm)
    assert len(history.attempts(warm.db, run_id)) == 1


@pytest.mark.parametrize("name", ["HF_HUB_OFFLINE", NO_WARM])
def test_another_environment_starts_cold(warm: Scheduler, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What libraries read when they are imported would not be heeded; `--no-warm` is one such variable."""
    monkeypatch.setenv(name, "1")
    run_id = enqueue(warm.db, "patient")
    monkeypatch.delenv(name)
    until(status_is(warm.db, run_id, RunStatus.RUNNING), warm)
    assert not is_forked(warm)
    assert is_ready(warm)


def test_another_installation_starts_cold(warm: Scheduler, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warm process of a version that is no longer installed is ended."""
    pid = warm_pid(warm)
    monkeypatch.setattr(warm_process, "installation", lambda: ("another",))
    start(warm)
    assert not is_forked(warm)
    assert not psutil.pid_exists(pid)


def test_the_installation_is_told_by_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same as long as nothing is installed or changed."""
    before = warm_process.installation()
    assert warm_process.installation() == before
    (place := tmp_path / "site-packages").mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(place)])
    known = warm_process.installation()
    (place / "torch").mkdir()
    os.utime(place, (1, 1))
    assert warm_process.installation() != known


def test_without_use_it_frees_its_memory(warm: Scheduler, monkeypatch: pytest.MonkeyPatch) -> None:
    """When nobody expects a launch any more it goes, and the scheduler has nothing to stay for."""
    pid = warm_pid(warm)
    assert warm.warm.is_expected
    began = time.monotonic()
    monkeypatch.setattr(warm_start.time, "monotonic", lambda clock=time.monotonic: clock() + warm_start.IDLE)
    until_gone = began + 10
    while warm.warm.pid is not None and began < until_gone:
        assert not warm.step()
    assert not warm.warm.is_expected
    assert not psutil.pid_exists(pid)


def test_runs_that_wait_make_it_worth_while(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any wish: the first starts cold, and once it trains a warm process gets ready for the second."""
    scheduler = Scheduler(db, (CPU,), warm=WarmStart(db.path))
    first = start(scheduler)
    assert not is_forked(scheduler)
    for _ in range(3):
        scheduler.step()
    assert scheduler.warm.pid is None  # nothing waits
    second = enqueue(db, "patient")
    scheduler.step()
    assert scheduler.warm.pid is None  # the first still loads, for all that is known
    monkeypatch.setattr(scheduler, "_is_calm", lambda: True)
    until(lambda: is_ready(scheduler), scheduler)
    assert not scheduler.warm.is_expected  # so the scheduler goes when the queue is empty
    commands.request(db, first, Request.CANCEL)
    until(lambda: [handle.directory.id for handle in scheduler.workers.values()] == [second], scheduler)
    assert is_forked(scheduler)
    handle_of(scheduler).kill()
    scheduler.close()


def test_a_run_waits_for_a_warm_process_that_is_nearly_ready(
    warm: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for long: after some seconds it starts cold."""
    process = warm.warm._process
    assert process is not None
    process.is_ready = False  # as while it imports
    run_id = enqueue(warm.db, "patient")
    warm.step()
    assert queries.get_run(warm.db, run_id).status is RunStatus.QUEUED
    monkeypatch.setattr(warm_start, "_READY_WITHIN", 0.0)
    until(status_is(warm.db, run_id, RunStatus.RUNNING), warm)
    assert not is_forked(warm)


def test_a_wish_holds_for_a_minute_and_is_taken_once(db: Database) -> None:
    """It says by which variables the Hub is read."""
    make_wish(db.path)
    found = take_wish(db.path)
    assert found is not None
    assert "HF_HOME" in found
    assert take_wish(db.path) is None
    make_wish(db.path)
    os.utime(db.path.wish, (1, 1))
    assert take_wish(db.path) is None
    db.path.wish.write_text("[")
    assert take_wish(db.path) is None
    assert not db.path.wish.exists()


def test_a_scheduler_that_is_expected_stays_and_forks(
    db: Database, until_gone: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole of it: somebody is about to launch, a scheduler comes, and goes with its warm process by SIGKILL."""
    service.expect_launch(db)
    child = service._started[db.path.file]
    seen = psutil.Process(child.pid)
    deadline = time.monotonic() + 60
    while not (warm := seen.children()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not db.path.wish.exists()
    seen.kill()
    child.wait(10)
    service._started.pop(db.path.file)
    _, alive = psutil.wait_procs(warm, 10)
    assert not alive


def test_nobody_is_made_ready_where_workers_are_not_forked(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--no-warm`: no wish, no scheduler without work."""
    monkeypatch.setenv(NO_WARM, "1")
    service.expect_launch(db)
    assert not db.path.wish.exists()
    assert db.path.file not in service._started
