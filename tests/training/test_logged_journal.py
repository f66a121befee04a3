"""The log that people read, made from the journal."""

import io
import sys
from pathlib import Path

import pytest

from bertft_tui.core.journal import read_events
from bertft_tui.core.training.logged_journal import LoggedJournal


def test_every_event_but_progress_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Points, phases and warnings stand in the log with their values; the journal has all, progress too."""
    journal = LoggedJournal(tmp_path / "events.jsonl")
    journal.write("attempt", number=1, device="cpu", device_reason="auto: no GPU found", pid=7, versions={})
    recipe = [{"setting": "data.padding", "value": "dynamic", "reason": "asked for"}]
    journal.write("plan", max_steps=2, precision=None, labels=["a", "b"], recipe=recipe)
    journal.write("phase", phase="training")
    journal.write("progress", step=1, max_steps=2)
    journal.write("metrics", step=1, epoch=0.5, values={"loss": 0.69314718, "learning_rate": 5e-05})
    journal.write("warning", title="T", message="m.", hint="Do so.")
    journal.write("finished")
    journal.close()
    lines = [line.split(" ", 1)[1] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "attempt 1 on cpu (auto: no GPU found), process 7",
        "plan  max_steps 2  labels a, b  recipe data.padding dynamic",
        "training …",
        "step 1  epoch 0.50  loss 0.6931  learning_rate 5e-05",
        "warning: T. m. Do so.",
        "finished",
    ]
    assert len(list(read_events(tmp_path / "events.jsonl"))) == 7


def test_of_steps_in_quick_succession_one_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The journal has the figures of every step; the log one in a second, and all evaluations."""
    journal = LoggedJournal(tmp_path / "events.jsonl")
    for step in range(1, 51):
        journal.write("metrics", step=step, epoch=step / 50, values={"loss": 1 / step})
    for step in (49, 50):
        journal.write("metrics", step=step, epoch=step / 50, values={"eval_loss": 0.5})
    journal.close()
    lines = [line.split(" ", 1)[1] for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "step 1  epoch 0.02  loss 1"
    assert [line for line in lines if "eval" in line] == [
        "step 49  epoch 0.98  eval_loss 0.5",
        "step 50  epoch 1.00  eval_loss 0.5",
    ]
    assert len(lines) < 50
    assert len(list(read_events(tmp_path / "events.jsonl"))) == 52


def test_a_log_that_cannot_be_printed_costs_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With stdout closed the journal has every event, those that are waited for and those that are not."""
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    journal = LoggedJournal(tmp_path / "events.jsonl")
    journal.write("metrics", step=1, epoch=0.5, values={"loss": 0.5})
    journal.write("warning", title="T", message="m.", hint="")
    journal.write("finished")
    journal.close()
    assert [event.type for event, _ in read_events(tmp_path / "events.jsonl")] == ["metrics", "warning", "finished"]
