"""A process killed by the system for want of memory is told from one killed by hand, by the system's counters."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from quick_runs import CPU, enqueue, status_is, until

from bertft_tui.core import locks
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.scheduling.memory_kills import Kills, count_kills, lost_to_memory
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.scheduling.worker_handle import WorkerHandle
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus

QUICK_SCHEDULER = Path(__file__).parents[1] / "faults" / "quick_scheduler.py"


class Machine:
    """Counters as Linux shows them, in a folder."""

    def __init__(self, folder: Path, cgroup: str) -> None:
        self.proc, self.groups = folder / "proc", folder / "cgroup"
        self.write(self.proc / "self" / "cgroup", cgroup)

    @staticmethod
    def write(path: Path, text: str) -> None:
        """Write a file and the folders that it lies in."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def count(self) -> Kills | None:
        """Read the counters of this machine."""
        return count_kills(self.proc, self.groups)


def version_2(folder: Path, kills: int) -> Machine:
    """A machine with cgroup v2, its group limited to 4 GiB."""
    machine = Machine(folder, "0::/user.slice/app.scope\n")
    group = machine.groups / "user.slice" / "app.scope"
    machine.write(group / "memory.events", f"low 0\nhigh 0\nmax 12\noom 3\noom_kill {kills}\noom_group_kill 0\n")
    machine.write(group / "memory.max", f"{4 * 2**30}\n")
    return machine


def test_each_kind_of_counter(tmp_path: Path) -> None:
    """cgroup v2, v2 inside a container, v1, the machine's own, and none at all."""
    assert version_2(tmp_path / "2", 7).count() == Kills(7, "memory.events of the control group", 4 * 2**30)
    contained = Machine(tmp_path / "contained", "0::/docker/0123/somewhere/else\n")
    contained.write(contained.groups / "memory.events", "oom_kill 2\n")
    contained.write(contained.groups / "memory.max", "max\n")
    assert contained.count() == Kills(2, "memory.events of the control group", None)
    first = Machine(tmp_path / "1", "9:name=systemd:/\n4:memory:/app\n0::/\n")
    first.write(
        first.groups / "memory" / "app" / "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n"
    )
    first.write(first.groups / "memory" / "app" / "memory.limit_in_bytes", "9223372036854771712\n")
    assert first.count() == Kills(5, "memory.oom_control of the control group", None)
    bare = Machine(tmp_path / "bare", "0::/\n")
    bare.write(bare.proc / "vmstat", "nr_free_pages 17\noom_kill 3\n")
    bare.write(bare.proc / "meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB\n")
    assert bare.count() == Kills(3, "the machine's", 16 * 2**20)
    assert Machine(tmp_path / "mac", "").count() is None
    assert count_kills(tmp_path / "nowhere", tmp_path / "nowhere") is None
    broken = Machine(tmp_path / "broken", "0::/\nnonsense\n")
    broken.write(broken.groups / "memory.events", "oom_kill many\n\x00\n")
    assert broken.count() is None


@pytest.mark.parametrize(
    ("before", "now", "number", "named", "words"),
    [
        (Kills(1, "a", 2**32), Kills(2, "a", 2**32), 9, True, "rose by 1 meanwhile; there are 4.0 GiB."),
        (Kills(1, "a"), Kills(1, "a"), 9, False, "By hand or by another program"),
        (None, None, 9, False, "unknown"),
        (Kills(1, "a"), Kills(2, "a"), None, False, "may have been killed for want of memory"),
        (Kills(1, "a"), Kills(1, "a"), None, False, ""),
        (Kills(1, "a"), Kills(2, "a"), 11, False, ""),
        (None, None, None, False, ""),
    ],
)
def test_what_speaks_for_it(
    before: Kills | None, now: Kills | None, number: int | None, named: bool, words: str
) -> None:
    """Signal 9 and a risen counter name it; an unseen end is a possibility, and without a counter it is unknown."""
    found, sentence = lost_to_memory(before, now, number)
    assert found is named
    assert words in sentence
    assert bool(sentence) is bool(words)


