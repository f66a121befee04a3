"""What goes wrong while a data set of the Hub is fetched and prepared."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import datasets
import huggingface_hub
import pytest

from bertft_tui.core.errors import InputError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.sources import hub_builder, hub_data
from bertft_tui.core.training.sources.opening import open_source

_COMMIT = "e6281661ce1c48d982bc483cf8a173c1bbeb5d31"


@pytest.fixture(autouse=True)
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty caches of the Hub and of `datasets`."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "prepared")
    return tmp_path


def _builder(caches: Path, **info: Any) -> SimpleNamespace:
    details = SimpleNamespace(dataset_size=info.pop("dataset_size", 0), splits={"train": None})
    files = {"train": [f"hf://datasets/me/data@{_COMMIT}/data/train.parquet"]}
    config = SimpleNamespace(data_files=files, name="default")
    return SimpleNamespace(cache_dir=str(caches / "none"), info=details, config=config, **info)


def test_no_room(caches: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set that does not fit on the disk is refused before it is downloaded."""
    for sizes, prepared in (({"data/train.parquet": 10**15}, 0), ({}, 10**15)):
        found = hub_builder.Found(_builder(caches, dataset_size=prepared), _COMMIT, sizes)
        monkeypatch.setattr(hub_data, "find_builder", lambda _, found=found: found)
        source = open_source(DataSection(dataset="me/data"))
        with pytest.raises(InputError) as caught:
            source.read("train")
        assert caught.value.problem.title == "There is no room for the data set"
        assert "1,000,000,000 MB" in caught.value.problem.message


#: What the library raises while it reads → the title, a word of the message.
_FAILURES: dict[str, tuple[Exception, str, str]] = {
    "full disk": (
        OSError(28, "No space left on device", "/cache/x"),
        "There is no room for the data set",
        "/cache/x",
    ),
    "closed cache": (PermissionError(13, "Permission denied", "/cache"), "The cache cannot be written", "/cache"),
    "lost connection": (ConnectionError("reset by peer"), "The Hub stopped answering", "reset by peer"),
    "no files": (
        datasets.exceptions.DataFilesNotFoundError("No (supported) data files"),
        "The data set has no files of rows",
        "me/data",
    ),
    "gated later": (
        datasets.exceptions.DatasetNotFoundError("Dataset 'me/data' is a gated dataset on the Hub."),
        "This data set is gated",
        "accepted",
    ),
    "script after all": (
        RuntimeError("Dataset scripts are no longer supported, but found data.py"),
        "This data set is a Python script",
        "me/data",
    ),
    "something else": (ValueError("words " * 100 + "\nmore"), "The data set cannot be read", "words words"),
}


@pytest.mark.parametrize("kind", _FAILURES)
def test_failures(caches: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """What goes wrong while a data set is fetched and prepared is put into a sentence, also behind another error."""
    error, title, word = _FAILURES[kind]

    def fail() -> None:
        raise datasets.exceptions.DatasetGenerationError("An error occurred while generating the dataset") from error

    found = hub_builder.Found(_builder(caches, download_and_prepare=fail), _COMMIT)
    monkeypatch.setattr(hub_data, "find_builder", lambda _: found)
    source = open_source(DataSection(dataset="me/data"))
    with pytest.raises(InputError) as caught:
        source.read("train")
    assert caught.value.problem.title == title
    assert word in caught.value.problem.message
    assert len(caught.value.problem.message) < 300
