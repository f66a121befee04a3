"""Which rows a run draws: as `datasets` draws them, disjoint, stratified where asked, the same for every seed."""

from collections import Counter
from pathlib import Path

import pytest
from datasets import Dataset
from tiny_bert import texts, write_csv

from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.data.corpus import load_corpus
from bertft_tui.core.training.data.dataset import Datasets, draw


def _draw(data: DataSection) -> Datasets:
    return draw(load_corpus(data), data)


def test_shuffle_and_select(csv_folder: Path) -> None:
    """A subset is `shuffle(seed=subset_seed).select(range(n))` of the split, in its order."""
    drawn = _draw(DataSection(dataset=str(csv_folder), eval_split="test", train_size=10, eval_size=7, subset_seed=5))
    for rows, seed, size, total in ((drawn.train, 1, 10, 44), (drawn.evaluation, 2, 7, 20)):
        plain = Dataset.from_dict({"text": [text for text, _ in texts(total, seed=seed)]})
        assert list(rows["text"]) == list(plain.shuffle(seed=5).select(range(size))["text"])


def test_all_keeps_the_order(csv_folder: Path) -> None:
    """`all` is the whole split in the order of its file."""
    drawn = _draw(DataSection(dataset=str(csv_folder), eval_split="test"))
    assert list(drawn.train["text"]) == [text for text, _ in texts(44, seed=1)]
    assert list(drawn.evaluation["text"]) == [text for text, _ in texts(20, seed=2)]


@pytest.mark.parametrize("stratify", [False, True])
def test_carved_rows(tmp_path: Path, stratify: bool) -> None:
    """Carved evaluation rows are never training rows, and subset_seed alone decides which they are."""
    path = write_csv(tmp_path / "data.csv", texts(90))
    data = DataSection(dataset=str(path), train_size=30, eval_size=15, stratify=stratify)
    drawn, again = _draw(data), _draw(data)
    train, evaluation = set(drawn.train["text"]), set(drawn.evaluation["text"])
    assert (len(train), len(evaluation), len(train & evaluation)) == (30, 15, 0)
    assert list(drawn.evaluation["row"]) == sorted(drawn.evaluation["row"])
    assert (list(again.train["text"]), list(again.evaluation["text"])) == (
        list(drawn.train["text"]),
        list(drawn.evaluation["text"]),
    )
    if stratify:
        assert set(Counter(drawn.train["label"]).values()) == {10}
    assert set(Counter(drawn.evaluation["label"]).values()) == {5}
    other = _draw(data.model_copy(update={"subset_seed": 1}))
    assert set(other.evaluation["text"]) != evaluation


def test_a_class_too_small_to_share(tmp_path: Path) -> None:
    """With a class of one row the evaluation rows are carved at random, and that is no error."""
    path = write_csv(tmp_path / "data.csv", [*texts(44), ("a rare text", "rare")])
    drawn = _draw(DataSection(dataset=str(path), eval_size=9))
    assert (len(drawn.train), len(drawn.evaluation)) == (36, 9)


def test_fraction(tmp_path: Path) -> None:
    """Without a number, eval_fraction of the rows is carved out and the rest is trained on, in order."""
    path = write_csv(tmp_path / "data.csv", texts(45))
    drawn = _draw(DataSection(dataset=str(path), eval_fraction=0.1))
    assert (len(drawn.train), len(drawn.evaluation)) == (40, 5)
    assert sorted([*drawn.train["row"], *drawn.evaluation["row"]]) == list(range(45))
    assert list(drawn.train["row"]) == sorted(drawn.train["row"])


def test_stratified_rest(tmp_path: Path) -> None:
    """A stratified subset that leaves too little beside it is refused with a sentence, not a traceback."""
    path = write_csv(tmp_path / "data.csv", texts(30))
    data = DataSection(dataset=str(path), eval_size=6, train_size=23, stratify=True)
    with pytest.raises(DataError, match="Too few rows of each class to stratify"):
        _draw(data)
    assert len(_draw(data.model_copy(update={"train_size": 24})).train) == 24


def test_classes_that_were_not_drawn(tmp_path: Path) -> None:
    """A subset of one class is refused; one that lacks a class is noted."""
    path = write_csv(tmp_path / "data.csv", texts(30))
    with pytest.raises(DataError, match="Only one class was drawn"):
        _draw(DataSection(dataset=str(path), train_size=1))
    drawn = _draw(DataSection(dataset=str(path), train_size=2, subset_seed=3))
    assert drawn.notes[0].title == "Some classes are not among the training rows"
