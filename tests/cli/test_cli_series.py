"""`learning-curve`, `lineage` and `pareto`: what they find in a store, print, and refuse."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from acted_runs import DEMO, STEPS, ActedRun
from command_lab import Answer
from made_predictions import of_classes

from bertft_tui.core.store import ledger, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.trash import throw_away

Cli = Callable[..., Answer]

pytestmark = pytest.mark.usefixtures("living")

LABELS = ["a", "b"]


def trained(db: Database, rows: int, accuracy: float, seed: int = 42, **plan: Any) -> ActedRun:
    """A finished run on so many rows, at 20 texts a second."""
    config = DEMO.with_settings({"data.train_size": rows, "training.seed": seed})
    run = ActedRun(db, f"{rows} rows, seed {seed}", config).start().say("plan", train_rows=rows, **plan)
    values = {"train_runtime": rows / 10, "train_samples_per_second": 20.0}
    return run.evaluate(STEPS, accuracy).say("metrics", step=STEPS, values=values).finish()


def made_from(db: Database, name: str, parent: ActedRun | None, wrong: int, **settings: Any) -> ActedRun:
    """A finished run from another, with predictions of 200 texts of which it gets so many wrong."""
    config = DEMO.with_settings({key.replace("__", "."): value for key, value in settings.items()})
    record = queries.get_run(db, parent.id) if parent is not None else None
    run = ActedRun(db, name, config, record).start().say("plan", labels=LABELS)
    said = of_classes([0] * 200, [1] * wrong + [0] * (200 - wrong))
    ledger.save_predictions(db, run.key, said)
    return run.evaluate(STEPS, 1 - wrong / 200).finish()


def document(answer: Answer) -> Any:
    """The JSON that a command printed, which has no NaN in it."""
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out, parse_constant=pytest.fail)


def test_a_learning_curve(cli: Cli, store: Database) -> None:
    """Points, law, and what the whole set would bring and cost, whose rows a run has told; --at asks for others."""
    runs = [trained(store, rows, 1 - 2 * rows**-0.4, train_available=25_000) for rows in (250, 500, 1000)]
    runs.append(trained(store, 500, 1 - 2 * 500**-0.4, seed=43))
    (curve,) = document(cli("learning-curve", "--json"))["curves"]
    assert [(point["rows"], point["n"], point["texts"]) for point in curve["points"]] == [
        (250, 1, 200),
        (500, 2, 200),
        (1000, 1, 200),
    ]
    assert curve["law"]["exponent"] == pytest.approx(0.4, abs=0.01)
    assert (curve["basis"], curve["why"], curve["left_out"]) == ("texts", "", [])
    ahead = curve["expected"]
    assert (ahead["rows"], ahead["device"]) == (25_000, "cpu")
    assert ahead["value"] == pytest.approx(0.965, abs=0.002)
    assert ahead["low"] < ahead["value"] < ahead["high"]
    assert ahead["seconds"] >= 25_000 * 2 / 20
    answer = cli("learning-curve", runs[0].id, "--metric", "accuracy")
    assert (answer.code, answer.err) == (0, "")
    assert "1 - eval_accuracy = 2" in answer.out
    assert "At 25,000 rows about 0.965 (0." in answer.out
    assert " on cpu. 95 % of other texts and seeds." in answer.out
    far = cli("learning-curve", "--at", "1000000")
    assert "At 1,000,000 rows: too far to tell: 32 times beyond the largest size is 32,000." in far.out


def test_few_sizes_and_the_whole_set(cli: Cli, store: Database) -> None:
    """Two sizes say what is missing; a whole set that was measured is not foretold; what is left out is named."""
    first = trained(store, 250, 0.8)
    trained(store, 500, 0.9)
    lost = ActedRun(store, "lost", DEMO.with_settings({"data.train_size": 1000})).start()
    lost.lose("The process vanished", "Killed.")
    answer = cli("learning-curve", first.id)
    assert "2 of the 3 sizes that a curve needs at least" in answer.out
    assert f"Left out: {lost.id} (lost) is lost." in answer.out
    trained(store, 1000, 0.93)
    assert "How many rows there are in all is not known" in cli("learning-curve").out
    whole = ActedRun(store, "whole", DEMO.with_settings({"data.train_size": "all"})).start()
    whole.say("plan", train_rows=2000).evaluate(STEPS, 0.95).finish()
    assert "The whole set was measured: 0.950 at 2,000 rows (1 seed)." in cli("learning-curve").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["learning-curve"], "No recipe at several sizes"),
        (["learning-curve", "--where", "nonsense>"], "value"),
        (["learning-curve", "gone"], "No such run"),
        (["learning-curve", "--experiment", "none"], "0 runs to choose from"),
        (["learning-curve", "only", "--metric", "grad_norm"], "Unknown metric"),
        (["learning-curve", "only", "--metric", "train_runtime"], "No metric of an evaluation"),
        (["lineage", "gone"], "No such run"),
        (["lineage", "only", "--metric", "acuracy"], "Did you mean 'accuracy'?"),
        (["pareto", "--where", "status:lost"], "No run to weigh"),
        (["pareto", "--metric", "bleu"], "Unknown metric"),
    ],
)
def test_what_cannot_be_looked_at(cli: Cli, store: Database, words: Sequence[str], said: str) -> None:
    """Exit code 2, a title, what exactly, and what to do; never a traceback."""
    run = ActedRun(store, "only").start().evaluate(STEPS, 0.9)
    run.say("metrics", step=STEPS, values={"train_runtime": 9.0}).finish()
    answer = cli(*words)
    assert answer.code == 2, answer.out
    assert said in answer.err


def test_a_family(cli: Cli, store: Database) -> None:
    """Each step with what it changed and brought, tested on the same texts; one without predictions says so."""
    root = made_from(store, "root", None, 40)
    better = made_from(store, "better", root, 10, training__learning_rate=1e-5)
    made_from(store, "same", better, 10, training__learning_rate=1e-5, training__seed=1)
    untold = ActedRun(store, "untold", DEMO, queries.get_run(store, root.id)).start().say("plan", labels=LABELS)
    untold.evaluate(STEPS, 0.85).finish()
    made_from(store, "alone", None, 3)
    (tree,) = document(cli("lineage", "--json"))["trees"]
    assert [(each["name"], each["depth"]) for each in tree] == [
        ("root", 0),
        ("better", 1),
        ("same", 2),
        ("untold", 1),
    ]
    step = tree[1]["step"]
    assert step["change"].startswith("learning_rate 2e-4 → 1e-5")
    assert (step["difference"], step["pair"]["difference"]) == (pytest.approx(0.15), pytest.approx(0.15))
    assert (step["pair"]["verdict"], step["pair"]["n"], step["pair"]["test"]) == ("better", 200, "mid-p McNemar")
    assert tree[2]["step"]["pair"]["verdict"] == "undecided"
    assert (tree[0]["low"], tree[0]["high"]) == (pytest.approx(0.7391, abs=1e-4), pytest.approx(0.8495, abs=1e-4))
    assert tree[3]["step"]["pair"] is None
    answer = cli("lineage", untold.id)
    assert (answer.code, answer.err) == (0, "")
    assert "root: accuracy 0.800" in answer.out
    assert f"├─ {better.id}  better: learning_rate 2e-4 → 1e-5: better (+15.0 points, 95 % " in answer.out
    assert "│  └─ " in answer.out
    assert f"└─ {untold.id}  untold: no setting changed: +5.0 points, not tested (accuracy 0.850 ±.049)" in answer.out
    assert "1 difference not tested" in answer.out


def test_families_without_kin(cli: Cli, store: Database) -> None:
    """Runs that stand alone are counted; one that is named is shown; a parent in the trash is said to be gone."""
    root = made_from(store, "root", None, 40)
    child = made_from(store, "child", root, 10)
    throw_away(store, [root.id])
    assert "1 run, none of them made from another" in cli("lineage").out
    assert document(cli("lineage", "--json"))["trees"] == []
    assert f"(made from {root.id}, which is not here)" in cli("lineage", child.id).out


def test_what_is_worth_its_time(cli: Cli, store: Database) -> None:
    """The quickest first; the front is marked; runs on other texts are not among them."""
    quick, slow = trained(store, 250, 0.8), trained(store, 500, 0.9)
    other = ActedRun(store, "other", DEMO.with_settings({"data.dataset": "copy.csv"})).start()
    other.evaluate(STEPS, 0.99).finish()
    contests = document(cli("pareto", "--json"))["contests"]
    assert [[run["id"] for run in contest["runs"]] for contest in contests][1] == [other.id]
    runs = {run["id"]: run for run in contests[0]["runs"]}
    assert runs.keys() == {quick.id, slow.id}
    seconds = [run["device_seconds"] for run in contests[0]["runs"]]
    assert seconds == sorted(seconds)
    assert runs[slow.id]["on_front"]
    assert runs[quick.id]["texts_per_second"] == 20.0
    assert runs[quick.id]["per_minute"] == pytest.approx(0.8 / (runs[quick.id]["device_seconds"] / 60))
    assert runs[quick.id]["low"] < 0.8 < runs[quick.id]["high"]
    answer = cli("pareto")
    assert "±.055" in answer.out
    assert "eval_accuracy on 200 texts: 2 runs" in answer.out
    assert "1 run not shown: measured on texts that no other run was measured on." in answer.err
