"""Keeps a run's directory whole under its worker: what is deleted is put back, and the log is kept short."""

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from bertft_tui.core.errors import Problem
from bertft_tui.core.journal import JournalWriter, read_events
from bertft_tui.core.locks import hold, holder
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training.logged_journal import log
from bertft_tui.core.whole_file import write_whole

#: Bytes of `train.log` after which a fresh one is begun.
MAX_LOG = 64_000_000

_STDOUT, _STDERR = 1, 2


class OtherWorker(Exception):
    """Another process has taken the run while its directory was gone."""


class RunKeeper:
    """Looks at a run's directory once a second, in another thread than the training's, and mends it."""

    def __init__(self, run: RunDirectory, journal: JournalWriter, lock: BinaryIO, *, max_log: int = MAX_LOG) -> None:
        self._run, self._journal, self._lock = run, journal, lock
        self._max_log = max_log
        self._kept: dict[Path, bytes] = {}  # the small files, as they were when they were last there
        self._has_log = _is(run.log, _STDOUT)
        self._device = run.path.stat().st_dev
        self._back: list[str] = []  # the names of what was put back and not yet said to be
        self._said = ""

    def look(self) -> None:
        """Put back what is gone, and begin a fresh log when this one is long. Raises OtherWorker."""
        try:
            self._remember()
            self._put_back()
            if self._back:
                self._tell(self._back)
                self._back = []
            if self._has_log and os.fstat(_STDOUT).st_size > self._max_log:
                self._begin_log()
            self._said = ""
        except OSError as error:  # a full disk, one that is not there, a file in the way: tried again in a second
            self._say(f"the run's directory cannot be put back: {error}")

    def _remember(self) -> None:
        run = self._run
        for path in (run.config, run.launch, run.launched, run.rows_digest):
            if path not in self._kept:
                with suppress(FileNotFoundError):
                    self._kept[path] = path.read_bytes()

    def _put_back(self) -> None:
        """Make again what is missing. The lock comes first: others see that the worker lives."""
        run, back = self._run, self._back
        self._check_disk()
        has_journal = _is(run.events, self._journal.fileno())
        if not (run.control.is_dir() and run.checkpoints.is_dir()):
            if not has_journal:
                self._journal.hold()
            run.create()
            os.chdir(run.path)  # libraries ask for the working directory
        if not _is(run.lock, self._lock.fileno()):
            self._take_lock()
            back.append(run.lock.name)
        for path, content in self._kept.items():
            if not path.exists():
                write_whole(path, content)
                back.append(path.name)
        if not has_journal:
            self._journal.put_back()
            back.append(run.events.name)
        else:
            self._journal.release()  # held when the directory could not be made, and has come back by itself
        if self._has_log and not _is(run.log, _STDOUT):
            self._open_log()
            back.append(run.log.name)

    def _check_disk(self) -> None:
        """See that the disk is there: what lies under its mount point is another one. Raises OSError."""
        there = next(folder for folder in (self._run.path, *self._run.path.parents) if folder.exists())
        if there.stat().st_dev != self._device:
            raise OSError(errno.ENODEV, "the disk is not mounted", str(self._run.path))

    def _take_lock(self) -> None:
        """Lock the new file before the old one is let go. Raises OtherWorker."""
        lock = hold(self._run.lock)
        if lock is None:
            raise OtherWorker(f"process {holder(self._run.lock)}")
        self._lock, before = lock, self._lock
        before.close()

    def _tell(self, back: list[str]) -> None:
        if self._run.events.name not in back:
            self._say(f"{', '.join(back)} was deleted and is there again")
            return
        gone = [path for path in self._announced() if not (self._run.path / path).is_dir()]
        lost = f" {' and '.join(gone)} cannot be put back." if gone else " No checkpoint is lost."
        self._journal.problem(
            "warning",
            Problem(
                "The run's directory was deleted while it trained",
                f"{self._run.path} is there again with {', '.join(back)}.{lost} Training goes on.",
                "The next checkpoint is saved there as ever." if gone else "",
            ),
        )

    def _announced(self) -> list[str]:
        """The paths of the checkpoints that the run should have: the newest and the best."""
        paths: dict[bool, str] = {}
        for event, _ in read_events(self._run.events):
            if event.type == "checkpoint" and isinstance(path := event.fields.get("path"), str):
                best = bool(event.fields.get("best"))
                paths |= dict.fromkeys((False, best), path)
        return sorted(set(paths.values()))

    def _begin_log(self) -> None:
        self._run.log.replace(self._run.older_log)
        self._open_log()
        log(f"This log goes on here; what came before is in {self._run.older_log.name}.")

    def _open_log(self) -> None:
        descriptor = os.open(self._run.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for number in (_STDOUT, _STDERR):
            os.dup2(descriptor, number)
        os.close(descriptor)

    def _say(self, text: str) -> None:
        """Say something in the log, once."""
        if text != self._said:
            self._said = text
            log(text)


def _is(path: Path, descriptor: int) -> bool:
    """Whether a path names an open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except (FileNotFoundError, NotADirectoryError):
        return False
