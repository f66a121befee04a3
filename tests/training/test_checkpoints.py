"""Checkpoints are whole or not taken: what is torn is seen, said, and the one before is used."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from training_runs import Prompter, attempt, events, make_run, points, weights

from bertft_tui.core.checkpoint_folders import all_checkpoints
from bertft_tui.core.config import RunConfig
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import checkpoints


def _truncate(name: str) -> Callable[[Path], None]:
    def tear(checkpoint: Path) -> None:
        data = (checkpoint / name).read_bytes()
        (checkpoint / name).write_bytes(data[: len(data) // 2])

    return tear


def _remove(name: str) -> Callable[[Path], None]:
    return lambda checkpoint: (checkpoint / name).unlink()


def _empty(checkpoint: Path) -> None:
    shutil.rmtree(checkpoint)
    checkpoint.mkdir()


def _forget(*names: str) -> Callable[[Path], None]:
    """A checkpoint of another writer: whole by its manifest, which lists less than a training goes on from."""

    def remove(checkpoint: Path) -> None:
        for name in (*names, checkpoints.MANIFEST):
            (checkpoint / name).unlink()
        checkpoints.write_manifest(checkpoint)

    return remove


_DAMAGES: dict[str, Callable[[Path], None]] = {
    "empty": _empty,
    "no manifest": _remove("manifest.json"),
    "torn manifest": _truncate("manifest.json"),
    "no state": _remove("trainer_state.json"),
    "torn weights": _truncate("model.safetensors"),
    "torn optimizer": _truncate("optimizer.pt"),
    "no optimizer": _remove("optimizer.pt"),
    "no scheduler": _remove("scheduler.pt"),
    "no generators": _remove("rng_state.pth"),
    "optimizer not in the manifest": _forget("optimizer.pt"),
    "weights alone": _forget("trainer_state.json", "optimizer.pt", "scheduler.pt", "rng_state.pth"),
    "pickled weights": _forget("model.safetensors"),
}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, csv_folder: Path) -> RunDirectory:
    """A run that was stopped at step 8, with checkpoints 6 (the best so far) and 8."""
    config = RunConfig().with_settings(
        {
            "model.name_or_path": str(tiny_model),
            "data.dataset": str(csv_folder),
            "data.eval_split": "test",
            "data.max_length": 24,
            "training.num_train_epochs": 2,
        }
    )
    run = make_run(tmp_path_factory.mktemp("stopped") / "run", config)
    assert attempt(run, 1, Prompter(run, run.stop_request, "metrics", step=7)) == "stopped"
    assert [path.name for path in all_checkpoints(run.checkpoints)] == ["checkpoint-6", "checkpoint-8"]
    return run


@pytest.mark.parametrize("damage", _DAMAGES)
def test_damage_is_seen(tmp_path: Path, stopped: RunDirectory, damage: str) -> None:
    """Each kind of damage makes the checkpoint before the newest whole one."""
    folder = Path(shutil.copytree(stopped.checkpoints, tmp_path / "checkpoints"))
    assert checkpoints.find(folder) == checkpoints.Found(folder / "checkpoint-8", ())
    _DAMAGES[damage](folder / "checkpoint-8")
    assert checkpoints.find(folder) == checkpoints.Found(folder / "checkpoint-6", ("checkpoint-8",))


def test_falls_back(tmp_path: Path, stopped: RunDirectory, config: RunConfig) -> None:
    """A run with a damaged newest checkpoint goes on from the one before, says so, and ends as it would have."""
    run = RunDirectory(Path(shutil.copytree(stopped.path, tmp_path / "run")))
    _truncate("optimizer.pt")(run.checkpoints / "checkpoint-8")
    assert attempt(run, 2) == "finished"
    warning = events(run, "warning")[-1].fields
    assert warning["title"] == "The newest checkpoint cannot be used"
    assert "checkpoint-8" in warning["message"]
    assert "checkpoint-6" in warning["message"]
    whole = RunDirectory(Path(shutil.copytree(stopped.path, tmp_path / "whole")))
    assert attempt(whole, 2) == "finished"
    assert weights(run, 12) == weights(whole, 12)


def test_none_is_whole(tmp_path: Path, stopped: RunDirectory) -> None:
    """Without a whole checkpoint training starts from the beginning, and says so."""
    run = RunDirectory(Path(shutil.copytree(stopped.path, tmp_path / "run")))
    for checkpoint in all_checkpoints(run.checkpoints):
        _remove("manifest.json")(checkpoint)
    run.events.unlink()
    assert attempt(run, 2) == "finished"
    assert events(run, "warning")[0].fields["title"] == "Training starts from the beginning"
    assert ("loss", 1) in points(run)


def test_contents(stopped: RunDirectory) -> None:
    """A checkpoint holds weights that run no code, no arguments, and a manifest of all its files."""
    checkpoint = stopped.checkpoints / "checkpoint-6"
    names = {path.name for path in checkpoint.iterdir()}
    assert {"model.safetensors", "tokenizer.json", "predictions.parquet"} <= names
    assert "training_args.bin" not in names
    manifest = json.loads((checkpoint / "manifest.json").read_text())
    assert manifest["step"] == 6
    assert manifest["files"].keys() == names - {"manifest.json"}
    event = next(event for event in events(stopped, "checkpoint") if event.fields["step"] == 6)
    assert event.fields["path"] == "checkpoints/checkpoint-6"
    assert event.fields["bytes"] == sum((checkpoint / name).stat().st_size for name in manifest["files"])
    assert event.fields["best"] is True


def test_publish_replaces(tmp_path: Path) -> None:
    """A checkpoint of the same step takes the place of the older one, and nothing else stays."""
    for place in (tmp_path / ".staging", tmp_path):
        (place / "checkpoint-3").mkdir(parents=True)
        (place / "checkpoint-3" / "file").write_text(place.name)
    place = checkpoints.publish(tmp_path / ".staging" / "checkpoint-3", tmp_path)
    assert (place / "file").read_text() == ".staging"
    assert all_checkpoints(tmp_path) == [place]
    assert {path.name for path in tmp_path.iterdir()} == {"checkpoint-3", ".staging"}


def test_killed_between_two_renames(tmp_path: Path, stopped: RunDirectory) -> None:
    """A checkpoint that stood aside for a new one of its step is taken back when that never came."""
    folder = Path(shutil.copytree(stopped.checkpoints, tmp_path / "checkpoints"))
    (folder / "checkpoint-8").rename(folder / ".checkpoint-8.old")
    shutil.copytree(folder / "checkpoint-6", folder / ".checkpoint-6.old")
    assert checkpoints.find(folder) == checkpoints.Found(folder / "checkpoint-8", ())
    assert {path.name for path in folder.iterdir()} == {"checkpoint-6", "checkpoint-8"}
