"""`examples`: texts that runs get right or wrong, read again from their source; what is said where they are gone."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from acted_runs import DEMO
from command_lab import Answer
from compared_runs import score_test_split
from made_predictions import digest, numbers, of_classes, of_labels
from told_runs import LABELS, told

from bertft_tui.core.config import RunConfig
from bertft_tui.core.store.database import Database

Cli = Callable[..., Answer]

pytestmark = pytest.mark.usefixtures("living")

TEXTS = ["shares fall", "a \x1b[2J screen", "goal in the last minute", "shares of the team", "rain", "shares rise"]
HASHES = [digest(text) for text in TEXTS]
TRUTH = [0, 1, 2, 2, 1, 0]


def written(folder: Path, texts: list[str]) -> RunConfig:
    """A config whose evaluation rows are carved out of a file with these texts."""
    file = folder / "texts.jsonl"
    rows = [json.dumps({"text": text, "label": "no" if number % 2 else "yes"}) for number, text in enumerate(texts)]
    file.write_text("\n".join(rows) + "\n")
    return DEMO.with_settings({"data.dataset": str(file)})


def shares(*rows: tuple[int, float]) -> list[list[float]]:
    """Probabilities of three classes: so much for one of them, the rest for both others."""
    return [[sure if place == number else (1 - sure) / 2 for place in range(3)] for number, sure in rows]


def test_the_surest_mistakes_with_their_texts(cli: Cli, store: Database, tmp_path: Path) -> None:
    """Label, prediction, probability, place and text of each, no escape among them; the document holds all of it."""
    said = shares((0, 0.9), (2, 0.5), (0, 0.8), (2, 0.9), (1, 0.9), (1, 0.6))
    run = told(store, "one", of_classes(TRUTH, shares=said, hashes=HASHES), config=written(tmp_path, TEXTS[::-1]))
    answer = cli("examples", "one")
    assert (answer.code, answer.err) == (0, "")
    assert "3 of 6 texts wrong." in answer.out
    assert "\x1b" not in answer.out
    lines = [line for line in answer.out.splitlines() if "texts.jsonl" in line]
    assert re.search(r"sport +business +0\.800 +row 4 of texts\.jsonl +goal in the last minute", lines[0])
    assert [re.split("  +", line.strip())[2] for line in lines] == ["0.800", "0.600", "0.500"]
    found = json.loads(cli("examples", "one", "--json", "--which", "all").out, parse_constant=pytest.fail)
    assert found["runs"] == [{"id": run.id, "name": "one", "step": 76}]
    assert (found["counts"], found["matching"], found["problem"]) == ({"wrong": 3, "all": 6}, 6, None)
    assert [each["text"] for each in found["examples"]] == TEXTS
    third = found["examples"][2]
    assert (third["position"], third["label"], third["pair"]) == (2, "sport", None)
    assert int(third["text_hash"], 16) == HASHES[2]
    (of_run,) = third["answers"]
    assert (of_run["run"], of_run["predicted"], of_run["right"]) == (run.id, "business", False)
    assert of_run["probability"] == pytest.approx(0.8)
    assert list(of_run["probabilities"]) == list(LABELS)
    few = cli("examples", "one", "--limit", "1")
    assert "2 more; --limit N shows more" in few.err
    assert "goal" in few.out
    assert "rise" not in few.out
    searched = json.loads(cli("examples", "one", "--which", "all", "--search", "SHARES", "--json").out)
    assert [each["text"] for each in searched["examples"]] == [TEXTS[0], TEXTS[3], TEXTS[5]]
    labelled = json.loads(cli("examples", "one", "--label", "sport", "--json").out)
    assert [each["position"] for each in labelled["examples"]] == [2, 1]
    assert (labelled["matching"], labelled["counts"]["wrong"]) == (2, 3)
    assert "None of them is like that." in cli("examples", "one", "--search", "nowhere").out


def test_examples_of_the_test_split(cli: Cli, store: Database, tmp_path: Path) -> None:
    """Those that two runs differ on there, with their texts; a run that was not scored says so."""
    rows = "\n".join(json.dumps({"text": text, "label": "yes"}) for text in TEXTS)
    (tmp_path / "data").mkdir()
    for name, content in (("train", '{"text": "else", "label": "no"}\n'), ("test", rows)):
        (tmp_path / "data" / f"{name}.jsonl").write_text(content)
    config = DEMO.with_settings({"data.dataset": str(tmp_path / "data"), "data.test_split": "test"})
    runs = [told(store, name, of_classes([0, 1], [0, 1], classes=3), config=config) for name in ("first", "second")]
    assert "no predictions of its test split" in cli("examples", "first", "--test").err
    for run, given in zip(runs, ([0, 1, 2, 0, 0, 1], TRUTH), strict=True):
        score_test_split(store, run.id, of_classes(TRUTH, given, classes=3, hashes=HASHES))
    found = json.loads(cli("examples", "first", "second", "--test", "--which", "only-b", "--json").out)
    assert (found["is_test"], found["counts"]["only-b"], found["problem"]) == (True, 3, None)
    assert [each["text"] for each in found["examples"]] == [TEXTS[3], TEXTS[4], TEXTS[5]]


def test_two_runs(cli: Cli, store: Database, tmp_path: Path) -> None:
    """Who is right where, though the other has its texts and labels in another order."""
    config = written(tmp_path, TEXTS)
    told(store, "first", of_classes(TRUTH, [0, 1, 2, 0, 0, 1], classes=3, hashes=HASHES), config=config)
    order, names = [5, 4, 3, 2, 1, 0], ["sport", LABELS[0], LABELS[1]]
    there = [1, 2, 0]
    other = told(
        store,
        "second",
        of_classes(
            [there[TRUTH[place]] for place in order],
            [there[[0, 1, 0, 2, 1, 2][place]] for place in order],
            classes=3,
            hashes=[HASHES[place] for place in order],
        ),
        names,
        config,
    )
    answer = cli("examples", "first", "second", "--which", "only-b")
    assert f"B  {other.id}  second: step 76" in answer.out
    assert "6 texts: both right 2, only A right 1, only B right 2, neither right 1." in answer.out
    assert re.search(r"sport +business +0\.900 +sport +0\.900 +row 4 of texts\.jsonl +shares of the team", answer.out)
    parts = {
        which: [each["position"] for each in json.loads(answer.out)["examples"]]
        for which in ("wrong", "only-a", "only-b", "neither", "both", "all")
        if (answer := cli("examples", "first", "second", "--which", which, "--json"))
    }
    assert {which: sorted(places) for which, places in parts.items()} == {
        "wrong": [2, 3, 4, 5],
        "only-a": [2],
        "only-b": [3, 4],
        "neither": [5],
        "both": [0, 1],
        "all": [0, 1, 2, 3, 4, 5],
    }
    told(store, "elsewhere", of_classes(TRUTH, TRUTH, classes=3, hashes=range(6)), config=config)
    answer = cli("examples", "first", "elsewhere")
    assert (answer.code, answer.out) == (2, "")
    assert "not comparable" in answer.err
    assert "6 of 6 texts differ" in answer.err


def test_texts_that_are_gone(cli: Cli, store: Database, tmp_path: Path) -> None:
    """Some are gone, then all: the rest is shown, and why it is without them; what is searched for must be there."""
    said = of_classes(TRUTH, [1, 2, 0, 0, 0, 1], classes=3, hashes=HASHES)
    told(store, "run", said, config=written(tmp_path, TEXTS[:4]))
    answer = cli("examples", "run")
    assert answer.code == 0
    assert "Note: Some texts are gone" in answer.err
    assert "2 of 6 texts are no longer in" in answer.err
    assert f"(hash {HASHES[4]:016x})" in answer.out
    (tmp_path / "texts.jsonl").unlink()
    answer = cli("examples", "run", "--json")
    found = json.loads(answer.out)
    assert (answer.code, answer.err) == (0, "")
    assert found["problem"]["title"] == "The texts cannot be read again"
    assert [each["text"] for each in found["examples"]] == [None] * 6
    refused = cli("examples", "run", "--search", "rain")
    assert (refused.code, refused.out) == (2, "")
    assert "texts.jsonl" in refused.err


def test_several_labels_and_pairs(cli: Cli, store: Database, tmp_path: Path) -> None:
    """Labels are named one beside the other, both texts of a pair stand there, and no label is a dash."""
    file = tmp_path / "pairs.csv"
    file.write_text("one,two,label\n" + "".join(f"a{number},b{number},{number % 2}\n" for number in range(6)))
    config = DEMO.with_settings(
        {"data.dataset": str(file), "data.text_column": "one", "data.text_pair_column": "two"}
    )
    hashes = [digest(f"a{number}\x1fb{number}") for number in range(3)]
    labels = np.array([[1, 1], [0, 1], [0, 0]])
    said = of_labels(labels, shares=[[0.9, 0.3], [0.1, 0.9], [0.8, 0.1]], hashes=hashes)
    told(store, "several", said, ["x", "y"], config)
    out = cli("examples", "several").out
    assert re.search(r"– +x +0\.800 +row 3 of pairs\.csv +a2 \| b2", out)
    assert re.search(r"x, y +x +0\.700 +row 1 of pairs\.csv +a0 \| b0", out)
    found = json.loads(cli("examples", "several", "--json", "--limit", "1").out)["examples"]
    assert [(each["text"], each["pair"], each["label"]) for each in found] == [("a2", "b2", [])]


def test_what_is_refused(cli: Cli, store: Database) -> None:
    """Two runs where they are needed, labels that are there, classes; each error says what to do."""
    told(store, "run", of_classes(TRUTH, TRUTH, classes=3))
    told(store, "stars", numbers([1.0], [2.0]), ["stars"])
    for words, said in [
        (["run", "--which", "only-a"], ["Two runs are needed", "of one run there are: wrong, all."]),
        (["run", "--which", "some"], ["--which is one of wrong, only-a"]),
        (["run", "--label", "sprot"], ["has no label 'sprot'", "Did you mean 'sport'?"]),
        (["run", "stars"], ["Numbers have no classes"]),
        (["stars"], ["Numbers have no classes"]),
        (["run", "nobody"], ["No such run"]),
    ]:
        answer = cli("examples", *words)
        assert (answer.code, answer.out) == (2, "")
        assert all(text in answer.err for text in said), answer.err
    assert "0 of 6 texts wrong." in cli("examples", "run").out
