"""What the check before a launch says of bad input: a title, a message and a hint for every kind."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from settings_of_files import written
from tiny_bert import write_csv

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.training.check import check


def _model(change: Callable[[Path], None]) -> Callable[[Path], dict[str, Any]]:
    """Make settings that name a changed copy of the tiny model."""

    def settings(folder: Path) -> dict[str, Any]:
        model = Path(shutil.copytree(folder / "tiny", folder / "changed"))
        change(model)
        return {"model.name_or_path": str(model)}

    return settings


def _set(**values: Any) -> Callable[[Path], dict[str, Any]]:
    return lambda _: {name.replace("__", "."): value for name, value in values.items()}


_HEAD = "text,label\n"
_FEW = _HEAD + "one,a\ntwo,a\nthree,b\nfour,a\nfive,a\n"

#: What is wrong → (how it is made, the title, a word of the message).
_BAD: dict[str, tuple[Callable[[Path], dict[str, Any]], str, str]] = {
    "missing file": (_set(data__dataset="/nowhere/data.csv"), "The data is not there", "/nowhere/data.csv"),
    "empty file": (written("x.csv", ""), "The file is empty", "x.csv"),
    "header only": (written("x.csv", _HEAD), "The file has no rows", "x.csv"),
    "binary file": (written("x.csv", b"\x89PNG\0\0\0"), "This kind of file is not read", "is a picture"),
    "wrong encoding": (
        lambda folder: written("x.csv", b"text,label\n\xff\xfe,a\n")(folder) | {"data.encoding": "ascii"},
        "The file is in another encoding",
        "byte 11",
    ),
    "unknown encoding": (
        lambda folder: written("x.csv", _FEW)(folder) | {"data.encoding": "utf-9"},
        "Unknown encoding",
        "utf-9",
    ),
    "unbalanced quote": (written("x.csv", _HEAD + '"one,a\ntwo,b\n'), "This is not a well-formed csv file", "x.csv"),
    "unquoted commas": (written("x.csv", _HEAD + "a,b,c,d\n"), "The rows have more cells than the header", "2 col"),
    "no label column": (written("x.csv", "text,weight\na b c,1\n"), "There is no label column", "'weight'"),
    "no text column": (written("x.csv", "id,label\n1,a\n2,b\n"), "There is no text column", "'id'"),
    "named column missing": (_set(data__label_column="lable"), "There is no column 'lable'", "'label'"),
    "two texts": (
        written("x.csv", "title,abstract,label\naaaa,bbbb,x\ncccc,dddd,y\n"),
        "Which column is the text?",
        "'title' and 'abstract'",
    ),
    "two labels": (
        written("x.csv", "text,label,class\na b,1,2\n"),
        "Which column is the label?",
        "'label' and 'class'",
    ),
    "one class": (written("x.csv", _HEAD + "one,a\ntwo,a\n"), "There is only one class", "'a'"),
    "not labels": (
        written("x.csv", _HEAD + "".join(f"text {n},label {n}\n" for n in range(300))),
        "This column hardly holds labels",
        "300",
    ),
    "a label of its own in every row": (
        written("x.csv", _HEAD + "".join(f"text {n},label {n}\n" for n in range(21))),
        "This column hardly holds labels",
        "21 different ones in 21 rows",
    ),
    "decimal commas": (
        written("x.csv", "text;score\n" + "".join(f"text {n};{n % 30},5\n" for n in range(300))),
        "These labels are numbers that cannot be read",
        "'0,5', '1,5' and the like, 30 different ones",
    ),
    "per cent": (
        written("x.csv", "text,score\n" + "".join(f"text {n},{n} %\n" for n in range(30))),
        "These labels are numbers that cannot be read",
        "'0 %'",
    ),
    "numbers that are not there": (
        written("x.csv", _HEAD + "".join(f"text {n},{n / 7 if n % 3 else 'nan'}\n" for n in range(60))),
        "A label is no number that can be learnt",
        "row 1 of x.csv: column 'label' is 'nan', and 19 more are like it",
    ),
    "subset too large": (_set(data__train_size=45), "The subset is larger than the data", "45"),
    "evaluation too large": (_set(data__eval_size=21), "The subset is larger than the data", "21"),
    "nothing left": (
        _set(data__eval_split=None, data__eval_size=44),
        "Nothing would be left to train on",
        "44",
    ),
    "too few to stratify": (
        lambda folder: written("x.csv", _FEW)(folder) | {"data.stratify": True},
        "Too few rows of each class to stratify",
        "'b'",
    ),
    "unknown split": (_set(data__eval_split="dev"), "There is no such split", "'train'"),
    "no data in the folder": (
        lambda folder: {"data.dataset": str(_notes(folder))},
        "There is nothing to train on in this folder",
        "notes",
    ),
    "unseen label": (
        lambda folder: {"data.dataset": str(_splits(folder))},
        "Evaluation has labels that training never sees",
        "'z'",
    ),
    "two halves of a pair": (
        written("x.csv", "premise,hypothesis,label\na man eats,he sleeps,x\na dog runs,it barks,y\n"),
        "Which column is the text?",
        "'premise' and 'hypothesis'",
    ),
    "few values twice": (
        written("x.csv", "body,mood,place\n" + "".join(f"text {n},m{n % 2},p{n % 3}\n" for n in range(60))),
        "Which column is the label?",
        "'mood' and 'place'",
    ),
    "empty texts": (written("x.csv", _HEAD + " ,a\n,b\n"), "All texts are empty", "'text'"),
    "no labels": (written("x.csv", _HEAD + "one,\ntwo, \n"), "Split 'train' has no labels", "no split has any"),
    "labels on empty texts only": (written("x.csv", _HEAD + ",a\none,\n,b\n"), "There are no rows", "'train'"),
    "labels that differ in case": (
        written("x.csv", _HEAD + "one,Good\ntwo,good\nthree,bad\n"),
        "Some labels differ only in how they are written",
        "'Good' (1 row) and 'good' (1 row)",
    ),
    "ten thousand labels": (
        written("x.csv", _HEAD + "".join(f"text {n},label {n // 3}\n" for n in range(30_000))),
        "This column hardly holds labels",
        "10,000",
    ),
    "text and label the same": (
        _set(data__text_column="text", data__label_column="text"),
        "One column cannot be two things",
        "'text' would be text and label",
    ),
    "one column asked for twice": (
        _set(data__text_column="text", data__text_pair_column="text"),
        "One column cannot be two things",
        "'text'",
    ),
    "pair column missing": (_set(data__text_pair_column="more"), "There is no column 'more'", "text_pair_column"),
    "number asked of words": (
        _set(data__problem_type="regression"),
        "A label is no number that can be learnt",
        "row 1 of train.csv",
    ),
    "several asked of words": (
        _set(data__problem_type="multi_label_classification"),
        "These are not several labels",
        "'label'",
    ),
    "a word among numbers": (
        written("x.csv", _HEAD + "".join(f"text {n},{n / 7:.2f}\n" for n in range(40)) + "last,?\n"),
        "A label is no number that can be learnt",
        "row 41 of x.csv: column 'label' is '?'",
    ),
    "infinite label": (
        written("x.csv", _HEAD + "".join(f"text {n},{n / 7:.2f}\n" for n in range(40)) + "last,inf\n"),
        "A label is no number that can be learnt",
        "'inf'",
    ),
    "one value": (
        lambda folder: written("x.csv", _HEAD + "one,2.5\ntwo,2.5\n")(folder) | {"data.problem_type": "regression"},
        "There is only one value",
        "2.5",
    ),
    "one value drawn": (
        lambda folder: (
            written("x.csv", _HEAD + "".join(f"text {n},{n / 7:.2f}\n" for n in range(40)))(folder)
            | {"data.train_size": 1}
        ),
        "Only one value was drawn",
        "All 1 training rows",
    ),
    "one class drawn": (_set(data__train_size=1), "Only one class was drawn", "All 1 training rows"),
    "flag that is none": (
        lambda folder: written("x.csv", "text,a,b\none,0,1\ntwo,1,2\n")(folder) | {"data.label_column": "a,b"},
        "A label is neither 0 nor 1",
        "row 2 of x.csv: column 'b' is '2'",
    ),
    "no label anywhere": (
        lambda folder: written("x.csv", "text,a,b\none,0,0\ntwo,0,0\n")(folder) | {"data.label_column": "a,b"},
        "No row has any label",
        "2 training rows",
    ),
    "one class asked of flags": (
        lambda folder: (
            written("x.csv", "text,a,b\none,0,1\ntwo,1,0\n")(folder)
            | {"data.label_column": "a,b", "data.problem_type": "single_label_classification"}
        ),
        "The labels are of another kind",
        "2 label columns",
    ),
    "lists asked for one class": (
        lambda folder: (
            written("x.jsonl", '{"text": "one", "label": ["a"]}\n{"text": "two", "label": ["b"]}\n')(folder)
            | {"data.problem_type": "single_label_classification"}
        ),
        "The labels are of another kind",
        "lists",
    ),
    "empty lists": (
        written("x.jsonl", '{"text": "one", "label": []}\n{"text": "two", "label": []}\n'),
        "No row has any label",
        "'label'",
    ),
    "labels with insides": (
        written("x.jsonl", '{"text": "one", "y": {"a": 1}}\n{"text": "two", "y": {"a": 2}}\n'),
        "There is no label column",
        "'y'",
    ),
    "texts that are numbers": (
        lambda folder: (
            written("x.jsonl", '{"text": 1, "label": "a"}\n{"text": 2, "label": "b"}\n')(folder)
            | {"data.text_column": "text"}
        ),
        "This column holds no texts",
        "int64",
    ),
    "stratified numbers": (
        lambda folder: (
            written("x.csv", _HEAD + "".join(f"text {n},{n / 7:.2f}\n" for n in range(40)))(folder)
            | {"data.stratify": True}
        ),
        "Only classes can be stratified",
        "regression",
    ),
    "one split twice": (_set(data__eval_split="train"), "One split cannot be two things", "'train'"),
    "test split twice": (_set(data__test_split="test"), "One split cannot be two things", "data.test_split"),
    "unknown test split": (_set(data__test_split="tset"), "There is no such split", "data.test_split"),
    "other columns in a split": (
        lambda folder: {"data.dataset": str(_splits(folder, "review,label\nfive,a\n"))},
        "There is no column 'text'",
        "'review'",
    ),
    "longer than the model may read": (
        _set(data__max_length=8, data__truncation=False),
        "A text is longer than the model may read",
        "row 2 of train.csv has 10 tokens",
    ),
    "model folder missing": (
        _set(model__name_or_path="./no/such/model"),
        "There is no such model folder",
        "not there",
    ),
    "no config.json": (
        _model(lambda model: (model / "config.json").unlink()),
        "The model folder has no usable config.json",
        "changed",
    ),
    "no weights": (
        _model(lambda model: (model / "model.safetensors").unlink()),
        "The model folder has no weights",
        "model.safetensors",
    ),
    "pickled weights": (
        _model(lambda model: (model / "model.safetensors").rename(model / "pytorch_model.bin") and None),
        "The weights are pickled",
        "pickle",
    ),
    "no tokenizer": (
        _model(
            lambda model: (
                [
                    path.unlink()
                    for path in model.glob("*")
                    if "onfig.j" not in path.name and path.suffix != ".safetensors"
                ]
                and None
            )
        ),
        "The model folder has no tokenizer",
        "tokenizer.json",
    ),
    "too long": (_set(data__max_length=65), "The model takes shorter texts", "64 positions"),
}


def _notes(folder: Path) -> Path:
    target = folder / "notes"
    target.mkdir()
    (target / "readme.md").write_text("about nothing")
    return target


def _splits(folder: Path, test: str = "text,label\nthree,a\nfour,z\n") -> Path:
    target = folder / "splits"
    target.mkdir()
    write_csv(target / "train.csv", [("one", "a"), ("two", "b")])
    (target / "test.csv").write_text(test)
    return target


@pytest.mark.parametrize("name", _BAD)
def test_bad_input(tmp_path: Path, tiny_model: Path, config: RunConfig, name: str) -> None:
    """Each kind of bad input has its title, and a message that names what is wrong."""
    make, title, word = _BAD[name]
    shutil.copytree(tiny_model, tmp_path / "tiny")
    with pytest.raises(BertftError) as caught:
        check(config.with_settings(make(tmp_path)))
    assert caught.value.problem.title == title
    assert word in caught.value.problem.message
    assert caught.value.problem.hint
