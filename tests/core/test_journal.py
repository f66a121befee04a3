"""The journal: nothing whole is lost, nothing torn is believed."""

import json
import math
import time
from pathlib import Path

import numpy as np
import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.errors import Problem
from bertft_tui.core.journal import Event, JournalWriter, parse_line, read_events


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return a path for a journal."""
    return tmp_path / "events.jsonl"


def events(path: Path, offset: int = 0) -> list[Event]:
    """Read all events from an offset on."""
    return [event for event, _ in read_events(path, offset)]


def test_events_come_back_as_they_were_written(journal: Path) -> None:
    """Numbers, numpy scalars, NaN and infinities survive; `seq` counts from 1."""
    writer = JournalWriter(journal)
    writer.write("metrics", step=1, epoch=0.5, values={"loss": math.nan, "a": np.float32(0.5), "b": -math.inf})
    writer.problem("warning", Problem("Title", "Message", "Hint"))
    writer.close()
    first, second = events(journal)
    assert (first.seq, second.seq) == (1, 2)
    assert math.isnan(first.fields["values"]["loss"])
    assert first.fields["values"]["a"] == 0.5
    assert first.fields["values"]["b"] == -math.inf
    assert second.fields == {"title": "Title", "message": "Message", "hint": "Hint"}
    assert second.monotonic >= first.monotonic


def test_lines_are_plain_json_and_private(journal: Path) -> None:
    """Each line is JSON that any reader takes, and the file is the user's alone."""
    writer = JournalWriter(journal)
    writer.write("metrics", values={"loss": math.nan, "text": "é\n"})
    writer.close()
    line = json.loads(journal.read_text(), parse_constant=pytest.fail)
    assert line["v"] == 1
    assert line["values"] == {"loss": "NaN", "text": "é\n"}
    assert journal.stat().st_mode & 0o777 == 0o600


def test_a_line_is_readable_as_soon_as_it_is_written(journal: Path) -> None:
    """Nothing waits in a buffer: a killed process loses no line that it wrote, nor a point before such a line."""
    writer = JournalWriter(journal)
    writer.write("metrics", step=1, epoch=0.1, values={"loss": 0.5})
    writer.write("phase", phase="loading")
    assert [event.type for event in events(journal)] == ["metrics", "phase"]
    writer.close()


def test_no_step_waits_for_the_phases_of_training(journal: Path) -> None:
    """They come hundredths of a second later by themselves, in order, and before anything that is waited for."""
    writer = JournalWriter(journal)
    for phase in ("evaluating", "training"):
        writer.write("phase", phase=phase)
    end = time.monotonic() + 10
    while len(events(journal)) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    writer.write("phase", phase="evaluating")
    writer.write("checkpoint", step=1, path="x", bytes=1, best=True)
    said = [event.fields.get("phase") for event in events(journal)]
    assert said == ["evaluating", "training", "evaluating", None]
    writer.close()


def test_a_reader_goes_on_where_it_ended(journal: Path) -> None:
    """The offset behind an event is where the next reading begins."""
    writer = JournalWriter(journal)
    writer.write("phase", phase="loading")
    ((_, offset),) = read_events(journal)
    assert events(journal, offset) == []
    writer.write("phase", phase="saving")
    assert [event.fields["phase"] for event in events(journal, offset)] == ["saving"]
    writer.close()


def test_a_torn_last_line_waits(journal: Path) -> None:
    """Half a line is not read, and is read once its end is there."""
    writer = JournalWriter(journal)
    writer.write("phase", phase="loading")
    writer.close()
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-5])
    assert events(journal) == []
    journal.write_bytes(whole)
    assert len(events(journal)) == 1


def test_a_new_attempt_goes_on_behind_a_torn_line(journal: Path) -> None:
    """After a kill in the middle of a line the next writer starts a line of its own, with the next number."""
    writer = JournalWriter(journal)
    writer.write("phase", phase="loading")
    writer.close()
    with journal.open("ab") as file:
        file.write(b'{"v": 1, "seq": 2, "t": 1')
    again = JournalWriter(journal)
    again.write("phase", phase="training")
    again.close()
    assert [(event.seq, event.fields["phase"]) for event in events(journal)] == [(1, "loading"), (2, "training")]


