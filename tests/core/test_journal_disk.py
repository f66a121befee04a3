"""The journal on disks that are full, read-only, broken, slow or hanging: nobody waits, nothing is lost."""

import errno
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from failing_disks import FailingFile, SlowFile
from small_disk import filled, small_disk

from bertft_tui.core.backlog import Backlog
from bertft_tui.core.journal import DROPPABLE, Event, JournalWriter, read_events
from bertft_tui.core.line_stream import LineStream
from bertft_tui.core.ticker import Ticker


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that does many things at once is no disk that is slow."""
    monkeypatch.setattr("bertft_tui.core.line_stream.PATIENCE", 10.0)


def events(path: Path, kind: str | None = None) -> list[Event]:
    """Read all events, of one type if named."""
    return [event for event, _ in read_events(path) if kind in (None, event.type)]


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it never held"
        time.sleep(0.01)


def write_steps(writer: JournalWriter, steps: range) -> float:
    """Write a point for each step; return the seconds that it took."""
    began = time.monotonic()
    for step in steps:
        writer.write("metrics", step=step, epoch=0.0, values={"loss": 0.5})
    return time.monotonic() - began


def assert_all(path: Path, steps: int) -> None:
    """See that every step's point is there once, and every number once, in order."""
    assert [event.fields["step"] for event in events(path, "metrics")] == list(range(steps))
    assert [event.seq for event in events(path)] == list(range(1, len(events(path)) + 1))


@pytest.mark.usefixtures("patient")
def test_a_line_is_in_the_file_when_the_call_returns(tmp_path: Path) -> None:
    """On a disk that is well neither a line waits in memory nor a point before it."""
    path = tmp_path / "events.jsonl"
    writer = JournalWriter(path)
    for step in range(200):
        write_steps(writer, range(step, step + 1))
        writer.write("phase", phase="saving")
        assert path.read_bytes().count(b"\n") == 2 * (step + 1)
    assert_all(path, 200)
    writer.close()


def test_points_need_no_later_line(tmp_path: Path) -> None:
    """A point that nobody waits for is written all the same, without another call."""
    path = tmp_path / "events.jsonl"
    writer = JournalWriter(path)
    for step in range(20):
        write_steps(writer, range(step, step + 1))
        until(lambda: path.read_bytes().count(b"\n") == step + 1)  # noqa: B023 - it is over before the next
    writer.close()


