"""What is done to the processes of a stage. Each says whether it could be done: there may be nothing to do it to."""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

import psutil
from disks import read_only
from harness import Stage
from small_disk import filled

from bertft_tui.core.scheduling.wish import make_wish
from bertft_tui.core.store import ledger, queries
from bertft_tui.core.store.status import Request, RunStatus

#: The module that a warm process of these rounds runs.
WARM = "tampered_warm"


def kill_worker(stage: Stage) -> bool:
    """Kill a worker."""
    return _kill_one(stage, group=False)


def kill_group(stage: Stage) -> bool:
    """Kill a worker's process group, as a shell or a batch system does."""
    return _kill_one(stage, group=True)


def _kill_one(stage: Stage, *, group: bool) -> bool:
    if alive := stage.alive():
        run_id, pid = stage.random.choice(alive)
        stage.kill(run_id, pid, group=group)
        return stage.did(f"kill {'group of ' if group else ''}{run_id}")
    return False


def kill_scheduler(stage: Stage) -> bool:
    """Kill the scheduler."""
    return stage.kill_scheduler() and stage.did("kill scheduler")


def kill_warm_process(stage: Stage) -> bool:
    """Say that a launch is near; kill the warm process, or stop it, before or after a run was forked from it."""
    with suppress(OSError):  # the disk of some rounds is full
        make_wish(stage.path)
    stage.until(lambda: warm_processes(stage), 5)
    stage.pause(0.0, 1.5)
    if stage.random.random() < 0.5:
        free_a_device(stage)
        stage.enqueue(stage.random.choice(["patient", "quick"]))
        stage.pause()
    how = stage.random.choice([signal.SIGKILL, signal.SIGSTOP])
    done = False
    for process in warm_processes(stage):
        with suppress(psutil.Error):
            process.send_signal(how)
            done = stage.did(f"warm process: {how.name}")
    free_a_device(stage)
    stage.enqueue(stage.random.choice(["patient", "quick"]))
    return done


def warm_processes(stage: Stage) -> list[psutil.Process]:
    """The processes that workers are forked from; these have their command, and directories of their own."""
    found = []
    for process in stage.processes():
        with suppress(psutil.Error):
            if WARM in process.cmdline() and process.cwd() == "/":
                found.append(process)
    return found


def kill_app(stage: Stage) -> bool:
    """Kill the app, the scheduler or both, one after the other; then somebody opens the app again."""
    which = stage.random.choice(["app", "scheduler and app", "app and scheduler"])
    done = which == "scheduler and app" and kill_scheduler(stage)
    done |= stage.close_app() and stage.did("kill app")
    done |= which == "app and scheduler" and kill_scheduler(stage)
    stage.pause()
    stage.look()
    return done


def kill_everything(stage: Stage) -> bool:
    """All at once, as when the power goes; the queue is there when it comes back."""
    done = power_off(stage)
    stage.pause()
    stage.look()
    return done


def power_off(stage: Stage) -> bool:
    """Kill every process that there is, and what was started meanwhile; say whether a worker was among them."""
    stage.close_app()
    stage.kill_scheduler()
    workers: list[str] = []
    stage.until(lambda: _none_is_left(stage, workers), 10)
    return bool(workers) and stage.did("kill everything")


def _none_is_left(stage: Stage, workers: list[str]) -> bool:
    """Kill what is there, also a worker that is only starting and has no lock to be known by; say if it was none."""
    there = stage.processes()
    for process in there:
        with suppress(psutil.Error):
            words = process.cmdline()
            forked = WARM in words and Path(process.cwd())
            run_id = (forked or Path(*words[-1:])).name  # none of a process that has just ended
            if run_id in stage.ids:
                stage.kill(run_id, process.pid, group=True)
                workers.append(run_id)
            else:
                process.kill()
    return not there


def kill_scheduler_in_launch(stage: Stage) -> bool:
    """Kill the scheduler while a worker that it has launched is still loading; perhaps the next one too."""
    stage.set("start_delay", delay := stage.random.uniform(0.2, 1.8))
    free_a_device(stage)
    stage.enqueue()
    done = stage.until(lambda: queries.ids_with(stage.db, RunStatus.STARTING), 5)
    stage.pause(0.0, 0.4)
    done &= kill_scheduler(stage)
    if stage.random.random() < 0.5 and stage.until(lambda: stage.scheduler() is not None, 5):
        stage.pause(0.0, delay)
        kill_scheduler(stage)
    stage.set("start_delay", 0)
    return done


def free_a_device(stage: Stage) -> None:
    """See to it that a queued run can start: two devices are given to who asks for none by name."""
    if len(alive := stage.alive()) >= 2:
        run_id, _ = stage.random.choice(alive)
        stage.ask(run_id, Request.CANCEL)
        stage.until(lambda: run_id not in dict(stage.alive()), 10)


def ask(stage: Stage) -> bool:
    """Ask a few things of runs, whatever their status."""
    asked = [(stage.random.choice(stage.ids), stage.random.choice(list(Request))) for _ in range(3)]
    return sum(stage.ask(run_id, kind) for run_id, kind in asked) > 0


