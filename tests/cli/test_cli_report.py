"""`report`: confusion, classes and calibration of a run's predictions, and what is said where there are none."""

import json
import re
from collections.abc import Callable

import numpy as np
import pytest
from acted_runs import DEMO, ActedRun
from command_lab import Answer
from compared_runs import score_test_split
from made_predictions import numbers, of_classes, of_labels
from told_runs import told

from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli.warming import temperature_of

Cli = Callable[..., Answer]

pytestmark = pytest.mark.usefixtures("living")


def test_one_class_for_each_text(cli: Cli, store: Database) -> None:
    """The document has counts, shares, figures and calibration; what is printed has the same, and no escapes."""
    truth, given = [0] * 40 + [1] * 20 + [2] * 10, [0] * 38 + [1] * 2 + [1] * 20 + [0] * 5 + [2] * 5
    run = told(store, "one", of_classes(truth, given, classes=3, sure=0.99))
    found = json.loads(cli("report", "one", "--json").out, parse_constant=pytest.fail)
    assert (found["run"], found["step"], found["n"], found["right"]) == (run.id, 76, 70, 63)
    assert found["chose_checkpoint"] is True
    assert found["confusion"]["counts"] == [[38, 2, 0], [0, 20, 0], [5, 0, 5]]
    assert found["confusion"]["by_row"][2] == [0.5, 0, 0.5]
    sport = found["classes"][2]
    assert (sport["label"], sport["support"], sport["predicted"], sport["correct"]) == ("sport", 10, 5, 5)
    assert (sport["precision"], sport["recall"], sport["f1"]) == (1.0, 0.5, pytest.approx(2 / 3))
    sure = found["calibration"]
    assert sure["ece"] == pytest.approx(0.99 - 0.9)
    assert [each["count"] for each in sure["bins"]] == [0] * 9 + [70]
    assert sure["bins"][0]["observed"] is None
    assert (found["low"], found["high"]) == (sure["bins"][9]["observed_low"], sure["bins"][9]["observed_high"])
    assert sure["temperature"]["value"] > 1
    assert sure["temperature"]["after"]["nll"] < sure["nll"]
    answer = cli("report", "one")
    assert (answer.code, answer.err) == (0, "")
    assert "\x1b" not in answer.out
    assert "63 of 70 texts right (0.900, 95 % 0.808 to 0.951)." in answer.out
    assert "These rows chose the checkpoint (selected on this set)" in answer.out
    assert re.search(r"1 business +38 +95 % +2 +5 % +–", answer.out)
    assert re.search(r"sport +1\.000 +0\.500 +0\.667 +10 +5", answer.out)
    assert "ECE 0.090 (0 is best, 10 bins)" in answer.out
    assert re.search(r"temperature of \d\.\d+ makes it less sure: ECE 0\.090 → 0\.\d{3}", answer.out)
    assert "(5 folds of 70 texts)." in answer.out


def test_several_labels_for_each_text(cli: Cli, store: Database) -> None:
    """There is no confusion, and every label is a decision; of few texts no temperature is told."""
    told(store, "several", of_labels([[1, 0], [1, 1], [0, 1]], [[1, 0], [0, 1], [0, 1]]), ["a", "b"])
    found = json.loads(cli("report", "several", "--json").out)
    assert (found["confusion"], found["n"], found["right"]) == (None, 3, 2)
    assert (found["calibration"]["decisions"], found["calibration"]["temperature"]) == (6, None)
    assert {each["observed_low"] for each in found["calibration"]["bins"]} == {None}
    shown = cli("report", "several").out
    assert "What is taken for what" not in shown
    assert "6 decisions on 3 texts." in shown
    assert "No temperature is fitted on fewer than 50 texts." in shown


def test_of_many_classes_the_most_frequent_confusions_are_listed(cli: Cli, store: Database) -> None:
    """A matrix of thirty classes would fill the screen; all of it is in the document."""
    truth = list(range(30)) * 3
    given = [29 if row == 7 else row for row in truth]
    told(store, "many", of_classes(truth, given, classes=30), [f"class {number}" for number in range(30)])
    shown = cli("report", "many").out
    assert re.search(r"true +predicted +texts +of the class\nclass 7 +class 29 +3 +100 %", shown)
    assert len(json.loads(cli("report", "many", "--json").out)["confusion"]["counts"]) == 30


