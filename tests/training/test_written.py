"""Tables into files, and verdicts as columns."""

import csv
import json
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.scoring.verdicts import beside, verdicts
from bertft_tui.core.training.scoring.written import check_output, write_table
from bertft_tui.core.training.task import Task


def _read_csv(path: Path, separator: str = ",") -> list[dict[str, Any]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [dict(row) for row in csv.DictReader(file, delimiter=separator)]


READERS: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    "csv": _read_csv,
    "tsv": lambda path: _read_csv(path, "\t"),
    "jsonl": lambda path: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()],
    "parquet": lambda path: pq.read_table(path).to_pylist(),
}


@pytest.mark.parametrize("ending", READERS)
def test_what_is_written_reads_back(tmp_path: Path, ending: str) -> None:
    """Texts with everything that a format could stumble over, numbers and empty cells come back."""
    texts = ['a, "quoted"', "two\nlines", "tab\there", "é漢", None]
    table = pa.table({"text": texts, "share": [0.1, 0.2, 0.3, 0.4, None]})
    path = tmp_path / f"out.{ending}"
    write_table(table, path)
    found = READERS[ending](path)
    assert [row["text"] or None for row in found] == texts
    assert [float(row["share"]) for row in found[:4]] == [0.1, 0.2, 0.3, 0.4]
    assert not found[4]["share"]
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", READERS)
def test_no_cell_is_a_formula(tmp_path: Path, ending: str) -> None:
    """In csv and tsv an apostrophe keeps a spreadsheet from running a text; numbers, and other formats, are exact."""
    formulas = ["=cmd|' /C calc'!A0", "+1+2", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]
    harmless = ["-0.5", "+3", "-1e-05", "- a dash", "a=b", "'=1", "", "1"]
    table = pa.table({"=text": [*formulas, *harmless], "list": [["=1"]] * 16, "share": [-0.5] * 16})
    path = tmp_path / f"out.{ending}"
    write_table(table, path)
    rows = READERS[ending](path)
    exact = ending in ("jsonl", "parquet")
    found = [row["=text" if exact else "'=text"] for row in rows]
    assert found[:8] == (formulas if exact else ["'" + text for text in formulas])
    assert found[8:] == [text if exact or text != "- a dash" else "'- a dash" for text in harmless]
    assert {float(row["share"]) for row in rows} == {-0.5}


@pytest.mark.parametrize("ending", READERS)
def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, ending: str) -> None:
    """A failure in the middle is a sentence, and what stood there stands."""
    path = tmp_path / f"out.{ending}"
    path.write_text("before")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    try:
        with pytest.raises(DataError, match="The file cannot be written"):
            write_table(pa.table({"text": [f"text {number}" for number in range(10_000)]}), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", READERS)
def test_what_is_written_is_private(tmp_path: Path, ending: str) -> None:
    """Whatever the umask; and nobody else's link is followed on the way."""
    precious, path = tmp_path / "precious", tmp_path / f"out.{ending}"
    precious.write_text("precious")
    (tmp_path / f".{path.name}.partial").symlink_to(precious)
    mask = os.umask(0)
    write_table(pa.table({"text": ["a"]}), path)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o600
    assert precious.read_text() == "precious"


@pytest.mark.parametrize(
    ("name", "title"), [("x.doc", "cannot be written"), ("x", "cannot be written"), ("gone/x.csv", "not there")]
)
def test_where_nothing_can_be_written(tmp_path: Path, name: str, title: str) -> None:
    """An output of an unknown kind, or in a folder that is not there, is refused before anybody works for it."""
    with pytest.raises(DataError, match=title):
        check_output(tmp_path / name)


def test_verdicts_of_each_task() -> None:
    """One label with its shares, several labels, or a number; with very many labels one share."""
    logits = np.array([[2.0, -1.0], [-3.0, 0.5]], dtype=np.float32)
    one = verdicts(logits, Task("single_label_classification", ("no", "yes")))
    assert one["predicted"] == ["no", "yes"]
    assert one["probability_no"][0] == pytest.approx(1 / (1 + np.exp(-3.0)))
    several = verdicts(logits, Task("multi_label_classification", ("rude", "loud")))
    assert several["predicted"] == [["rude"], ["loud"]]
    number = verdicts(logits[:, :1], Task("regression", ("score",)))
    assert number == {"predicted": [2.0, -3.0]}
    many = verdicts(np.eye(101, dtype=np.float32), Task("single_label_classification", tuple(map(str, range(101)))))
    assert many.keys() == {"predicted", "probability"}


def test_a_name_that_is_taken_gets_a_number() -> None:
    """Nothing of the input is overwritten."""
    table = beside(pa.table({"predicted": ["x"], "predicted_2": ["y"]}), {"predicted": ["z"]})
    assert table.column_names == ["predicted", "predicted_2", "predicted_3"]
