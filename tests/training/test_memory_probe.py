"""The longest batch is tried before the first step: whole attempts on the processor, as if it were a device."""

import json
from pathlib import Path
from typing import Any

import pytest
from starved_worker import starved
from training_runs import Prompter, attempt, events, make_run, points, weights
from transformers import BertForSequenceClassification

from bertft_tui.core.adjustments import adjustments_after
from bertft_tui.core.config import RunConfig
from bertft_tui.core.paths import known_memory
from bertft_tui.core.training import batch_size, prepared
from bertft_tui.core.training.known_memory import read_known
from bertft_tui.core.training.memory_probe import remember


class Small:
    """A device of so many bytes; a pass takes 600."""

    name = "a small one"

    def __init__(self, total: int = 1000) -> None:
        self.total = total
        self.began = self.released = 0

    def free(self) -> int:
        """All of it."""
        return self.total

    def start(self) -> None:
        """Count."""
        self.began += 1

    def peak(self) -> int:
        """What a pass takes."""
        return 600

    def release(self) -> None:
        """Count."""
        self.released += 1


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Small:
    """The processor's memory is a small device's."""
    small = Small()
    monkeypatch.setattr(prepared, "memory_of", lambda _device: small)
    return small


def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "memory_of", lambda _device: None)


@pytest.mark.parametrize("passes", [1, 2])
def test_the_losses_are_those_without_a_probe(
    tmp_path: Path, config: RunConfig, device: Small, monkeypatch: pytest.MonkeyPatch, passes: int
) -> None:
    """With dropout on, points and weights are the same bit for bit, stopped and resumed as well."""
    config = config.with_settings({"training.gradient_accumulation_steps": passes})
    probed = make_run(tmp_path / "probed", config)
    assert attempt(probed, 1, Prompter(probed, probed.stop_request, "metrics", step=2)) == "stopped"
    known_memory().unlink()
    assert attempt(probed, 2) == "finished"
    assert (device.began, device.released) == (2, 2)
    _forget(monkeypatch)
    plain = make_run(tmp_path / "plain", config)
    assert attempt(plain) == "finished"
    assert points(probed) == points(plain)
    last = events(plain, "plan")[0].fields["max_steps"]
    assert weights(probed, last) == weights(plain, last)


def test_a_batch_that_is_known_to_fit_is_not_tried_again(tmp_path: Path, config: RunConfig, device: Small) -> None:
    """The journal says what it takes; another batch, length or a fuller device is tried, and a broken cache too."""
    config = config.with_settings({"training.max_steps": 1})

    def train(name: str, **settings: Any) -> dict[str, Any]:
        run = make_run(tmp_path / name, config.with_settings(settings))
        assert attempt(run) == "finished"
        (memory,) = events(run, "memory")
        return memory.fields

    first = train("first")
    longest = max(first["tokens"], 1)
    assert first == {"rows": 8, "tokens": longest, "peak": 600, "total": 1000, "known": False}
    assert train("second") == {**first, "known": True}
    assert device.began == 1
    assert train("smaller", **{"training.per_device_train_batch_size": 4})["rows"] == 4
    assert train("shorter", **{"data.max_length": 8})["tokens"] == 8
    assert device.began == 3
    device.free = lambda: 500  # type: ignore[method-assign]
    assert not train("fuller")["known"]
    device.free = lambda: 1000  # type: ignore[method-assign]
    known_memory().write_text("{nonsense")
    assert not train("broken")["known"]
    assert train("mended")["known"]


