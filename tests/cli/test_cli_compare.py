"""`compare`: which runs and which metric, the document, and blocks of columns where the terminal is narrow."""

import csv
import io
import json
import re
from collections.abc import Callable

import numpy as np
import pytest
from acted_runs import DEMO, ActedRun
from command_lab import Answer
from compared_runs import brief, judged, record, saying, score_test_split, several

from bertft_tui.core.analysis.comparison import compare
from bertft_tui.core.store import commands, ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import EvaluationRecord
from bertft_tui.tui.cli.compare import _blocks
from bertft_tui.tui.comparison_grid import GAP, make_grid
from bertft_tui.tui.comparison_lines import lines_of

Cli = Callable[..., Answer]

pytestmark = pytest.mark.usefixtures("living")


def predicted(db: Database, run: ActedRun, hashes: range) -> None:
    """Let the run's best checkpoint have said something about these texts."""
    labels, shares = np.zeros(len(hashes), np.int32), np.full((len(hashes), 5), 0.2, np.float32)
    said = Predictions(76, labels, labels, shares, np.array(hashes, np.uint64))
    ledger.save_predictions(db, run.key, said)


def test_two_runs_in_every_format(cli: Cli, store: Database) -> None:
    """Settings that differ, best values and differences; the same numbers in each format, and nothing on stderr."""
    slow = DEMO.with_settings({"training.learning_rate": 3e-5})
    first = brief(store, "tutorial")
    second = brief(store, "slow | [bold]", slow, best=0.955)
    answers = {kind: cli("compare", "tutorial", second.id, *kind.split()) for kind in
               ("--json", "--csv", "--markdown", "--latex", "", "--all --metric f1")}  # fmt: skip
    assert {(answer.code, answer.err) for answer in answers.values()} == {(0, "")}
    document = json.loads(answers["--json"].out, parse_constant=pytest.fail)
    assert (document["metric"], document["direction"], document["margin"]) == ("eval_accuracy", "up", 0.01)
    runs, (pair,) = document["runs"], document["pairs"]
    assert [(run["id"], run["value"], run["n"]) for run in runs] == [(first.id, 0.94, 200), (second.id, 0.955, 200)]
    assert (pair["a"], pair["b"], pair["verdict"]) == (first.id, second.id, None)
    assert pair["why"] == ["the baseline has no predictions"]
    assert [round(runs[0][end], 4) for end in ("low", "high")] == [0.8981, 0.9653]
    assert pair["difference"] == pytest.approx(0.015)
    unknown = ("low", "high", "p_value", "p_adjusted", "test", "needed")
    assert [pair[key] for key in unknown] == [None] * len(unknown)
    differing = [each for each in document["settings"] if each["differs"]]
    assert differing == [
        {"field": "training.learning_rate", "differs": True, "values": {first.id: 2e-4, second.id: 3e-5}}
    ]
    assert document["metrics"]["eval_loss"]["values"][second.id]["best"] is True
    rows = list(csv.DictReader(io.StringIO(answers["--csv"].out)))
    assert [(row["id"], row["training.learning_rate"], row["eval_accuracy"]) for row in rows] == [
        (first.id, "2e-4", "0.94"),
        (second.id, "3e-5", "0.955"),
    ]
    assert "| learning_rate | 2e-4 | 3e-5 |" in answers["--markdown"].out
    assert r"learning\_rate & 2e-4 & 3e-5 \\" in answers["--latex"].out
    table = answers[""].out
    assert re.search(r"★ tutorial +slow \| \[bold\]", table)
    assert re.search(r"eval_accuracy ▲ +0\.940†  ±\.034 at 2 +0\.955†◆ ±\.030 at 2\n", table)
    assert re.search(r"vs ★ \(points\) +base +\+1\.5\n", table)
    assert "settings are the same (--all shows them). ★ the baseline. ◆ the best." in table
    every = answers["--all --metric f1"].out
    assert "weight_decay" in every
    assert every.index("eval_f1") < every.index("eval_accuracy")