def test_a_temperature_that_is_no_gain_is_said_to_be_none(cli: Cli, store: Database) -> None:
    """Where one mistake decides, texts that the temperature was not fitted on show it."""
    truth = [0] * 60
    shares = np.tile([0.9, 0.05, 0.05], (60, 1))
    shares[0] = [0.1, 0.8, 0.1]
    told(store, "one mistake", of_classes(truth, classes=3, shares=shares))
    assert "it is no gain on texts that it was not fitted on." in cli("report", "one mistake").out


def test_a_temperature_is_fitted_or_named(cli: Cli, store: Database) -> None:
    """The fitted one is that of the report; where there is none, or it would be no gain, predict does not begin."""
    truth = [0] * 100
    shares = np.tile([0.55, 0.25, 0.2], (100, 1))
    sure = queries.get_run(store, told(store, "too timid", of_classes(truth, classes=3, shares=shares)).id)
    calibration = json.loads(cli("report", "too timid", "--json").out)["calibration"]
    assert temperature_of(store, sure, "fitted") == pytest.approx(calibration["temperature"]["value"], rel=1e-6)
    assert "`bertft-tui predict --temperature fitted` does it." in cli("report", "too timid").out
    assert (temperature_of(store, sure, None), temperature_of(store, sure, "2.5")) == (1.0, 2.5)
    shares[0] = [0.1, 0.8, 0.1]
    shares[1:] = [0.9, 0.05, 0.05]
    told(store, "one mistake", of_classes(truth[:60], classes=3, shares=shares[:60]))
    told(store, "few", of_classes([0, 1, 2], [0, 1, 1], classes=3))
    for name, wanted, words in (
        ("one mistake", "fitted", "No temperature helps"),
        ("few", "fitted", "fewer than 50 texts"),
        ("too timid", "warm", "neither 'fitted' nor a number from 0.05 to 20"),
        ("too timid", "nan", "This is no temperature"),
        ("too timid", "0", "This is no temperature"),
    ):
        answer = cli("predict", name, "a text", "--temperature", wanted)
        assert (answer.code, words in answer.err) == (2, True), answer.err


def test_the_test_split_has_a_report_of_its_own(cli: Cli, store: Database) -> None:
    """Of what `evaluate` scored last, and nothing flatters there; before that, what to do is said."""
    told(store, "one", of_classes([0, 1, 2], [0, 1, 1], classes=3))
    assert "This run has no test split" in cli("report", "one", "--test").err
    apart = told(
        store, "two", of_classes([0, 1], [0, 1], classes=3), config=DEMO.with_settings({"data.test_split": "test"})
    )
    answer = cli("report", "two", "--test")
    assert (answer.code, f"`bertft-tui evaluate {apart.id}`" in answer.err) == (2, True)
    score_test_split(store, apart.id, of_classes([0, 1, 2, 2], [0, 1, 2, 2], classes=3))
    found = json.loads(cli("report", "two", "--test", "--json").out)
    assert (found["is_test"], found["chose_checkpoint"], found["n"], found["right"]) == (True, False, 4, 4)
    assert json.loads(cli("report", "two", "--json").out)["is_test"] is False
    shown = cli("report", "two", "--test").out
    assert "4 of 4 texts right" in shown
    assert "chose the checkpoint" not in shown


def test_what_has_no_report(cli: Cli, store: Database) -> None:
    """Runs without predictions say how they are made; numbers have no classes."""
    told(store, "stars", numbers([1.0, 2.0], [1.5, 2.0]), ["stars"])
    ActedRun(store, "waits")
    ActedRun(store, "trains").start()
    ActedRun(store, "bare").start().train().finish()
    for name, words in [
        ("stars", ["Numbers have no classes", "`bertft-tui metrics RUN`"]),
        ("waits", ["This run has no predictions", "(waits) is queued", "Wait until it has finished."]),
        ("trains", ["(trains) is running", "Wait until it has finished."]),
        ("bare", ["(bare) is finished, and there was no best checkpoint", "run --from"]),
        ("nobody", ["No such run"]),
    ]:
        answer = cli("report", name)
        assert (answer.code, answer.out) == (2, "")
        assert all(text in answer.err for text in words), answer.err
