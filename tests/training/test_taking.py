"""A worker takes its run by ticket and lock, and a process that comes too late touches nothing."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bertft_tui.core.locks import holder
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training.taking import ANOTHER, TOO_LATE, take_run

_HOLD = """
import sys, time
from pathlib import Path
from bertft_tui.core.locks import hold
lock = hold(Path(sys.argv[1]))
print(flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    """A run's directory, without a ticket."""
    directory = RunDirectory(tmp_path / "run")
    directory.create()
    return directory


@contextmanager
def _held(run: RunDirectory, seconds: float) -> Iterator[None]:
    """Another process holds the run's lock for so long."""
    command = [sys.executable, "-c", _HOLD, str(run.lock), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.kill()


def test_ticket_and_lock(run: RunDirectory) -> None:
    """The ticket is used up, so that the run is taken once; without one nothing is touched, not even the lock."""
    ticket = run.start_ticket(1, "a")
    assert take_run(run, ticket) == TOO_LATE
    assert not run.lock.exists()
    ticket.touch()
    lock = take_run(run, ticket)
    assert not isinstance(lock, str)
    with lock:
        assert run.start_tickets() == []
    assert take_run(run, ticket) == TOO_LATE


def test_the_ticket_of_another_launch(run: RunDirectory) -> None:
    """A late process of an earlier launch of the same attempt leaves the later one's ticket alone."""
    run.start_ticket(1, "later").touch()
    assert take_run(run, run.start_ticket(1, "earlier")) == TOO_LATE
    assert [ticket.name for ticket in run.start_tickets()] == ["start-1-later"]


def test_one_on_its_way_out_is_waited_for(run: RunDirectory) -> None:
    """A lock that is held for a moment more does not end a new worker; one that stays does."""
    ticket = run.start_ticket(2, "a")
    ticket.touch()
    with _held(run, 60):
        assert take_run(run, ticket, patience=0.1) == ANOTHER
        assert ticket.exists()
    with _held(run, 0.3):
        lock = take_run(run, ticket)
    assert not isinstance(lock, str)
    lock.close()
    assert holder(run.lock) is None


def test_a_disk_that_is_read_only_just_now_is_waited_for(run: RunDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was launched does not fail for it; one that stays so is an error, and the ticket is still there."""
    ticket, refused = run.start_ticket(1, "a"), list[Path]()
    ticket.touch()

    def unlink(path: Path) -> None:
        if len(refused) < 3:
            refused.append(path)
            raise OSError(errno.EROFS, "Read-only file system")
        os.unlink(path)  # noqa: PTH108  # the method is the one replaced

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(OSError, match="Read-only"):
        take_run(run, ticket, patience=-1)
    assert ticket.exists()
    lock = take_run(run, ticket)
    assert not isinstance(lock, str)
    assert len(refused) == 3
    lock.close()
