"""Checkpoints and data that somebody else has prepared: no pickle is run, no link is followed, none is deleted."""

import json
import pickle
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pyarrow as pa
import pytest
import torch
from tiny_bert import texts, write_csv
from training_runs import Prompter, attempt, events, make_run

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.sections import DataSection, ModelSection
from bertft_tui.core.training import checkpoints
from bertft_tui.core.training.model.trained import load_trained
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.task import Task


class Bomb:
    """What makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (str(self._mark), "w")


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> RunDirectory:
    """A run that was stopped after its first step."""
    folder = tmp_path_factory.mktemp("stopped")
    settings = {"model.name_or_path": str(tiny_model), "data.max_length": 24, "hardware.device": "cpu"}
    data = write_csv(folder / "train.csv", texts(24))
    run = make_run(folder / "run", RunConfig().with_settings({**settings, "data.dataset": str(data)}))
    assert attempt(run, 1, Prompter(run, run.stop_request, "metrics", step=1)) == "stopped"
    return run


@pytest.fixture
def run(tmp_path: Path, stopped: RunDirectory) -> RunDirectory:
    """A copy of it."""
    return RunDirectory(Path(shutil.copytree(stopped.path, tmp_path / "run")))


def _newest(run: RunDirectory) -> Path:
    found = checkpoints.find(run.checkpoints).newest
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["optimizer.pt", "scheduler.pt", "rng_state.pth"])
def test_no_pickle_is_run_by_resuming(tmp_path: Path, run: RunDirectory, name: str) -> None:
    """A bomb with a manifest that fits it ends the attempt with a reason, and does not go off."""
    checkpoint, mark = _newest(run), tmp_path / "mark"
    for file in (name, "training_args.bin"):
        torch.save({"state": Bomb(mark)}, checkpoint / file)
    checkpoints.write_manifest(checkpoint)
    assert checkpoints.is_whole(checkpoint)
    assert attempt(run, 2) == "failed"
    assert not mark.exists()
    error = events(run, "error")[-1].fields
    assert error["title"] == "A file of the checkpoint would run code"
    assert "delete its folder" in error["hint"]


def test_no_pickle_is_run_by_predicting(tmp_path: Path, run: RunDirectory, tiny_model: Path) -> None:
    """A checkpoint whose weights are pickled is refused by whoever loads it, and is none to resume from."""
    checkpoint, mark = _newest(run), tmp_path / "mark"
    (checkpoint / "model.safetensors").unlink()
    torch.save({"state": Bomb(mark)}, checkpoint / "pytorch_model.bin")
    checkpoints.write_manifest(checkpoint)
    section = ModelSection(name_or_path=str(tiny_model))
    with pytest.raises(BertftError, match=r"The model cannot be loaded.*safetensors"):
        load_trained(checkpoint, section, Task("single_label_classification", ("a", "b", "c")))
    assert checkpoints.find(run.checkpoints).newest != checkpoint
    assert not mark.exists()


def _pickled_type(folder: Path, bomb: bytes) -> str:
    """A folder of `save_to_disk` with a column whose type is a pickle."""
    metadata = {b"ARROW:extension:name": b"arrow.py_extension_type", b"ARROW:extension:metadata": bomb}
    schema = pa.schema([pa.field("text", pa.string(), metadata=metadata), pa.field("label", pa.string())])
    table = pa.table({"text": ["a", "b"], "label": ["x", "y"]}, schema=schema)
    with pa.OSFile(str(folder / "data.arrow"), "wb") as file, pa.ipc.new_stream(file, schema) as writer:
        writer.write_table(table)
    state = {"_data_files": [{"filename": "data.arrow"}], "_fingerprint": "0", "_format_type": None, "_split": None}
    rest = {"_format_columns": None, "_format_kwargs": {}, "_output_all_columns": False}
    (folder / "state.json").write_text(json.dumps(state | rest))
    (folder / "dataset_info.json").write_text(json.dumps({"features": None}))
    return str(folder)


def _file(name: str) -> Callable[[Path, bytes], str]:
    def write(folder: Path, bomb: bytes) -> str:
        (folder / name).write_bytes(bomb)
        return str(folder / name)

    return write


def _array(folder: Path, bomb: bytes) -> str:
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    (folder / "x.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bomb)
    return str(folder / "x.npy")


@pytest.mark.parametrize(
    "make", [_file("x.pkl"), _file("x.csv"), _file("x.jsonl"), _file("x.parquet"), _file("x"), _array, _pickled_type]
)
def test_no_pickle_is_run_by_reading_data(tmp_path: Path, make: Callable[[Path, bytes], str]) -> None:
    """Whatever a file of data is called, a pickle in it is not loaded."""
    mark = tmp_path / "mark"
    folder = tmp_path / "data"
    folder.mkdir()
    name = make(folder, pickle.dumps(Bomb(mark)))
    refused = nullcontext() if make is _pickled_type else pytest.raises(BertftError)
    with refused:
        source = open_source(DataSection(dataset=name))
        source.read(source.split_names[0])
    assert not mark.exists()


def test_links_are_no_checkpoints(tmp_path: Path, run: RunDirectory) -> None:
    """A link among the checkpoints is not resumed from, and what it leads to is never deleted."""
    outside = Path(shutil.copytree(_newest(run), tmp_path / "elsewhere" / "checkpoint-99"))
    before = sorted(outside.iterdir())
    link = run.checkpoints / "checkpoint-99"
    link.symlink_to(outside)
    (run.checkpoints / ".checkpoint-98.old").symlink_to(outside)
    newest = checkpoints.find(run.checkpoints).newest
    assert newest is not None
    assert not newest.is_symlink()
    assert not checkpoints.is_whole(link)
    checkpoints.keep_only(run.checkpoints, set())
    checkpoints.discard(link)
    assert sorted(outside.iterdir()) == before


@pytest.mark.parametrize("kind", ["link", "path"])
def test_files_of_a_checkpoint_lie_in_it(tmp_path: Path, run: RunDirectory, kind: str) -> None:
    """A checkpoint whose files are links, or whose manifest names files elsewhere, is not whole."""
    checkpoint = _newest(run)
    shutil.copy(checkpoint / "optimizer.pt", tmp_path / "optimizer.pt")
    if kind == "link":
        (checkpoint / "optimizer.pt").unlink()
        (checkpoint / "optimizer.pt").symlink_to(tmp_path / "optimizer.pt")
    else:
        manifest = json.loads((checkpoint / "manifest.json").read_text())
        manifest["files"]["../../../optimizer.pt"] = manifest["files"]["optimizer.pt"]
        (checkpoint / "manifest.json").write_text(json.dumps(manifest))
    assert not checkpoints.is_whole(checkpoint)
