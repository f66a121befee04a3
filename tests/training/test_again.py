"""Data that a finished run meets again: its columns in other files, and pairs where it learnt from pairs."""

from pathlib import Path
from typing import Any

import pytest

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.data.again import chosen_on, with_trained_columns
from bertft_tui.core.training.data.split_roles import find_split
from bertft_tui.core.training.scoring.prediction import predict
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.task import Task

_PAIRS = DataSection(text_column="premise", text_pair_column="hypothesis")
_TASK = Task("single_label_classification", ("no", "yes"))


def _write(path: Path, header: str, *, labels: str = "no,yes") -> DataSection:
    words = labels.split(",")
    cells = len(header.split(",")) - 1
    rows = [",".join([f"text {row} of {cell}" for cell in range(cells)] + [words[row % 2]]) for row in range(20)]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return DataSection(dataset=str(path))


def test_columns_that_the_run_names_are_taken_in_other_data(tmp_path: Path) -> None:
    """What the settings of a run name is taken where it is there; what somebody names now goes before it."""
    data = _write(tmp_path / "other.csv", "premise,hypothesis,more,label")
    found = with_trained_columns(data, _PAIRS, open_source(data), "train")
    assert (found.text_column, found.text_pair_column, found.label_column) == ("premise", "hypothesis", None)
    named = data.model_copy(update={"text_pair_column": "more"})
    assert with_trained_columns(named, _PAIRS, open_source(data), "train").text_pair_column == "more"
    single = DataSection(text_column="body", label_column="topic,kind")
    assert with_trained_columns(data, single, open_source(data), "train") == data


def test_single_texts_are_refused_by_a_run_on_pairs(tmp_path: Path) -> None:
    """A model of pairs is not scored on single texts, nor asked about them; no model is loaded to say so."""
    data = _write(tmp_path / "single.csv", "text,label")
    with pytest.raises(DataError, match=r"reads two texts together.*'premise' and 'hypothesis'"):
        with_trained_columns(data, _PAIRS, open_source(data), "train")

    def load() -> Any:
        pytest.fail("the model was loaded")

    question = {"file": None, "output": None, "texts": ["one"], "trained": RunConfig(data=_PAIRS).model_dump()}
    with pytest.raises(DataError, match="reads two texts together"):
        predict(question, RunConfig(), _TASK, load, lambda text: None)
    question |= {"trained": RunConfig().model_dump()}
    with pytest.raises(DataError, match="reads one text at a time"):
        predict(question, RunConfig(data=_PAIRS), _TASK, load, lambda text: None)


def test_rows_with_other_labels_did_not_choose_the_checkpoint(tmp_path: Path) -> None:
    """Where the labels are others now, the rows cannot be those that chose the checkpoint."""
    data = _write(tmp_path / "changed.csv", "text,label", labels="maybe,yes")
    with pytest.raises(DataError, match=r"has changed.*'maybe', 'yes'.*'no', 'yes'"):
        chosen_on(data, open_source(data), _TASK, tmp_path / "predictions.parquet", lambda text: None)


def test_a_split_that_is_not_there_names_the_setting() -> None:
    """The hint says which setting takes one of the splits that are there."""
    with pytest.raises(DataError) as caught:
        find_split("train", "data.train_split", "reviews", ("part_1", "part_2"))
    assert caught.value.problem.hint.endswith("Set data.train_split to one of them.")