def suspend(stage: Stage) -> bool:
    """Stop a worker or the scheduler for a while."""
    pids = [pid for _, pid in stage.alive()]
    if scheduler := stage.scheduler():
        pids.append(scheduler)
    if not pids:
        return False
    pid = stage.random.choice(pids)
    send(signal.SIGSTOP, [pid])
    stage.pause(0.2, 1.2)
    send(signal.SIGCONT, [pid])
    return stage.did(f"suspend {pid}")


def suspend_all(stage: Stage) -> bool:
    """Stop all processes together, as a container or a machine that is frozen, and let them go on in any order.

    Perhaps a run was just asked to end: it had no time to, however long that took.
    """
    alive = stage.alive()
    if alive and stage.random.random() < 0.7:
        stage.ask(stage.random.choice(alive)[0], stage.random.choice([Request.CANCEL, Request.STOP]))
        stage.pause(0.0, 0.5)
    pids = [process.pid for process in stage.processes()]
    stage.asleep = True
    send(signal.SIGSTOP, pids)
    stage.pause(0.5, 4.5)
    stage.random.shuffle(pids)
    send(signal.SIGCONT, pids)
    stage.pause(1.0, 1.5)
    stage.asleep = False
    return bool(alive) and stage.did(f"suspend all {len(pids)} processes")


def send(number: signal.Signals, pids: Iterable[int]) -> None:
    """Send a signal to processes, some of which may have gone."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def jump_clock(stage: Stage) -> bool:
    """Move the clock of every process by up to a year, then queue a short run for a device of its own."""
    seconds = stage.random.choice([-1, 1]) * stage.random.choice([2, 3600, 86_400, 365 * 86_400])
    stage.set("clock", seconds)
    stage.pause(0.0, 0.3)
    stage.enqueue("quick", device="cpu")
    return stage.did(f"move the clock by {seconds} s")


def tear_journal(stage: Stage) -> bool:
    """Damage the end of a journal whose worker was killed, as a power cut does; what was acknowledged stays."""
    stage.kill_scheduler()
    kill_worker(stage)
    stage.pause(0.02, 0.1)
    alive = {run_id for run_id, _ in stage.alive()}
    dead = [run_id for run_id in stage.ids if run_id not in alive and stage.directory(run_id).events.exists()]
    if not dead:
        return False
    run_id = stage.random.choice(dead)
    junk = stage.random.choice([b'{"v": 1, "seq": 9', b"\0" * 300, b"\xff\xfe\n\n", b'{"seq": 1e999}\n'])
    with stage.directory(run_id).events.open("ab") as file:
        file.write(junk)
    stage.ask(stage.random.choice(stage.ids), stage.random.choice(list(Request)))
    return stage.did(f"tear {run_id}")


def cut_journal(stage: Stage) -> bool:
    """Take the end of a dead run's journal away, which the store has already: a power cut may."""
    kill_worker(stage)
    stage.pause(0.8, 1.5)
    ended = [status for status in RunStatus if status.is_finished]
    known = {job.id: job.journal_offset for job in ledger.jobs(stage.db, *ended)}
    for run_id, offset in known.items():
        journal = stage.directory(run_id).events
        about_to_go_on = queries.get_run(stage.db, run_id).pending_request is not None
        if not about_to_go_on and journal.exists() and journal.stat().st_size == offset > 0:
            os.truncate(journal, max(0, offset - stage.random.randint(1, 2000)))
            stage.did(f"cut {run_id}")
            stage.ask(run_id, Request.RESUME)
            return True
    return False


def lock_store(stage: Stage) -> bool:
    """Hold the store's write lock while a worker is killed and for a while after, as a stopped process does."""
    with stage.db.write():
        done = kill_worker(stage)
        time.sleep(stage.random.uniform(0.2, 0.9))
    return done and stage.did("lock the store")


def fill_disk(stage: Stage) -> bool:
    """Fill the disk that store and runs are on for a while; a scheduler may be killed meanwhile."""
    with filled(stage.path.file.parent):
        _perhaps_kill_scheduler(stage)
    return stage.did("fill the disk")


def make_read_only(stage: Stage) -> bool:
    """Let nothing be opened for writing on the disk for a while; a scheduler may be killed meanwhile."""
    with read_only(stage.path.file.parent):
        _perhaps_kill_scheduler(stage)
    return stage.did("make the disk read-only")


def _perhaps_kill_scheduler(stage: Stage) -> None:
    scheduler = stage.scheduler()
    stage.pause(0.3, 1.5)
    if scheduler is not None and stage.random.random() < 0.5:
        kill_scheduler(stage)
        stage.pause(0.3, 1.0)


#: Tenths of a second in which a run that has begun is known to the store.
_PATIENCE = 30


def delete_directory(stage: Stage) -> bool:
    """Delete the directory of a run that lives, once the store has taken in some of what it wrote."""
    alive: list[str] = []
    for _ in range(_PATIENCE):
        known = {job.id for job in ledger.jobs(stage.db, RunStatus.RUNNING) if job.journal_seq > 20}
        alive = [run_id for run_id, _ in stage.alive() if run_id in known]
        if alive:
            break
        stage.pause(0.1, 0.1)
    else:
        return False
    run_id = stage.random.choice(alive)
    rmtree(stage.directory(run_id).path, ignore_errors=True)
    stage.did(f"delete directory of {run_id}")
    stage.pause(1.5, 2.0)
    return True
