"""The benchmark of training still runs: its texts, and its tables from figures as they are kept."""

import csv
import json
from pathlib import Path

import pytest

from benchmarks import orders, recipe_parts, tokens_kept, training
from benchmarks.corpora import KINDS, write_corpus
from bertft_tui.core.config import RunConfig


def test_texts_of_three_lengths(tmp_path: Path) -> None:
    """Sentences, articles, long texts: as many as asked for, of all classes alike, the same again, none in both."""
    words = {}
    for kind in KINDS:
        for copy in ("one", "two"):
            write_corpus(tmp_path / copy / kind.name, kind.name, 12, 11)
        parts = {}
        for part, size in (("train", 12), ("test", 11)):
            files = [tmp_path / copy / kind.name / f"{part}.csv" for copy in ("one", "two")]
            assert files[0].read_bytes() == files[1].read_bytes()
            with files[0].open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            assert len(rows) == size
            counts = [sum(row["label"] == label for row in rows) for label in {row["label"] for row in rows}]
            assert len(counts) == 5
            assert max(counts) - min(counts) <= 1
            parts[part] = {row["text"] for row in rows}
        assert not parts["train"] & parts["test"]
        words[kind.name] = sorted(len(text.split()) for text in parts["train"])
    assert words["sentences"][-1] <= 40
    assert words["news"][0] > 60
    assert words["long"][0] > 500


def test_the_tables() -> None:
    """Every kind of text has its line, with the ratio of each seed and accuracies of all together."""
    measured = {"script": [[60.0, 0.5], [66.0, 0.7]], "run": [[2.0, 0.6], [2.0, 0.8]]}
    found = {
        "amount": {"train": 20, "evaluation": 10, "seeds": 2, "epochs": 2},
        "kinds": {kind.name: measured for kind in KINDS},
        "precision": "bf16",
        "recipe": {"data.padding": "packed", "model.last_layer": "first_token"},
    }
    text = training.markdown(json.loads(json.dumps(found)))
    assert text.count("| 63.0 s | 2.0 s | 31.5 (30.0 to 33.0) |") == 3
    assert text.count("0.600 (0.387 to 0.781)") == 3
    assert "runs in bf16" in text.partition("\n")[0]
    assert "`data.padding` packed, `model.last_layer` first_token." in text
    rows = (*recipe_parts.WITHOUT, recipe_parts.MEMORY, recipe_parts.SAME)
    pairs = {name: [(2.0, 3.0), (2.0, 4.0)] for name in rows}
    parts = {"texts": 8, "turns": 2, "precision": "fp32", "recipe": {}, "kinds": {kind.name: pairs for kind in KINDS}}
    parts["tokens"] = {"texts": 2000, "tokens": 900_000, "made": [2.0, 3.0], "read": [0.01, 0.02]}
    assert recipe_parts.markdown(parts).count("1.75 (1.50 to 2.00)") == 3 * len(pairs)
    assert "What bf16 gains could not be measured" in recipe_parts.markdown(parts)
    assert "in 2,500 ms, and the next run reads them in 15 ms: 175 times" in recipe_parts.markdown(parts)


def test_tokens_are_read_again(tmp_path: Path) -> None:
    """All articles of both parts are tokenized in each turn, kept, and read again."""
    found = tokens_kept.measure(tmp_path, texts=60, turns=2)
    assert found["texts"] == 120
    assert found["tokens"] > 120 * 100
    assert len(found["made"]) == len(found["read"]) == 2
    assert len(list((tmp_path / "runtime" / "tokens").iterdir())) == 1


def test_what_is_switched_off_can_be() -> None:
    """Each part is a setting whose usual value is another."""
    for settings in recipe_parts.WITHOUT.values():
        assert len(RunConfig().diff(RunConfig().with_settings(settings))) == 1


def test_orders_are_held_against_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings of two steps in both orders, of short texts; each length has its line."""
    monkeypatch.setattr(orders, "_EVALUATION", 10)
    found = orders.measure(tmp_path, [orders.Length(16, 1)], seeds=1)
    (length,) = found["lengths"]
    assert [sorted(seeds) for seeds in length["accuracies"].values()] == [[1], [1]]
    with (tmp_path / "16-1" / "train.csv").open(encoding="utf-8", newline="") as file:
        assert all(40 <= len(each["text"]) < 2500 for each in csv.DictReader(file))
    length["accuracies"] = {"random": {1: 0.9, 2: 0.94}, "group_by_length": {1: 0.8, 2: 0.94}}
    last = orders.markdown(json.loads(json.dumps(found))).splitlines()[-1]
    assert last == "| 2 | 0.920 | 0.028 | 0.900 | 0.870 | 0.099 | 0.800 | -5.0 (-68.5 to +58.5) |"
