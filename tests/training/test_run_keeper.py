"""A run's directory under a live worker: what is deleted is put back, and a log that grows is begun anew."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_disk import small_disk, unmount
from training_runs import events, launch

from bertft_tui.core.locks import hold, holder
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training.worker import NOT_OURS

_SCRIPT = Path(__file__).with_name("kept_run.py")
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    """A run directory with its small files."""
    run = RunDirectory(tmp_path / "runs" / "a")
    run.create()
    run.config.write_text("[training]\n")
    run.launched.write_text('{"name": "the best"}')
    run.rows_digest.write_text("digest\n")
    launch(run, 1)
    return run


@pytest.fixture
def start(run: RunDirectory) -> Iterator[Start]:
    """Start a process that writes steps into the run's journal and keeps the directory; killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: str) -> subprocess.Popen[bytes]:
        with run.log.open("ab") as log:
            command = [sys.executable, "-P", str(_SCRIPT), str(run.path), *arguments]
            started.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=run.path))
        until(lambda: steps(run) > 5)
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it never held"
        time.sleep(0.02)


def steps(run: RunDirectory) -> int:
    """Return the number of steps in the journal."""
    return len(events(run, "progress"))


def end(process: subprocess.Popen[bytes], run: RunDirectory) -> None:
    """Let the process end, and see that its journal is whole."""
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    found = events(run)
    assert found[-1].type == "finished"
    assert [event.seq for event in found] == list(range(1, len(found) + 1))
    assert [event.fields["step"] for event in events(run, "progress")] == list(range(steps(run)))


def make_exchangeable(run: RunDirectory) -> Path:
    """Let a link stand for the directory, so that it can be exchanged between two looks; return where it now is."""
    run.path.rename(there := run.path.with_name("there"))
    run.path.symlink_to(there)
    return there


def lead(run: RunDirectory, target: Path) -> None:
    """Let the link lead elsewhere, at one blow."""
    (link := run.path.with_name("link")).symlink_to(target)
    link.replace(run.path)


def test_deleted(run: RunDirectory, start: Start) -> None:
    """A deleted directory is there again within seconds: journal, settings, what a rebuilt store asks, lock, log."""
    process = start()
    assert holder(run.lock) == process.pid
    small = {path: path.read_bytes() for path in (run.config, run.launch, run.launched, run.rows_digest)}
    until(lambda: b"the directory was looked at" in run.log.read_bytes())
    shutil.rmtree(run.path)
    until(lambda: events(run, "warning"))
    assert holder(run.lock) == process.pid
    assert {path: path.read_bytes() for path in small} == small
    assert all(path.stat().st_mode & 0o077 == 0 for path in [run.path, *run.path.rglob("*")])
    (warning,) = events(run, "warning")
    assert warning.fields["title"] == "The run's directory was deleted while it trained"
    assert "checkpoints/checkpoint-1 and checkpoints/checkpoint-2 cannot be put back" in warning.fields["message"]
    until(lambda: b"step" in run.log.read_bytes())
    end(process, run)
    assert holder(run.lock) is None
    assert run.log.read_text().endswith(f"the end in {run.path}\n")


def test_cannot_be_made_again(run: RunDirectory, start: Start) -> None:
    """With a file in the way events wait in memory, and are all there when it has gone."""
    make_exchangeable(run)
    process = start()
    before = steps(run)
    (file := run.path.with_name("file")).write_text("in the way")
    file.replace(run.path)
    time.sleep(1.5)
    process.send_signal(signal.SIGTERM)  # also the closing event waits
    time.sleep(0.5)
    assert process.poll() is None
    run.path.unlink()
    end(process, run)
    assert steps(run) > before
    assert [event.type for event in events(run)].count("finished") == 1


def test_comes_back_by_itself(run: RunDirectory, start: Start) -> None:
    """When a directory that could not be made again comes back as it was, the events that waited are written."""
    there = make_exchangeable(run)
    process = start()
    lead(run, Path("nowhere"))
    log = there / run.log.name
    until(lambda: "cannot be put back" in log.read_text())
    lead(run, there)
    end(process, run)


@pytest.mark.parametrize("name", ["run.lock", "events.jsonl", "train.log", "control", "checkpoints"])
def test_one_is_deleted(run: RunDirectory, start: Start, name: str) -> None:
    """Each single file or folder is put back."""
    process = start()
    path = run.path / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    until(path.exists)
    until(lambda: holder(run.lock) == process.pid)
    end(process, run)


def test_unmounted(run: RunDirectory, start: Start) -> None:
    """When the disk itself is gone, nothing is made again under its mount point; it may come back."""
    with small_disk(run.path.parent, 8) as disk:
        run.create()
        launch(run, 1)
        process = start()
        unmount(disk)
        before = sorted(run.path.rglob("*"))
        time.sleep(2.2)
        assert process.poll() is None
        assert sorted(run.path.rglob("*")) == before
        process.kill()


def test_another_worker_came(run: RunDirectory, start: Start) -> None:
    """When another process has taken the run meanwhile, this one leaves and touches nothing."""
    make_exchangeable(run)
    process = start()
    other = RunDirectory(run.path.with_name("other"))
    other.create()
    lock = hold(other.lock)
    assert lock is not None
    lead(run, other.path)
    assert process.wait(20) == NOT_OURS
    assert not run.events.exists()
    lock.close()


def test_long_log(run: RunDirectory, start: Start) -> None:
    """Gigabytes of noise leave two files of a bounded size; the fresh one says where the rest is."""
    process = start("noise")
    until(run.older_log.exists)
    until(lambda: b"This log goes on here" in run.older_log.read_bytes()[:200])  # the second that was begun anew
    assert b"\r" in run.older_log.read_bytes()
    end(process, run)
    assert {path.name for path in run.path.glob("train.log*")} == {"train.log", "train.log.1"}
    assert run.log.stat().st_mode & 0o077 == 0


def test_full_disk_and_prints(tmp_path: Path) -> None:
    """A process that prints into a full disk goes on."""
    if not Path("/dev/full").is_char_device():
        pytest.skip("there is no /dev/full here")
    code = (
        "from bertft_tui.core.training.worker_log import *; p = print_through_memory(); print('x'); end_printing(p)"
    )
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-P", "-c", code], stdout=full, stderr=full, check=False)
    assert done.returncode == 0


def test_forked_children_print(tmp_path: Path) -> None:
    """A data-loader process, which has no thread of its parent, prints as ever."""
    path = tmp_path / "log"
    code = (
        "import os; from bertft_tui.core.training.worker_log import *; p = print_through_memory(); print('parent')\n"
        "if not os.fork(): print('child'); os._exit(0)\n"
        "os.wait(); print('again'); end_printing(p); print('end')"
    )
    with path.open("wb") as log:
        subprocess.run([sys.executable, "-P", "-W", "ignore", "-c", code], stdout=log, stderr=log, check=True)
    assert sorted(path.read_text().split()) == ["again", "child", "end", "parent"]