def test_a_difference_is_tested_on_the_same_texts(cli: Cli, store: Database) -> None:
    """The verdict with its interval, its corrected p-value and the texts that would tell, in each format."""
    draw = np.random.default_rng(5)
    base = draw.random(200) < 0.8
    judged(store, "base", base)
    judged(store, "a bit", base ^ (np.arange(200) % 19 == 0))
    judged(store, "far", base | (draw.random(200) < 0.6))
    words = ("compare", "base", "a bit", "far")
    document = json.loads(cli(*words, "--json").out, parse_constant=pytest.fail)
    little, much = document["pairs"]
    assert (little["verdict"], much["verdict"]) == ("undecided", "better")
    assert little["needed"] > 200
    assert much["needed"] is None
    assert {pair["test"] for pair in document["pairs"]} == {"mid-p McNemar"}
    assert much["p_adjusted"] == pytest.approx(2 * much["p_value"])
    assert all(pair["low"] < pair["difference"] < pair["high"] and pair["why"] == [] for pair in document["pairs"])
    table = cli(*words).out
    assert re.search(r"  verdict +undecided +better\n", table)
    assert re.search(r"  mid-p McNemar, Holm of 2 +p [0-9.]+ +p <0\.001\n", table)
    assert "a tie: surely within ±1.0 points" in table
    assert re.search(r"\| texts needed \| – \| [0-9,]+ \| – \|", cli(*words, "--markdown").out)
    rows = list(csv.DictReader(io.StringIO(cli(*words, "--csv").out)))
    assert [row["verdict"] for row in rows] == ["", "undecided", "better"]
    assert [row["tested_by"] for row in rows] == ["eval_accuracy"] * 3
    wide = json.loads(cli(*words, "--margin", "0.3", "--json").out)
    assert [pair["verdict"] for pair in wide["pairs"]] == ["tie", "tie"]
    assert cli(*words, "--margin", "-1").code == 2
    by_loss = json.loads(cli(*words, "--metric", "loss", "--json").out)
    assert (by_loss["metric"], by_loss["direction"]) == ("eval_loss", "down")  # not the training's
    by_f1 = json.loads(cli(*words, "--metric", "f1", "--json").out)["pairs"][1]
    assert (by_f1["verdict"], by_f1["why"]) == (None, ["the baseline has predictions that come to another eval_f1"])


def test_the_baseline_and_what_cannot_be_compared(cli: Cli, store: Database) -> None:
    """Texts that differ are counted by the predictions; the test split has its own rows; the pinned run is base."""
    first, second = (brief(store, name) for name in ("first", "second"))
    predicted(store, first, range(1000))
    predicted(store, second, range(37, 1037))
    found = json.loads(cli("compare", "first", "second", "--json").out)
    assert found["pairs"][0]["verdict"] == "not comparable"
    assert found["pairs"][0]["why"] == ["37 of 1,000 texts differ"]
    commands.record_evaluation(store, second.id, EvaluationRecord(76, "d", "test", True, 555, {"accuracy": 0.5}, 9.0))
    by_filter = json.loads(cli("compare", "--where", "status:finished accuracy>0.9", "--json").out)
    assert [run["name"] for run in by_filter["runs"]] == ["second", "first"]
    tested = json.loads(cli("compare", "first", "second", "--metric", "test_accuracy", "--json").out)
    assert [(run["value"], run["n"]) for run in tested["runs"]] == [(None, None), (0.5, 555)]
    assert tested["pairs"][0]["difference"] is None
    commands.choose_baseline(store, second.id)
    assert json.loads(cli("compare", "first", "second", "--json").out)["baseline"] == second.id
    named = cli("compare", "second", "--baseline", "first")
    assert "37 of 1,000 texts differ" in named.out
    assert re.search(r"second +★ first", named.out)


def test_runs_are_held_against_each_other_on_the_test_split(cli: Cli, store: Database) -> None:
    """By what both predicted there: a verdict, intervals of all figures; without predictions, how to keep them."""
    good, poor = (np.arange(500) % 100 < share for share in (92, 80))
    first, second = judged(store, "first", poor), judged(store, "second", good)
    assert "`bertft-tui evaluate RUN`" in cli("compare", "first", "second", "--metric", "test_accuracy").err
    figures = [score_test_split(store, run.id, saying(right)) for run, right in ((first, poor), (second, good))]
    for metric in ("test_accuracy", "test_f1", "test_loss"):
        found = json.loads(cli("compare", "first", "second", "--metric", metric, "--json").out)
        values = [figure[metric.removeprefix("test_")] for figure in figures]
        assert [run["value"] for run in found["runs"]] == pytest.approx(values)
        assert [run["n"] for run in found["runs"]] == [500, 500]
        assert all(run["low"] < run["value"] < run["high"] for run in found["runs"])
        (pair,) = found["pairs"]
        assert (pair["verdict"], pair["why"]) == ("better", [])
    shown = json.loads(cli("show", "second", "--json").out)
    assert {"test_accuracy", "test_f1", "test_loss"} <= shown["intervals"].keys()
    assert re.search(r"test_f1 +0\.920 +±\.0", cli("show", "second").out)
    score_test_split(store, second.id, saying(good), kept=False)
    found = json.loads(cli("compare", "first", "second", "--metric", "test_f1", "--json").out)
    assert found["pairs"][0]["why"] == ["no predictions of its test split (`evaluate` keeps them)"]