def test_a_disk_that_hangs_is_seen_without_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing comes but points, which are not waited for, it is known all the same since when nothing goes."""
    monkeypatch.setattr("bertft_tui.core.line_stream.PATIENCE", 0.05)
    file = SlowFile(tmp_path / "file")
    stream = LineStream(file, Backlog(DROPPABLE))
    file.gate.clear()
    began = time.time()
    stream.put("metrics", b"first\n")
    until(lambda: stream.trouble() is not None)
    stream.put("metrics", b"second\n")
    trouble = stream.trouble()
    file.gate.set()
    assert trouble is not None
    assert began <= trouble.since + 0.01
    assert (trouble.reason, trouble.waited) == ("", 2)
    assert stream.wait(10)
    stream.end()


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """Training goes on, and when space returns all is there, in order, with one warning that says what happened."""
    with small_disk(tmp_path / "disk", 1 / 16) as disk:
        path = disk / "events.jsonl"
        writer = JournalWriter(path)
        write_steps(writer, range(10))
        with filled(disk):
            assert write_steps(writer, range(10, 300)) < 2
            writer.write("phase", phase="saving")  # waits until the disk was tried
            assert len(events(path, "metrics")) < 300
        until(lambda: events(path, "warning"))
        writer.write("finished")
        assert writer.close() == []
        assert_all(path, 300)
        (warning,) = events(path, "warning")
    assert warning.fields["title"] == "The disk could not be written"
    assert "No space left on device" in warning.fields["message"]
    assert "From 20" in warning.fields["message"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_refuses(tmp_path: Path, number: int) -> None:
    """A line that was cut half-way is completed, and those behind it follow, each once."""
    path = tmp_path / "events.jsonl"
    file = FailingFile(path, room=50, number=number)
    writer = JournalWriter(path, opened=lambda _: file)
    assert write_steps(writer, range(200)) < 1
    assert events(path) == []
    assert file.refused.wait(10)
    file.room = 2**62
    until(lambda: events(path, "warning"))
    write_steps(writer, range(200, 210))
    writer.close()
    assert_all(path, 210)
    assert "200 events waited" in events(path, "warning")[0].fields["message"]


def test_a_disk_that_hangs(tmp_path: Path) -> None:
    """A write that never returns stops nobody, and what waited is written when it returns after all."""
    path = tmp_path / "events.jsonl"
    file = SlowFile(path)
    writer = JournalWriter(path, opened=lambda _: file)
    file.gate.clear()
    assert write_steps(writer, range(500)) < 1
    assert writer.close(patience=0.05)  # what it could not write
    file.gate.set()


def test_a_slow_disk(tmp_path: Path) -> None:
    """A disk that takes a second for each write and sync costs training nothing, and has all at the end."""
    path = tmp_path / "events.jsonl"
    writer = JournalWriter(path, opened=lambda path: SlowFile(path, seconds=0.3, sync_seconds=1.0))
    assert write_steps(writer, range(2000)) < 1
    writer.write("finished")
    assert writer.close() == []
    assert_all(path, 2000)


@pytest.mark.usefixtures("patient")
def test_a_sync_that_is_slow_stops_no_step(tmp_path: Path) -> None:
    """While the disk syncs, lines are written as ever; a checkpoint is told when the disk has it."""
    path = tmp_path / "events.jsonl"
    file = SlowFile(path)
    file.sync_gate.clear()
    writer = JournalWriter(path, opened=lambda _: file)
    write_steps(writer, range(1))
    assert file.in_sync.wait(10)
    write_steps(writer, range(1, 100))
    until(lambda: len(events(path, "metrics")) == 100)
    assert_all(path, 100)
    where = {"path": "checkpoints/checkpoint-1", "bytes": 1, "best": True}
    telling = threading.Thread(target=lambda: writer.write("checkpoint", step=100, **where))
    telling.start()
    until(lambda: events(path, "checkpoint"))
    telling.join(0.2)
    assert telling.is_alive()
    file.sync_gate.set()
    telling.join(10)
    assert not telling.is_alive()
    writer.close()


def test_memory_is_bounded(tmp_path: Path) -> None:
    """Beyond the bound the oldest progress goes first, then the oldest points, and never anything else."""
    path = tmp_path / "events.jsonl"
    file = FailingFile(path, room=0)
    writer = JournalWriter(path, opened=lambda _: file, backlog=Backlog(DROPPABLE, max_lines=50))
    writer.write("phase", phase="saving")
    until(lambda: file.room == 0)
    for step in range(40):
        writer.write("progress", step=step)
        writer.write("metrics", step=step, epoch=0.0, values={"loss": 0.5})
    writer.write("error", title="Title", message="Message", hint="")
    file.room = 2**62
    until(lambda: events(path, "warning"))
    writer.close()
    kept = [event.fields["step"] for event in events(path, "progress")]
    assert len(events(path, "metrics")) == 40
    assert kept == list(range(40 - len(kept), 40))
    assert len(kept) <= 11
    assert [event.type for event in events(path) if event.type in ("phase", "error")] == ["phase", "error"]
    assert f"{40 - len(kept)} progress events were dropped" in events(path, "warning")[0].fields["message"]
    assert [event.seq for event in events(path)] == sorted(event.seq for event in events(path))


def test_backlog_drops_progress_then_points_only() -> None:
    """Of three kinds the first is dropped first, and what may not be dropped stays beyond any bound."""
    backlog = Backlog(DROPPABLE, max_bytes=3)
    for kind in ("metrics", "progress", "error", "metrics", "error", "error", "error"):
        backlog.add(kind, kind[:1].encode())
    assert backlog.take(100) == (7, [b"e"] * 4)
    assert backlog.dropped == {"progress": 1, "metrics": 2}


def test_the_end_waits_for_space(tmp_path: Path) -> None:
    """The closing event waits, says so, and is written with a warning before it once there is room."""
    path = tmp_path / "events.jsonl"
    file = FailingFile(path, room=0)
    writer = JournalWriter(path, opened=lambda _: file)
    write_steps(writer, range(3))
    writer.write("finished")
    said: list[str] = []

    def free(text: str) -> None:
        said.append(text)
        file.room = 2**62

    assert writer.close(tell=free) == []
    assert said == ["waiting for the disk (No space left on device): 5 events to write"]
    assert [event.type for event in events(path)][-2:] == ["warning", "finished"]
    assert_all(path, 3)


def test_the_end_gives_up_when_asked(tmp_path: Path) -> None:
    """A cancel ends the waiting, and what could not be written is handed over."""
    writer = JournalWriter(tmp_path / "events.jsonl", opened=lambda path: FailingFile(path, room=30))
    write_steps(writer, range(3))
    left = writer.close(give_up=lambda: True)
    assert [b'"step":0' in left[0], len(left)] == [True, 3]


def test_what_is_written_is_not_handed_over(tmp_path: Path) -> None:
    """Of lines that were to be written at once, only those count as not written that the file does not hold whole."""
    file = FailingFile(tmp_path / "events.jsonl", room=0)
    stream = LineStream(file, Backlog(()))
    stream.put("", b"alone\n")
    until(lambda: stream.trouble() is not None)
    for line in (b"first\n", b"second\n", b"third\n"):
        stream.put("", line)
    file.room = 15
    until(lambda: (tmp_path / "events.jsonl").read_bytes() == b"alone\nfirst\nsec")
    assert stream.end() == [b"second\n", b"third\n"]


def test_a_call_that_raises_ends_no_ticker(capsys: pytest.CaptureFixture[str]) -> None:
    """What is done each second is done again after an error, which is printed once."""
    calls: list[int] = []

    def call() -> None:
        calls.append(1)
        raise KeyError("path")

    ticker = Ticker(call, seconds=60)
    assert ticker.now(5)
    assert ticker.now(5)
    ticker.end()
    assert len(calls) == 2
    assert capsys.readouterr().err.count("KeyError: 'path'") == 1
