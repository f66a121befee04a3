"""This program's side of a training: what a worker writes about its run, as it writes it, without the training."""

import os
import socket
import time
from pathlib import Path

import psutil  # noqa: F401 - a worker's vitals load it when they begin; it belongs to the import

from benchmarks.peers.workload import BEST, EVALUATED_EACH, Run
from bertft_tui.core import locks
from bertft_tui.core.boot import boot_id
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training.control import Control
from bertft_tui.core.training.logged_journal import LoggedJournal
from bertft_tui.core.training.reporter import Reporter
from bertft_tui.core.training.run_keeper import RunKeeper
from bertft_tui.core.training.vitals import VitalsWriter
from bertft_tui.core.training.worker_log import end_printing, print_through_memory

#: Seconds between two words on how far the training is.
_PACE = 0.25


class _Recording:
    """A worker's journal, log, vitals and the watch over its directory."""

    def __init__(self, directory: RunDirectory, run: Run) -> None:
        lock = locks.hold(directory.lock)
        assert lock is not None, f"{directory.lock} is held already"
        self._run = run
        self._told = 0.0
        self._printed = print_through_memory()
        control = Control(directory)
        self._journal = LoggedJournal(directory.events)
        self._keeper = RunKeeper(directory, self._journal, lock)
        self._journal.each_second(self._keeper.look)
        self._reporter = Reporter(self._journal, control)
        about = {"device": "cpu", "device_reason": "measured", "adjustments": {}, "versions": {}}
        self._journal.write(
            "attempt", number=1, pid=os.getpid(), host=socket.gethostname(), boot_id=boot_id(), **about
        )
        self._vitals = VitalsWriter(self._journal)
        self._journal.each_second(self._vitals.look)
        self._journal.write("plan", max_steps=run.steps, steps_per_epoch=EVALUATED_EACH, start_step=0)
        self._reporter.phase("training")

    def log(self, step: int, values: dict[str, float]) -> None:
        """Record as the worker does: an evaluation is a phase, and now and then it says how far it is."""
        epoch = step / EVALUATED_EACH
        if BEST in values:
            with self._reporter.during("evaluating"):
                self._reporter.metrics(step, epoch, values)
        else:
            self._reporter.metrics(step, epoch, values)
        if (now := time.monotonic()) - self._told >= _PACE or step == self._run.steps:
            self._told = now
            rate = 8 / max(self._run.seconds, 1e-3)
            self._journal.write(
                "progress", step=step, max_steps=self._run.steps, epoch=epoch, samples_per_second=rate
            )

    def finish(self) -> None:
        """Close the journal and the log."""
        self._vitals.finish()
        self._journal.write("finished")
        self._journal.close()
        end_printing(self._printed)


def record(folder: Path, run: Run) -> _Recording:
    """Begin to work in the directory that the scheduler's side has made, which is the working directory."""
    return _Recording(RunDirectory(Path.cwd()), run)