def test_what_does_not_fit_fails_before_the_first_step(
    tmp_path: Path, config: RunConfig, device: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The closing event asks for another attempt, which takes half the batch; nothing was trained, nothing cached."""
    forward = BertForSequenceClassification.forward
    monkeypatch.setattr(BertForSequenceClassification, "forward", starved(forward, train=4))
    run = make_run(tmp_path / "run", config.with_settings({"training.max_steps": 1}))
    assert attempt(run) == "failed"
    failed = events(run, "failed")[0].fields
    assert (failed["reason"], failed["during"], failed["rows"]) == ("out_of_memory", "probe", 8)
    assert "while trying the longest batch, 8 texts of " in events(run, "error")[0].fields["message"]
    assert points(run) == {}
    assert not known_memory().exists()
    assert any(event.fields.get("detail") == "trying the longest batch…" for event in events(run, "progress"))
    adjustments = adjustments_after(config, {}, {}, failed)
    assert adjustments is not None
    assert attempt(run, 2, adjustments=adjustments) == "finished"
    assert events(run, "memory")[0].fields["rows"] == 4


@pytest.mark.parametrize("passes", [1, 2])
def test_auto_takes_what_fits(
    tmp_path: Path, config: RunConfig, device: Small, monkeypatch: pytest.MonkeyPatch, passes: int
) -> None:
    """Where half a step fits, `auto` trains as a run that was told so: bit for bit, stopped and resumed as well."""
    forward = BertForSequenceClassification.forward
    monkeypatch.setattr(BertForSequenceClassification, "forward", starved(forward, train=8 // passes))
    monkeypatch.setattr(batch_size, "_kind_is_probed", lambda kind: True)
    told = {"training.per_device_train_batch_size": 8 // passes, "training.gradient_accumulation_steps": passes}
    plain, found = (
        make_run(tmp_path / "told", config.with_settings(told)),
        make_run(tmp_path / "auto", config.with_settings({"training.per_device_train_batch_size": "auto"})),
    )
    assert attempt(plain) == "finished"
    assert attempt(found, 1, Prompter(found, found.stop_request, "metrics", step=3)) == "stopped"
    assert attempt(found, 2) == "finished"
    assert points(found) == points(plain)
    last = events(plain, "plan")[0].fields["max_steps"]
    assert weights(found, last) == weights(plain, last)
    parts = [plan.fields["recipe"][-1] for plan in events(found, "plan")]
    assert [(part["value"], part["reason"]) for part in parts] == [
        (f"{8 // passes} × {passes}", "as many as there is memory for"),
        (f"{8 // passes} × {passes}", "as before"),
    ]


def test_not_even_one_text_fits(
    tmp_path: Path, config: RunConfig, device: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a single text is too much, the run fails with the words of a lack of memory."""
    forward = BertForSequenceClassification.forward
    monkeypatch.setattr(BertForSequenceClassification, "forward", starved(forward, train=0))
    monkeypatch.setattr(batch_size, "_kind_is_probed", lambda kind: True)
    run = make_run(tmp_path / "run", config.with_settings({"training.per_device_train_batch_size": "auto"}))
    assert attempt(run) == "failed"
    assert events(run, "failed")[0].fields["rows"] == 1
    assert events(run, "plan") == []


def test_no_other_device_is_probed(tmp_path: Path, config: RunConfig) -> None:
    """On the processor there is no probe, and no file is made."""
    run = make_run(tmp_path / "run", config.with_settings({"training.max_steps": 1}))
    assert attempt(run) == "finished"
    assert events(run, "memory") == []
    assert not known_memory().exists()


def test_what_is_remembered(tmp_path: Path) -> None:
    """The newest are kept, what is no number of bytes is passed over, and a folder in the way is no error."""
    path = tmp_path / "deep" / "memory.json"
    for number in range(310):
        remember(path, f"batch {number}", number + 1)
    remember(path, "batch 20", 7)
    known = read_known(path)
    assert len(known) == 300
    assert known["batch 20"] == 7
    assert "batch 9" not in known
    path.write_text(json.dumps({"a": "b", "c": -1, "d": 5, "e": None}))
    assert read_known(path) == {"d": 5}
    path.write_text("[1]")
    assert read_known(path) == {}
    remember(tmp_path, "into a folder", 5)
    assert [child.name for child in tmp_path.iterdir()] == ["deep"]
