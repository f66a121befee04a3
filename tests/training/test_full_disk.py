"""Checkpoints on a real small disk that fills, or turns read-only: nothing earlier is lost, nothing is silent."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from small_disk import fill, small_disk, unmount
from training_runs import Acting, attempt, events, make_run, points
from transformers import Trainer

from bertft_tui.core.checkpoint_folders import all_checkpoints, step_of
from bertft_tui.core.config import RunConfig
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import checkpoints


class SmallDisk:
    """A disk of 8 MB that can be filled, freed, and made read-only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filling = folder / "filling"

    def fill(self) -> None:
        """Leave no room."""
        fill(self._filling)

    def free(self) -> None:
        """Make room again."""
        self._filling.unlink(missing_ok=True)

    def remount(self, mode: str) -> None:
        """Mount it `ro` or `rw`; read-only by a mount of its own, since files are open."""
        if mode == "ro":
            self._mount("--bind", str(self.folder), str(self.folder))
            self._mount("-o", "remount,ro,bind", str(self.folder))
        else:
            unmount(self.folder)

    @staticmethod
    def _mount(*arguments: str) -> None:
        subprocess.run(["mount", *arguments], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Mount it."""
    with small_disk(tmp_path / "disk", 8) as folder:
        yield SmallDisk(folder)


@pytest.fixture
def run(disk: SmallDisk, config: RunConfig) -> RunDirectory:
    """A run of six steps on the small disk, with an evaluation and a checkpoint at every second."""
    settings = {"training.eval_strategy": "steps", "training.eval_steps": 2, "training.max_steps": 6}
    return make_run(disk.folder / "run", config.with_settings(settings))


def saved(run: RunDirectory) -> list[int]:
    """Return the steps of the whole checkpoints that are there; nothing else may be."""
    found = all_checkpoints(run.checkpoints)
    assert len(list(run.checkpoints.iterdir())) == len(found)
    assert all(checkpoints.is_resumable(checkpoint) for checkpoint in found)
    return [step_of(checkpoint) for checkpoint in found]


def warnings_of(run: RunDirectory) -> list[dict[str, Any]]:
    """Return the warnings about the disk."""
    return [event.fields for event in events(run, "warning") if "disk" in event.fields["title"]]


def test_one_that_does_not_fit(run: RunDirectory, disk: SmallDisk) -> None:
    """Training goes on with a warning, the checkpoint before stays, no point is lost, and the next one is saved."""
    seen: list[list[int]] = []

    def free() -> None:
        seen.append(saved(run))
        disk.free()

    full = ("metrics", {"step": 4, "values": "eval_loss"}, disk.fill)
    assert attempt(run, 1, Acting(run, full, ("warning", {"title": "The disk is full"}, free))) == "finished"
    assert seen == [[2]]
    assert 6 in saved(run)
    warning = warnings_of(run)[0]
    assert warning["title"] == "The disk is full"
    assert "step 4 cannot be saved (No space left on device): about" in warning["message"]
    assert "Training goes on; the checkpoints before stay" in warning["message"]
    assert [step for name, step in points(run) if name == "loss"] == list(range(1, 7))
    assert [event.seq for event in events(run)] == list(range(1, len(events(run)) + 1))
    best = next(event.fields["step"] for event in events(run, "predictions"))
    assert best in saved(run)
    state = json.loads((run.checkpoints / "checkpoint-6" / "trainer_state.json").read_text())
    assert state["best_global_step"] == best != 4


@pytest.mark.parametrize(("last", "best"), [(0.3, 2), (0.6, 6)])
def test_a_best_that_cannot_be_saved(
    run: RunDirectory, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, last: float, best: int
) -> None:
    """When the best checkpoint did not fit, the best that is there is kept and predicts, and a warning says so."""
    values = iter([0.5, 0.9, last])
    stock = Trainer.evaluate

    def scored(trainer: Trainer, *args: Any, **kwargs: Any) -> dict[str, float]:
        metrics: dict[str, float] = stock(trainer, *args, **kwargs)
        return metrics | {"eval_accuracy": next(values)}

    monkeypatch.setattr(Trainer, "evaluate", scored)
    full = ("metrics", {"step": 4, "values": "eval_loss"}, disk.fill)
    assert attempt(run, 1, Acting(run, full, ("warning", {"title": "The disk is full"}, disk.free))) == "finished"
    assert events(run, "predictions")[0].fields["step"] == best
    assert saved(run) == sorted({best, 6})
    said = {event.fields["title"]: event.fields["message"] for event in events(run, "warning")}
    assert "step 4, which was better" in said[f"The best checkpoint that was saved is that of step {best}"]


def test_the_last_waits(run: RunDirectory, disk: SmallDisk) -> None:
    """The last checkpoint waits for room, saying what it needs, and is saved when there is some."""
    full = ("metrics", {"step": 6, "values": "eval_loss"}, disk.fill)
    freed = ("progress", {"detail": "waiting for the disk. The disk is full: about"}, disk.free)
    assert attempt(run, 1, Acting(run, full, freed)) == "finished"
    assert 6 in saved(run)
    assert [event.type for event in events(run)][-1] == "finished"


@pytest.mark.parametrize("request_name", ["stop", "cancel"])
def test_waiting_is_ended(run: RunDirectory, disk: SmallDisk, request_name: str) -> None:
    """A stop or a cancel ends the waiting; the checkpoint before stays, and a stop says from where it goes on."""
    full = ("metrics", {"step": 6, "values": "eval_loss"}, disk.fill)
    asked = ("progress", {"detail": "waiting"}, (run.control / request_name).touch)
    ended = ("warning", {"message": "The run stops"}, disk.free)
    cancelled = ("cancelled", {}, disk.free)
    ending = attempt(run, 1, Acting(run, full, asked, ended, cancelled))
    assert ending == {"stop": "stopped", "cancel": "cancelled"}[request_name]
    assert 4 in saved(run)
    if ending == "stopped":
        assert "will go on from step 4 when it is resumed" in warnings_of(run)[0]["message"]
        assert attempt(run, 2) == "finished"
        assert 6 in saved(run)


def test_patience_ends(run: RunDirectory, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that stays full fails the run with a sentence, and the checkpoints before are there."""
    monkeypatch.setattr("bertft_tui.core.training.saving.SAVING_PATIENCE", 0.0)
    full = ("metrics", {"step": 6, "values": "eval_loss"}, disk.fill)
    assert attempt(run, 1, Acting(run, full, ("error", {}, disk.free))) == "failed"
    assert events(run, "error")[0].fields["title"] == "The disk is full"
    assert 4 in saved(run)


def test_stop_without_any_checkpoint(run: RunDirectory, disk: SmallDisk) -> None:
    """A stop whose checkpoint does not fit fails the run when there is nothing to go on from."""

    def stop() -> None:
        disk.fill()
        run.stop_request.touch()

    assert attempt(run, 1, Acting(run, ("metrics", {"step": 1}, stop), ("error", {}, disk.free))) == "failed"
    assert events(run, "error")[0].fields["title"] == "The disk is full"


def test_read_only(run: RunDirectory, disk: SmallDisk) -> None:
    """A disk that turned read-only is named, training goes on, and the next checkpoint is saved."""
    locked = ("metrics", {"step": 4, "values": "eval_loss"}, lambda: disk.remount("ro"))
    opened = ("warning", {"title": "read-only"}, lambda: disk.remount("rw"))
    assert attempt(run, 1, Acting(run, locked, opened)) == "finished"
    assert warnings_of(run)[0]["title"] == "The disk is read-only"
    assert 6 in saved(run)


def test_checkpoints_deleted(run: RunDirectory) -> None:
    """The folder of checkpoints may vanish, also while one is written: the next one is saved."""
    gone = ("metrics", {"step": 3}, lambda: rmtree(run.checkpoints))
    while_saving = ("phase", {"phase": "saving"}, lambda: rmtree(run.checkpoints, ignore_errors=True))
    assert attempt(run, 1, Acting(run, gone, while_saving)) == "finished"
    assert saved(run) == [6]