def test_what_is_refused(cli: Cli, store: Database) -> None:
    """One run, too many, an unknown one, an unknown metric and two formats are errors that say what to do."""
    for number in range(21):
        ActedRun(store, f"run {number}")
    for words, said in [
        (["run 0"], ["One run is no comparison", "1 run was named or matched.", "compare RUN RUN"]),
        (["run 0", "run 0"], ["One run is no comparison"]),
        (
            [f"run {number}" for number in range(21)],
            ["Too many runs", "21 runs were named or matched; 20 can be compared."],
        ),
        (["--where", "name:run"], ["Too many runs", "21 runs match 'name:run'; 20 can be compared."]),
        (["--where", "name:nothing"], ["One run is no comparison", "No run was named, and none matched."]),
        (["run 0", "--where", "nmae:x"], ["nmae"]),
        (["run 0", "ran"], ["No such run"]),
        (["run 0", "run 1", "--metric", "acuracy"], ["Unknown metric", "They have none yet."]),
        (["run 0", "run 1", "--csv", "--latex"], ["--csv and --latex exclude each other."]),
    ]:
        answer = cli("compare", *words)
        assert (answer.code, answer.out) == (2, "")
        assert all(text in answer.err for text in said), answer.err
    brief(store, "scored")
    answer = cli("compare", "scored", "run 1", "--metric", "acuracy")
    assert "Did you mean 'accuracy'? They have: eval_accuracy" in answer.err
    assert "grad_norm" not in cli("compare", "run 1", "run 2").out


@pytest.mark.parametrize("width", [None, 200, 80, 40])
def test_more_runs_than_fit_stand_in_blocks(width: int | None) -> None:
    """Each block has the baseline first; every other run stands in one of them, and each fits if anything can."""
    runs = [*several(), *(record(f"more {number}", {"eval_accuracy": 0.8}) for number in range(12))]
    comparison = compare(runs, runs[2].id)
    grid = make_grid(comparison, lines_of(comparison, "eval_accuracy"), width)
    blocks = list(_blocks(grid, comparison.baseline, width))
    if width is None:
        assert blocks == [list(range(16))]
        return
    assert [block[0] for block in blocks] == [2] * len(blocks)
    assert [place for block in blocks for place in block[1:]] == [place for place in range(16) if place != 2]
    for block in blocks:
        taken = grid.labels + sum(grid.columns[place] + GAP for place in block)
        assert taken <= width or len(block) == 2


def test_seeds_of_compared_runs_are_groups(cli: Cli, store: Database) -> None:
    """Mean ± deviation of each recipe's seeds, and what they are apart: the paired t-test on the seeds of both."""
    slow = {"training.learning_rate": 3e-5}
    for seed, mine, theirs in ((1, 0.80, 0.83), (2, 0.82, 0.86), (3, 0.81, 0.84)):
        brief(store, f"base {seed}", DEMO.with_settings({"training.seed": seed}), mine)
        brief(store, f"slow {seed}", DEMO.with_settings({"training.seed": seed, **slow}), theirs)
    names = [f"{name} {seed}" for seed in (1, 2, 3) for name in ("base", "slow")]
    groups = json.loads(cli("compare", *names, "--json").out)["groups"]
    assert [(each["is_baseline"], each["n"], round(each["mean"], 4)) for each in groups] == [
        (True, 3, 0.81),
        (False, 3, 0.8433),
    ]
    assert (groups[1]["test"], groups[1]["df"], groups[1]["why"]) == ("paired t-test", 2, "")
    assert groups[1]["low"] < groups[1]["difference"] < groups[1]["high"]
    assert groups[0]["test"] is None
    table = cli("compare", *names).out
    assert re.search(r"mean of seeds +0\.810 ±0\.010 of 3 +0\.843 ±0\.015 of 3", table)
    assert re.search(r"best, worst seed +0\.820, 0\.800 +0\.860, 0\.830", table)
    assert re.search(r"seeds vs ★ \(points\) +base +\+3\.3", table)
    assert re.search(r"95 % of seeds +1\.9 to 4\.8", table)
    assert re.search(r"t-test +p 0\.0099, paired t", table)
    alone = cli("compare", "base 1", "base 2", "slow 1").out
    assert re.search(r"mean of seeds .* 0\.830, one seed", alone)
    assert re.search(r"no test of seeds +2 and 1 seeds", alone)