@pytest.mark.parametrize("kills", [0, 1])
def test_a_run_that_is_killed(db: Database, quick_worker: None, tmp_path: Path, kills: int) -> None:
    """The run is lost either way; its error says which it was, what it was doing, and what helps."""
    machine = version_2(tmp_path, 3)
    mine = Scheduler(db, (CPU,), machine.count)
    run_id = enqueue(db, "patient")
    until(lambda: queries.get_run(db, run_id).metrics, mine)
    pid = locks.holder(db.path.run(run_id).lock)
    assert pid is not None
    version_2(tmp_path, 3 + kills)
    os.killpg(pid, signal.SIGKILL)
    until(status_is(db, run_id, RunStatus.LOST), mine)
    error = queries.get_run(db, run_id).error
    assert error is not None
    assert "killed by signal 9 (SIGKILL)" in error.message
    if kills:
        assert error.title == "The system killed the run for want of memory"
        assert "memory.events of the control group) rose by 1 meanwhile; there are 4.0 GiB." in error.message
        assert "data.max_length" in error.hint
    else:
        assert error.title == "The run was lost"
        assert "did not rise" in error.message


def test_a_killed_process_that_is_not_gone_yet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The counter rises before the process is gone: a figure counts once the process has outlived it."""
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    first, second, third = (Kills(count, "a") for count in (1, 2, 3))
    handle = WorkerHandle(1, RunDirectory(tmp_path), "cpu", 1, kills=first, kills_now=first, kills_seen=clock[0])
    for seconds, kills, expected in [(1, second, first), (5, second, first), (3, third, first), (3, third, second)]:
        clock[0] += seconds
        handle.was_alive(kills)
        assert handle.kills == expected


def make_group(size: int) -> Path | None:
    """Make a control group (cgroup v2) of so many bytes, below this process's own or beside it; None if none can be.

    Only a group whose parent hands the memory's limits down has one.
    """
    lines = Path("/proc/self/cgroup").read_text().splitlines() if sys.platform == "linux" else []
    mount = Path("/sys/fs/cgroup")
    own = next((mount / line.removeprefix("0::").lstrip("/") for line in lines if line.startswith("0::")), mount)
    for parent in (own, *([own.parent] if own != mount else [])):
        group = parent / f"bertft-test-{os.getpid()}"
        try:
            if "memory" not in (parent / "cgroup.subtree_control").read_text().split():
                continue
            group.mkdir()
            (group / "memory.max").write_text(str(size))
            if (swap := group / "memory.swap.max").exists():
                swap.write_text("0")
        except OSError:
            with suppress(OSError):
                group.rmdir()
            continue
        return group
    return None


@contextmanager
def little_memory(size: int) -> Iterator[Path]:
    """A control group of so many bytes; skips the test where none can be made. In the end all in it is killed."""
    group = make_group(size)
    if group is None:
        pytest.skip("no control group with a memory.max of its own can be made here (cgroup v2)")
    try:
        yield group
    finally:
        deadline = time.monotonic() + 10
        while pids := (group / "cgroup.procs").read_text().split():
            assert time.monotonic() < deadline, f"{pids} do not end"
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            time.sleep(0.05)
        group.rmdir()


def test_a_run_that_the_system_kills(db: Database) -> None:
    """A real kill for want of memory, in a control group that scheduler and worker share, is named as one."""
    run_id = enqueue(db, "hungry")
    with little_memory(400_000_000) as group:
        inside = ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', str(group / "cgroup.procs")]
        with subprocess.Popen([*inside, sys.executable, str(QUICK_SCHEDULER), str(db.path.file)]) as scheduler:
            try:
                until(status_is(db, run_id, RunStatus.LOST), seconds=60)
            finally:
                scheduler.kill()
    error = queries.get_run(db, run_id).error
    assert error is not None
    assert error.title == "The system killed the run for want of memory"
    assert "killed by signal 9 (SIGKILL)" in error.message
    assert "memory.events of the control group) rose by " in error.message
    assert "there are 0.4 GiB." in error.message
