"""A look at data before training: what it says of splits that nobody named, and where a run would be refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from settings_of_files import written
from tiny_bert import texts, write_csv

from bertft_tui.core.config import RunConfig
from bertft_tui.core.tell import silent
from bertft_tui.core.training.look import look


def _look(settings: dict[str, Any], model: Path) -> dict[str, Any]:
    config = RunConfig().with_settings({"model.name_or_path": str(model)} | settings)
    return look({"config": config.model_dump(mode="json")}, silent)


def test_a_split_that_was_named(tmp_path: Path, tiny_model: Path) -> None:
    """A split that the settings name and that is not there is the problem that a run would have."""
    file = write_csv(tmp_path / "x.csv", texts(30))
    document = _look({"data.dataset": str(file), "data.train_split": "trian"}, tiny_model)
    assert document["problem"]["title"] == "There is no such split"
    assert document["train_rows"] == 24


def test_a_split_that_nobody_named(tmp_path: Path, tiny_model: Path) -> None:
    """A test file without labels is said beside that split, and is no problem: nobody asked to evaluate on it."""
    write_csv(tmp_path / "train.csv", texts(30))
    write_csv(tmp_path / "validation.csv", texts(9))
    (tmp_path / "test.csv").write_text("id,text\n1,one bird\n")
    document = _look({"data.dataset": str(tmp_path)}, tiny_model)
    assert document["problem"] is None
    assert {split["name"]: (split["problem"] or {}).get("title") for split in document["splits"]} == {
        "train": None,
        "validation": None,
        "test": "There is no column 'label'",
    }
    assert document["eval_rows"] == 9


def test_a_split_that_cannot_be_read(tmp_path: Path, tiny_model: Path) -> None:
    """Why a split cannot be read is a note beside all others where the run does not need it."""
    write_csv(tmp_path / "train.csv", texts(30))
    (tmp_path / "train.csv").write_bytes((tmp_path / "train.csv").read_bytes() + b"caf\xe9,sport\n")
    (tmp_path / "extra.csv").write_bytes(b"\0")
    document = _look({"data.dataset": str(tmp_path)}, tiny_model)
    assert document["problem"] is None
    assert [note["title"] for note in document["notes"]] == ["This file is not text", "1 file is not UTF-8"]


def _broken_texts(folder: Path) -> dict[str, Any]:
    broken = pa.array([b"good", b"\xff\xfe"], pa.binary()).view(pa.string())
    parquet.write_table(pa.table({"text": broken, "label": ["a", "b"]}), folder / "x.parquet")
    return {"data.dataset": str(folder / "x.parquet")}


#: What ends a run → (how it is made, the title, a word of the message, the titles of the notes).
_PROBLEMS: dict[str, tuple[Callable[[Path], dict[str, Any]], str, str, list[str]]] = {
    "bytes that are no texts": (_broken_texts, "Some texts are not UTF-8", "'text'", []),
    "no rows": (written("x.csv", "text,label\n"), "The file has no rows", "x.csv", []),
    "one class": (
        written("x.csv", b"text,label\ncaf\xe9,a\nbar,\n"),
        "There is only one class",
        "1 row left out",
        ["1 file is not UTF-8"],
    ),
}


@pytest.mark.parametrize("name", _PROBLEMS)
def test_problems(tmp_path: Path, tiny_model: Path, name: str) -> None:
    """What ends a run is the problem, with the notes about what was read until then; nothing is said twice."""
    make, title, word, notes = _PROBLEMS[name]
    document = _look(make(tmp_path), tiny_model)
    assert document["problem"]["title"] == title
    assert word in document["problem"]["message"]
    assert [note["title"] for note in document["notes"]] == notes