def test_no_journal_is_no_event(journal: Path) -> None:
    """A run that has not begun has no events."""
    assert events(journal) == []


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"null",
        b'{"seq": 1e999, "t": 1, "m": 1, "type": "phase"}',
        b'{"seq": 1, "t": NaN, "m": 1, "type": "phase"}',
        b'{"seq": 0, "t": 1, "m": 1, "type": "phase"}',
        b'{"seq": 99999999999999999999, "t": 1, "m": 1, "type": "phase"}',
        b'{"seq": 1, "t": ' + b"9" * 400 + b', "m": 1, "type": "phase"}',
        b"[" * 50_000,
    ],
)
def test_what_is_no_event_is_passed_over(line: bytes) -> None:
    """Wrong types, numbers that no column holds and endless nesting are no events."""
    assert parse_line(line) is None


def test_unknown_types_and_fields_are_kept() -> None:
    """A newer worker's events pass through an older reader."""
    event = parse_line(b'{"v": 9, "seq": 1, "t": 1, "m": 1, "type": "novel", "extra": [1]}')
    assert event == Event(1, 1.0, 1.0, "novel", {"extra": [1]})


@examples(60)
@given(noise=st.lists(st.binary(max_size=40), min_size=1, max_size=6))
def test_whole_lines_survive_any_bytes_between_them(
    noise: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever bytes stand between the lines, reading never raises and finds every whole line."""
    path = tmp_path_factory.mktemp("noise") / "events.jsonl"
    lines = [f'{{"v":1,"seq":{seq},"t":1,"m":1,"type":"phase"}}\n'.encode() for seq in range(1, len(noise) + 1)]
    path.write_bytes(b"".join(line + bytes_ + b"\n" for line, bytes_ in zip(lines, noise, strict=True)))
    found = [event.seq for event in events(path) if event.type == "phase"]
    assert found == list(range(1, len(noise) + 1))


@examples(60)
@given(cut=st.integers(0, 400))
def test_a_journal_cut_anywhere_can_be_continued(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Cut at any byte, the whole lines before the cut stay, and a new writer's line is found behind them."""
    path = tmp_path_factory.mktemp("cut") / "events.jsonl"
    writer = JournalWriter(path)
    for step in range(3):
        writer.write("metrics", step=step, values={"loss": 0.5})
    writer.close()
    content = path.read_bytes()
    path.write_bytes(content[:cut])
    again = JournalWriter(path)
    again.write("finished")
    again.close()
    found = events(path)
    assert [event.seq for event in found] == list(range(1, len(found) + 1))
    assert len(found) - 1 >= content[:cut].count(b"\n")
    assert found[-1].type == "finished"


def test_the_end_of_a_long_journal_is_found_at_its_end(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal of millions of lines is continued without reading them; where its end is junk, all is read."""
    monkeypatch.setattr("bertft_tui.core.journal._NEAR_THE_END", 500)
    writer = JournalWriter(journal)
    for step in range(40):
        writer.write("metrics", step=step, values={"loss": 0.5})
    writer.close()
    for junk, expected in ((b"", 41), (b"\0" * 700 + b"\n", 42), (b'{"v": 1, "se', 43)):
        with journal.open("ab") as file:
            file.write(junk)
        again = JournalWriter(journal)
        again.write("finished")
        again.close()
        assert [event.seq for event, _ in read_events(journal)][-1] == expected


def test_points_are_written_in_their_order_and_what_is_no_json_as_text(journal: Path) -> None:
    """What is not waited for stands before what came later, and a value that JSON does not know fails nothing."""
    writer = JournalWriter(journal)
    for step in range(50):
        writer.write("metrics", step=step, epoch=0.1, values={"loss": np.float32(0.5), "odd": journal})
        if step % 7 == 0:
            writer.write("checkpoint", step=step, path="", bytes=np.arange(3), best=False)
    writer.close()
    assert [event.seq for event in events(journal)] == list(range(1, 59))
    assert events(journal)[0].fields["values"] == {"loss": 0.5, "odd": str(journal)}
    assert [event.fields["bytes"] for event in events(journal) if event.type == "checkpoint"] == ["[0 1 2]"] * 8
