"""Runs selected, sorted and grouped in a real store, as plain Python over their records would do it."""

import math
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from acted_runs import ActedRun, scored
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.errors import FilterError
from bertft_tui.core.filtering.language import And, Node, Not, Or, parse, write
from bertft_tui.core.metric_names import direction_of
from bertft_tui.core.paths import StorePath
from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands, queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.selecting import Selection, complete, excluding, fields, groups, select, values, values_of

DEMO = preset("demo").config


def config(**settings: Any) -> Any:
    """The demo's settings with others in the training section; `data__x` for another section."""
    return DEMO.with_settings(
        {(key.replace("__", ".") if "__" in key else f"training.{key}"): value for key, value in settings.items()}
    )


@pytest.fixture(scope="module", params=["columns", "SQLite"])
def lab(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A store with runs of many kinds, which are selected in memory, or by SQLite as in a large store."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "SQLite":
            patch.setattr("bertft_tui.core.store.columns.LARGE", 1)
        yield from filled(tmp_path_factory)


def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store with these runs."""
    with Database.open(StorePath(tmp_path_factory.mktemp("lab") / "e.db"), daily_backup=False) as db:
        fill(db)
        yield db


def fill(db: Database) -> None:
    """Make the runs."""
    for seed, best in ((1, 0.9), (2, 0.92), (3, 0.94)):
        ActedRun(db, f"Seed {seed}", config(seed=seed)).start().evaluate(2, best).finish()
    for rate in (1e-5, 3e-5):
        run = ActedRun(db, f"lr {rate}", config(learning_rate=rate, data__train_size="all"))
        run.start("cuda:0", "free").evaluate(3, 0.5 + rate * 1e4).evaluate(6, 0.4).finish()
    nan = ActedRun(db, "ÄRGER", config(seed=9))
    nan.start().say("metrics", step=1, values={"loss": math.nan, "grad_norm": math.inf}).fail("No number", "NaN")
    stopped = ActedRun(
        db, "half (of it)", config(data__max_length=64, data__stratify=True, model__attention_dropout=0.2)
    ).start()
    stopped.say("metrics", step=1, values={"loss": 0.5, "grad_norm": 2.0, "odd name": 1.0}).say("stopped")
    by_loss = ActedRun(db, "by loss", config(metric_for_best_model="loss")).start().evaluate(2, 0.7).finish()
    lora = ActedRun(db, "lora", config(model__lora_r=8, model__name_or_path="Org/BERT-tiny", optim="sgd"))
    ActedRun(db, "waits", parent=queries.get_run(db, lora.id))
    away = ActedRun(db, "away").start().evaluate(2, 0.99).finish()
    commands.annotate(db, nan.id, tags=["bad", "two words"], note="Diverged at once")
    commands.annotate(db, by_loss.id, tags=["Baseline"], note='say "no"')
    commands.pin(db, [lora.id], pinned=True)
    for accuracy in (0.6, 0.8):
        scored(db, by_loss.id, accuracy)
    trash.throw_away(db, [away.id])


def best(run: RunRecord, name: str) -> float | None:
    """What a metric's field is."""
    summary = run.metrics.get(name)
    if summary is None:
        return None
    return summary.last if direction_of(name) is None else summary.best


def own(run: RunRecord) -> str:
    """The full name of the metric that chooses a run's checkpoint."""
    return f"eval_{run.best_metric}"


def known(value: float | None, holds: Callable[[float], bool]) -> bool:
    """Whether there is a value, and it is right."""
    return value is not None and holds(value)


def searched(run: RunRecord, word: str) -> bool:
    """Whether a word stands in one of the texts that it is looked for in."""
    settings = run.config
    texts = [run.name, run.id, run.experiment or "", *run.tags, run.note, settings.model.name_or_path]
    return any(word.casefold() in text.casefold() for text in [*texts, settings.data.dataset])


NOW = time.time()
RULES: dict[str, Callable[[RunRecord], bool]] = {
    "status:finished": lambda run: run.status == "finished",
    "status:st": lambda run: run.status in ("starting", "stopped"),
    "status!=failed": lambda run: run.status != "failed",
    "accuracy>0.9": lambda run: known(best(run, "eval_accuracy"), lambda x: x > 0.9),
    "accuracy:92%": lambda run: known(best(run, "eval_accuracy"), lambda x: math.isclose(x, 0.92)),
    "last.accuracy<=0.5": lambda run: "eval_accuracy" in run.metrics and run.metrics["eval_accuracy"].last <= 0.5,
    "accuracy!=0.9": lambda run: not known(best(run, "eval_accuracy"), lambda x: math.isclose(x, 0.9)),
    'accuracy=""': lambda run: best(run, "eval_accuracy") is None,
    "last.loss=nan": lambda run: "loss" in run.metrics and math.isnan(run.metrics["loss"].last),
    "loss<1": lambda run: known(best(run, "loss"), lambda x: x < 1),
    "grad_norm>=inf": lambda run: known(best(run, "grad_norm"), lambda x: x == math.inf),
    '"odd name">0': lambda run: "odd name" in run.metrics,
    "test_accuracy>=0.8": lambda run: known(best(run, "test_accuracy"), lambda x: x >= 0.8),
    "best<0.5": lambda run: known(best(run, own(run)), lambda x: x < 0.5),
    "lr<=3e-5": lambda run: run.config.training.learning_rate <= 3e-5,
    "training.seed=2": lambda run: run.config.training.seed == 2,
    "train_size>1k": lambda run: run.config.data.train_size == "all",
    "train_size=all": lambda run: run.config.data.train_size == "all",
    "attention_dropout=auto": lambda run: run.config.model.attention_dropout == "auto",
    "attention_dropout>=0": lambda run: run.config.model.attention_dropout not in ("auto", None),
    "lora_r:none": lambda run: run.config.model.lora_r is None,
    "lora_r!=none": lambda run: run.config.model.lora_r is not None,
    "stratify:yes": lambda run: run.config.data.stratify,
    "optim:adamw": lambda run: "adamw" in run.config.training.optim,
    "model:bert": lambda run: "bert" in run.config.model.name_or_path.casefold(),
    "model=demo": lambda run: run.config.model.name_or_path == "demo",
    "name:ärger": lambda run: "ärger" in run.name.casefold(),
    'name~"^(seed|lr) [12]"': lambda run: run.name.casefold().startswith(("seed 1", "seed 2", "lr 1")),
    "name:half(": lambda run: False,
    "tag:base": lambda run: "Baseline" in run.tags,
    'tag="two words"': lambda run: "two words" in run.tags,
    'tag=""': lambda run: not run.tags,
    'note:"once"': lambda run: "once" in run.note,
    'parent!=""': lambda run: run.parent is not None,
    "error:nan": lambda run: run.error is not None and "nan" in run.error.message.casefold(),
    "age<1h": lambda run: True,
    "age>1d": lambda run: False,
    "created<2020-05": lambda run: False,
    'ended>2020-05': lambda run: run.ended_at is not None,
    "duration>0s": lambda run: run.started_at is not None and run.duration_seconds > 0,
    "pinned:true": lambda run: run.pinned_at is not None,
    "device:cuda": lambda run: (run.device or "").startswith("cuda"),
    "train_rows:300": lambda run: run.train_rows == 300,
    "labels>=5": lambda run: len(run.labels) >= 5,
    "step>=0": lambda run: True,
    "seed": lambda run: searched(run, "seed"),
    "BERT": lambda run: searched(run, "bert"),
    '"two words"': lambda run: searched(run, "two words"),
}  # fmt: skip


def leaf(text: str) -> Node:
    """The tree of a rule."""
    node = parse(text)
    assert node is not None
    return node


def holds(node: Node, run: RunRecord) -> bool:
    """Whether a filter matches a run, by the rules above."""
    match node:
        case Not(part):
            return not holds(part, run)
        case And(parts):
            return all(holds(part, run) for part in parts)
        case Or(parts):
            return any(holds(part, run) for part in parts)
    return LEAVES[node](run)


LEAVES = {leaf(text): rule for text, rule in RULES.items()}


def extend(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Nodes whose parts are these."""
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, parts) | st.builds(And, several) | st.builds(Or, several)


@pytest.mark.parametrize("text", RULES)
def test_each_term_matches_what_it_says(lab: Database, text: str) -> None:
    """On every run of the store, in the trash and outside it."""
    runs = queries.list_runs(lab, trashed=None)
    found = select(lab, Selection(where=text, trashed=None))
    assert [run_id for run_id, _ in found.runs] == [run.id for run in runs if RULES[text](run)]
    assert found.total == len(runs)


@examples(40)
@given(st.recursive(st.sampled_from(list(LEAVES)), extend, max_leaves=6), st.sampled_from([True, False, None]))
def test_filters_match_as_python_would(lab: Database, node: Node, trashed: bool | None) -> None:
    """Any combination, on either side of the trash; ids come with the revisions of their runs."""
    runs = queries.list_runs(lab, trashed=trashed)
    found = select(lab, Selection(where=write(node), trashed=trashed))
    expected = [(run.id, run.revision) for run in runs if holds(node, run)]
    assert found == (tuple(expected), len(expected), len(runs))


SORTS: dict[str, Callable[[RunRecord], Any]] = {
    "accuracy": lambda run: -value if (value := best(run, "eval_accuracy")) is not None else None,
    "eval_loss": lambda run: best(run, "eval_loss"),
    "last.loss": lambda run: run.metrics["loss"].last if "loss" in run.metrics else None,
    "name": lambda run: run.name.casefold(),
    "learning_rate": lambda run: run.config.training.learning_rate,
    "train_size": lambda run: math.inf if (size := run.config.data.train_size) == "all" else size,
    "created": lambda run: run.created_at,
    "age": lambda run: -run.created_at,
    "status": lambda run: str(run.status),
    "tag": lambda run: " ".join(run.tags).casefold() or None,
    "nan": lambda run: run.not_finite_step is not None,
    "best": lambda run: value if (value := best(run, own(run))) is None or own(run) == "eval_loss" else -value,
    "best_epoch": lambda run: run.epoch_of(run.metrics[own(run)].best_step) if own(run) in run.metrics else None,
    "duration": lambda run: run.duration_seconds if run.started_at else None,
    "experiment": lambda run: None,
}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("sort", SORTS)
def test_sorting(lab: Database, sort: str, reverse: bool) -> None:
    """Metrics better first, all else upwards; without a value last, both ways round; equal ones newest first."""
    runs = queries.list_runs(lab)
    keys = {run.id: SORTS[sort](run) for run in runs}
    keys = {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in keys.items()}
    with_value = sorted((run.id for run in runs if keys[run.id] is not None), key=keys.__getitem__, reverse=reverse)
    without = [run.id for run in runs if keys[run.id] is None]
    found = select(lab, Selection(sort=sort, reverse=reverse))
    assert [run_id for run_id, _ in found.runs] == [*with_value, *without]


def test_limits_and_plain_order(lab: Database) -> None:
    """Newest first, or oldest first; a limit cuts what is given out, not what is counted."""
    every = select(lab, Selection())
    assert [run_id for run_id, _ in every.runs] == [run.id for run in queries.list_runs(lab)]
    two = select(lab, Selection(limit=2, reverse=True, where="status:finished"))
    assert (len(two.runs), two.matching, two.total) == (2, 6, every.total)
    assert two.runs[0] == every.runs[-1]


def test_the_metric_that_is_chosen(lab: Database) -> None:
    """`best` is each run's own metric, or the one that is named; `loss` means that of the evaluation."""
    ids = [run.id for run in queries.list_runs(lab)]
    assert values_of(lab, "best", ids) == [best(run, own(run)) for run in queries.list_runs(lab)]
    for name in ("f1", "eval_f1"):
        assert values_of(lab, "best", ids, name) == [best(run, "eval_f1") for run in queries.list_runs(lab)]
    assert select(lab, Selection(sort="best", metric="loss")) == select(lab, Selection(sort="eval_loss"))
    with pytest.raises(FilterError):
        select(lab, Selection(metric="acuracy"))


@pytest.mark.parametrize(
    "selection",
    [Selection(where="acuracy>1"), Selection(sort="acuracy"), Selection(where="name~("), Selection(where="age>x")],
)
def test_what_is_not_understood_is_an_error(lab: Database, selection: Selection) -> None:
    """It never matches nothing in silence; the text that is meant comes with it."""
    with pytest.raises(FilterError) as caught:
        select(lab, selection)
    assert caught.value.text == (selection.where or selection.sort)


def test_seeds_become_a_mean_and_a_deviation(lab: Database) -> None:
    """Runs that differ in the seed only are one group, also those without a value."""
    found = groups(lab, Selection(), ("seed",))
    seeds = next(group for group in found.groups if group.n > 1)
    names = {run.id: run.name for run in queries.list_runs(lab)}
    assert [names[run_id] for run_id in seeds.runs] == ["waits", "ÄRGER", "Seed 3", "Seed 2", "Seed 1"]
    numbers = [0.9, 0.92, 0.94]
    assert (seeds.metric, seeds.measured, seeds.best, seeds.worst) == ("eval_accuracy", 3, 0.94, 0.9)
    assert (seeds.mean, seeds.std) == pytest.approx((statistics.fmean(numbers), statistics.stdev(numbers)))
    single = next(group for group in found.groups if names[group.runs[0]] == "lr 3e-05")
    assert (single.n, single.std, single.mean) == (1, None, single.best)
    assert (found.runs, found.matching) == (found.total, len(found.groups))


def test_what_the_runs_of_a_group_share(lab: Database) -> None:
    """The model, the data and others where all have the same; the means of last values and of how long they took."""
    for group in groups(lab, Selection(), ("status",)).groups:
        runs = [queries.get_run(lab, run_id) for run_id in group.runs]
        models = {run.config.model.name_or_path for run in runs}
        assert group.shared.get("model") == (models.pop() if len(models) == 1 else None)
        rows = {run.train_rows for run in runs}
        assert group.shared.get("train_rows") == (str(rows.pop()) if len(rows) == 1 and None not in rows else None)
        took = [run.duration_seconds for run in runs if run.started_at is not None]
        assert group.seconds == (pytest.approx(statistics.fmean(took), abs=1) if took else None)
        last = [run.metrics[own(run)].last for run in runs if own(run) in run.metrics]
        known = group.metric is not None and last
        assert group.last == (pytest.approx(statistics.fmean(last)) if known else None)


def test_groups_by_fields(lab: Database) -> None:
    """By several fields at once; sorted by the metric in the order of the means, else of the newest runs."""
    found = groups(lab, Selection(where="status:finished", metric="accuracy", sort="best"), ("learning_rate", "task"))
    assert [group.key[0] for group in found.groups] == ["2e-4", "3e-5", "1e-5"]
    means = [group.mean for group in found.groups]
    assert means == sorted(means, reverse=True)
    back = groups(lab, Selection(where="status:finished", metric="accuracy", sort="accuracy", reverse=True), ("lr",))
    assert [group.key for group in back.groups] == [("1e-5",), ("3e-5",), ("2e-4",)]
    by_tag = groups(lab, Selection(sort="name"), ("tag",))
    assert {group.key[0]: group.n for group in by_tag.groups} == {"": 8, "Baseline": 1, "bad two words": 1}
    assert by_tag.groups[0].key == ("Baseline",), "the newest run without a tag is called `waits`"
    assert len(groups(lab, Selection(limit=2), ("name",)).groups) == 2
    mixed = groups(lab, Selection(), ("data",)).groups[0]
    assert (mixed.metric, mixed.mean, mixed.n) == (None, None, len(queries.list_runs(lab)))
    odd = groups(lab, Selection(metric="grad_norm"), ("data",)).groups[0]
    assert (odd.measured, odd.mean) == (1, 2.0), "what is infinite or NaN does not enter"
    with pytest.raises(FilterError):
        groups(lab, Selection(), ("nothing",))


def test_values_for_completion(lab: Database) -> None:
    """What stands in the store, most used first, what begins as typed before what only contains it."""
    assert values(lab, "status")[0] == "finished"
    assert values(lab, "tag", "b") == ["bad", "Baseline"]
    assert values(lab, "learning_rate")[0] == "2e-4"
    assert values(lab, "train_size") == ["300", "all"]
    assert values(lab, "model", "tiny") == ["Org/BERT-tiny"]
    assert values(lab, "lora_r") == ["8"]
    assert [offer.text for offer in complete(lab, "tag:tw", 6).offers] == ['"two words"']
    assert "odd name" in [field.name for field in fields(lab).all]


def test_an_empty_store(db: Database) -> None:
    """Nothing is selected, nothing breaks."""
    assert select(db, Selection(where="accuracy>0.9", sort="best")) == ((), 0, 0)
    assert groups(db, Selection(sort="best"), ("seed",)).groups == ()
    assert values(db, "tag") == []


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("accuracy>5", None),
        ("accuracy>5 OR accuracy>6", None),
        ("seed:1 accuracy>5", ("accuracy>5", 1)),
        ("(accuracy>5 OR accuracy>6) name:seed", ("accuracy>5 OR accuracy>6", 3)),
        ("accuracy>5 nobody-is-called-so", ("accuracy>5", 0)),
        ("name:lora status:failed", ("", 0)),
    ],
)
def test_the_part_of_a_filter_that_excludes_all(lab: Database, where: str, expected: tuple[str, int] | None) -> None:
    """The first part that no run matches, and how many would match the others; one part alone is not named."""
    assert select(lab, Selection(where)).matching == 0
    assert excluding(lab, Selection(where)) == expected
