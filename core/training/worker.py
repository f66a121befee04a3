"""The process that trains: `python -P -m bertft_tui.core.training.worker TICKET RUN_DIRECTORY`.

It knows its run directory and nothing else. TICKET is the name of its start ticket there. Exit code 0: finished,
stopped or cancelled; 1: failed; 3: another worker has this run, or somebody else took its start ticket; 4: its last
lines could not be written.
"""

import gc
import json
import os
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from bertft_tui.core.adjustments import adjusted, notes
from bertft_tui.core.boot import boot_id
from bertft_tui.core.config_file import read_begun
from bertft_tui.core.journal import CLOSING_PATIENCE, UNWRITTEN, Launch
from bertft_tui.core.locks import hold, holder
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import checkpoints
from bertft_tui.core.training.control import Cancelled, Control, Stopped
from bertft_tui.core.training.data.corpus import corpus_of
from bertft_tui.core.training.downloads import exit_process
from bertft_tui.core.training.facts import machine, versions
from bertft_tui.core.training.failures import explain, facts_of
from bertft_tui.core.training.kept_memory import keep_freed_memory
from bertft_tui.core.training.logged_journal import LoggedJournal, log
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.quiet import quiet_environment
from bertft_tui.core.training.reporter import Reporter
from bertft_tui.core.training.run_keeper import OtherWorker, RunKeeper
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.taking import take_run
from bertft_tui.core.training.vitals import VitalsWriter, gpu_of
from bertft_tui.core.training.worker_log import end_printing, print_through_memory

if TYPE_CHECKING:
    from bertft_tui.core.training.attempt import Attempt

Ending = Literal["finished", "stopped", "cancelled"]
Start = Literal["cold", "warm"]

FAILED = 1
NOT_OURS = 3

#: Locks that this process holds until it is gone: a file that is closed lets its lock go.
_held: list[BinaryIO | RunKeeper] = []


def main(path: Path, ticket: str, start: Start = "cold") -> int:
    """Take the run and work on it; return the exit code. `start`: `warm` in a process that was forked for it."""
    os.umask(0o077)
    run = RunDirectory(path)
    lock = take_run(run, run.control / ticket)
    if isinstance(lock, str):
        print(lock)
        return NOT_OURS
    _held.append(lock)
    printed = print_through_memory()
    launch = cast(Launch, json.loads(run.launch.read_text(encoding="utf-8")))
    if launch["torch_device"] == "cpu":
        keep_freed_memory()
    control = Control(run)
    control.listen()
    journal = LoggedJournal(run.events, after=launch.get("seq", 0))
    keeper = RunKeeper(run, journal, lock)
    _held.append(keeper)
    journal.each_second(lambda: _look_after(keeper))
    code = work(run, launch, Reporter(journal, control), start)
    unwritten = journal.close(CLOSING_PATIENCE, give_up=run.cancel_request.exists, tell=log)
    for line in unwritten:
        print("not written:", line.decode(), file=sys.stderr, end="")
    end_printing(printed)
    return UNWRITTEN if unwritten else code


def _look_after(keeper: RunKeeper) -> None:
    """Keep the run's directory whole; leave at once when another worker has taken the run meanwhile."""
    try:
        keeper.look()
    except OtherWorker as error:
        print(f"Another worker has this run now ({error}).", file=sys.stderr)
        os._exit(NOT_OURS)


def work(run: RunDirectory, launch: Launch, reporter: Reporter, start: Start = "cold") -> int:
    """Make one attempt, from its first event to its closing one; return the exit code."""
    journal = reporter.journal
    gpu = gpu_of(launch["device"])
    journal.write(
        "attempt",
        number=launch["attempt"],
        pid=os.getpid(),
        host=socket.gethostname(),
        boot_id=boot_id(),
        start=start,
        device=launch["device"],
        device_reason=launch["device_reason"],
        adjustments=launch["adjustments"],
        versions=versions(),
        machine=machine(gpu),
    )
    vitals = VitalsWriter(journal, None if gpu is None else gpu.read)
    journal.each_second(vitals.look)
    try:
        ending = _ending(run, launch, reporter)
    except Exception as error:  # noqa: BLE001  # the worker's door: whatever went wrong, the journal must say it
        traceback.print_exc()
        vitals.finish()
        journal.problem("error", explain(error))
        journal.write("failed", **facts_of(error))
        return FAILED
    reporter.control.answered()
    vitals.finish()
    journal.write(ending)
    return 0


def _ending(run: RunDirectory, launch: Launch, reporter: Reporter) -> Ending:
    try:
        return _train(run, launch, reporter)
    except Cancelled:
        return "cancelled"
    except Stopped:
        resumable = launch["resume"] and checkpoints.find(run.checkpoints).newest is not None
        return "stopped" if resumable else "cancelled"


def _train(run: RunDirectory, launch: Launch, reporter: Reporter) -> Ending:
    reporter.phase("loading")
    with reporter.control.interruptible():
        _hold_device(launch["device_lock"], reporter)
        asked_for = read_begun(run.config)
        config = adjusted(asked_for, launch["adjustments"])
        reporter.warn(*notes(asked_for, launch["adjustments"]))
        quiet_environment(config.hardware.dataloader_num_workers)
        location = inspect_model(config.model, config.data.max_length, config.training.layer_lr_decay)
        corpus = corpus_of(open_source(config.data, reporter.tell, reporter.control.check), config.data)
        reporter.tell("")
        make_attempt = _import_libraries()  # which costs seconds, so what can fail before does
    return make_attempt(run, config, launch, reporter).work(location, corpus)


def _import_libraries() -> "type[Attempt]":
    """Import torch and the rest. The collector, which would find nothing, does not look at them, now or later."""
    gc.disable()
    try:
        from bertft_tui.core.training.attempt import Attempt
    finally:
        gc.freeze()
        gc.enable()
    return Attempt


def _hold_device(path: str, reporter: Reporter) -> None:
    """Take the device for as long as this process lives; wait while another run has it.

    Schedulers of two stores may have given it away at the same moment.
    """
    while path:
        lock = hold(Path(path))
        if lock is not None:
            _held.append(lock)
            reporter.tell("")
            return
        if (other := holder(Path(path))) is not None:
            reporter.tell(f"waiting for the device: process {other} has it")
        reporter.control.check()
        time.sleep(0.1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python -m bertft_tui.core.training.worker TICKET RUN_DIRECTORY")
    exit_process(main(Path(sys.argv[2]), sys.argv[1]))
