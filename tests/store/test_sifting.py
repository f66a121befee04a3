"""Large stores: SQLite selects as the columns in memory do, and what is shown decides what it costs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from acted_runs import ActedRun, scored
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from sql_work import counted

from bertft_tui.core.config import RunConfig
from bertft_tui.core.filtering.tokens import quoted
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import commands, queries, trash
from bertft_tui.core.store.commands import NewRun
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.ledger import About
from bertft_tui.core.store.restore import add_run
from bertft_tui.core.store.selecting import Selection, complete, excluding, select, values

LARGE = "bertft_tui.core.store.columns.LARGE"

#: Texts in which Python and SQLite could find different things: letters that fold to others, signs of LIKE, marks.
ODD = st.text(st.sampled_from("aAbß%_\\ſKİı. 'é\"ÄäΣς"), min_size=1, max_size=5)

#: Fields of each kind of place: what people said, a run's columns, settings, metrics.
FIELDS = ("name", "note", "tag", "id", "experiment", "model", "seed", "lr", "step", "accuracy", "last.loss", "best")

#: Parts of filters that are found in different rows, and some in the same.
PARTS = (
    "seed=1",
    "seed!=1",
    "-seed=42",
    "lr<2",
    "accuracy>0.3",
    "-accuracy>0.3",
    "loss<9",
    "name:2",
    "step<9",
    "word",
    "best_epoch>0.4",
    "test_accuracy>0.3",
    "-test_accuracy>0.3",
    "last.test_loss>0.1",
)


SORTS = (
    *("", "seed", "lr", "accuracy", "loss", "last", "name", "step", "best_epoch"),
    *("test_accuracy", "last.test_loss"),
)


def both(db: Database, ask: Callable[[], object]) -> tuple[object, object]:
    """What is found in memory, and by SQLite."""
    found = ask()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LARGE, 1)
        return found, ask()


@examples(8)
@given(st.lists(st.tuples(ODD, ODD, ODD), min_size=2, max_size=5), ODD, st.sampled_from(FIELDS), st.booleans())
def test_odd_texts_are_found_alike(runs: list[tuple[str, str, str]], wanted: str, sort: str, reverse: bool) -> None:
    """Words, terms and their negations, in any order; what is offered, and what of a filter is to blame."""
    with TemporaryDirectory() as folder, Database.open(StorePath(Path(folder) / "e.db"), daily_backup=False) as db:
        for seed, (name, note, tag) in enumerate(runs):
            config = RunConfig().with_settings({"training.seed": seed % 2, "model.name_or_path": name.strip() or "x"})
            run = commands.enqueue(db, config, name=name, experiment=note)
            commands.annotate(db, run, note=note, tags=[tag])
        word = quoted(wanted)
        for where in (
            word,
            f"name:{word}",
            f"name={word}",
            f"-note:{word}",
            f"tag={word}",
            f"model:{word}",
            "seed<1",
        ):
            selection = Selection(where=where, sort=sort, reverse=reverse)
            one, other = both(db, lambda asked=selection: select(db, asked))  # type: ignore[misc]
            assert one == other, where
        one, other = both(db, lambda: [values(db, field) for field in ("name", "tag", "model", "seed", "lr", "task")])
        assert one == other
        one, other = both(db, lambda: excluding(db, Selection(where=f"seed:0 name:{word} seed:7")))
        assert one == other


@examples(15)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.booleans()), min_size=1, max_size=8),
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=3, unique=True),
    st.sampled_from(
        (
            "",
            "seed",
            "lr",
            "accuracy",
            "loss",
            "last",
            "name",
            "step",
            "best_epoch",
            "test_accuracy",
            "last.test_loss",
        )
    ),
    st.booleans(),
    st.sampled_from((1, 2, 500, None)),
)
def test_parts_of_filters_are_joined_alike(
    runs: list[tuple[int, int, bool]], parts: list[str], sort: str, reverse: bool, limit: int | None
) -> None:
    """Settings, metrics and what people said, of which a run may have none; the first few, and how many match."""
    with TemporaryDirectory() as folder, Database.open(StorePath(Path(folder) / "e.db"), daily_backup=False) as db:
        for seed, score, is_thrown in runs:
            config = RunConfig().with_settings(
                {"training.seed": seed or 42, "training.learning_rate": score / 9 or 5e-5}
            )
            run = ActedRun(db, f"seed {seed}", config).start()
            if score:
                run.evaluate(score, score / 4)
            if seed:
                run.say("metrics", step=9, values={"test_accuracy": seed / 4, "test_loss": seed / 9})
            for later in range(score):
                scored(db, run.id, (later + seed) / 5)
            if is_thrown:
                trash.throw_away(db, [run.finish().id])
        for where in (" ".join(parts), " OR ".join(parts)):
            for trashed in (False, True, None):
                selection = Selection(where, sort, reverse, limit=limit, trashed=trashed)
                one, other = both(db, lambda asked=selection: select(db, asked))  # type: ignore[misc]
                assert one == other, selection


def test_a_run_keeps_its_settings_in_rows(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are not as usual; a setting that a store meets later is as usual in the runs before."""
    monkeypatch.setattr(LARGE, 1)
    usual = commands.enqueue(db, RunConfig(), name="usual")
    other = commands.enqueue(db, RunConfig().with_settings({"training.learning_rate": 1e-5}), name="other")
    with db.write() as connection:
        rows = connection.exec_driver_sql("SELECT name, value FROM setting JOIN setting_name ON key = name_key").all()
        connection.exec_driver_sql("DELETE FROM setting_name WHERE name = 'training.seed'")
    assert [tuple(row) for row in rows] == [("training.learning_rate", 1e-5)]
    assert [run_id for run_id, _ in select(db, Selection(sort="lr")).runs] == [other, usual]
    assert len(select(db, Selection(where="seed=42")).runs) == 2
    commands.enqueue(db, RunConfig().with_settings({"training.seed": 1}), name="newest")
    assert len(select(db, Selection(where="seed=42")).runs) == 2


def test_patterns_that_are_too_slow_are_an_error_here_too(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test of a cell raises comes out of the statement that asked for it."""
    from bertft_tui.core.errors import FilterError

    monkeypatch.setattr(LARGE, 1)
    ActedRun(db, "a" * 5000)
    with pytest.raises(FilterError):
        select(db, Selection(where='name~"(a*)*(a*)*(a*)*(a*)*b"'))


ASKED: dict[str, Callable[[Database], object]] = {
    "the newest": lambda db: queries.list_runs(db, limit=5),
    "the trash": lambda db: queries.list_runs(db, limit=5, trashed=True),
    "the oldest": lambda db: select(db, Selection(reverse=True, limit=5)),
    "kept in sight": queries.kept_in_sight,
    "a run by its name": lambda db: queries.find_run(db, "the first"),
    "a run by its id": lambda db: queries.find_run(db, queries.find_run(db, "the first").id[:7]),
    "a field to complete": lambda db: complete(db, "accu", 4),
}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Database]]:
    """One with some runs, one with five times as many, of which as many are in the trash."""
    folder = tmp_path_factory.mktemp("stores")
    with (
        Database.open(StorePath(folder / "few.db"), daily_backup=False) as few,
        Database.open(StorePath(folder / "many.db"), daily_backup=False) as many,
    ):
        for db, count in ((few, 60), (many, 300)):
            first, *others = (NewRun(RunConfig(), name) for name in ("the first", *map(str, range(count))))
            ids = commands.enqueue_all(db, [first, *others])
            with db.write() as connection:
                connection.exec_driver_sql("UPDATE run SET status = 'finished'")
            trash.throw_away(db, ids[10:16])
        yield few, many


@pytest.mark.parametrize("what", ASKED)
def test_what_is_shown_decides_what_it_costs(
    stores: tuple[Database, Database], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With five times as many runs SQLite does hardly more."""
    monkeypatch.setattr(LARGE, 1)
    costs = []
    for db in stores:
        ASKED[what](db)
        with counted(db) as work:
            ASKED[what](db)
        costs.append(work.done)
    assert costs[1] <= costs[0] + 400, costs


def names_found(db: Database, where: str) -> set[str]:
    """What the runs are called that a filter finds, in memory and by SQLite."""
    one, other = both(db, lambda: select(db, Selection(where=where)))
    assert one == other
    names = {run.id: run.name for run in queries.list_runs(db)}
    return {names[run_id] for run_id, _ in one.runs}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("attention_dropout=auto", {"auto", "old"}),
        ("attention_dropout!=auto", {"0.1", "empty"}),
        ("attention_dropout=none", {"empty"}),
        ('attention_dropout=""', {"empty"}),
        ("attention_dropout<1", {"0.1"}),
        ("hidden_dropout=none", {"auto", "0.1", "empty", "old"}),
    ],
)
def test_an_empty_setting_is_not_the_usual_one(db: Database, where: str, found: set[str]) -> None:
    """Where a setting may be empty and usually is not, as in runs of versions that had no `auto` for it."""
    for value in ("auto", 0.1, None):
        config = RunConfig().with_settings({"model.attention_dropout": value})
        commands.enqueue(db, config, name=str(value or "empty"))
    add_run(db, "abcdefgh", {"training": {"seed": 3}}, About("old", 1.0))
    assert names_found(db, where) == found
    one, other = both(db, lambda: select(db, Selection(sort="attention_dropout")))
    assert one == other


def test_what_a_config_does_not_say_is_as_usual(db: Database) -> None:
    """A run of a version that lacked some settings is found by what they are now unless a person changes them."""
    add_run(db, "abcdefgh", {"training": {"seed": 3}}, About("old", 1.0))
    for where in ("seed=3", "seed=42", "lr=5e-5", "padding=auto", "train_batch_size=8"):
        selection = Selection(where=where)
        one, other = both(db, lambda asked=selection: select(db, asked))  # type: ignore[misc]
        assert one == other, where
        assert len(one.runs) == (where != "seed=42"), where  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("batch_size=8", {"usual", "two passes", "by name", "old"}),
        ("batch_size>=16", {"auto", "many passes"}),
        ("effective_batch<8", {"small"}),
        ("train_batch_size=16", {"auto", "small"}),
    ],
)
def test_the_batch_size_is_that_of_a_step(db: Database, where: str, found: set[str]) -> None:
    """However it is written: what is taken at once by name or by `auto`, times the passes."""
    written: dict[str, dict[str, object]] = {
        "usual": {},
        "by name": {"per_device_train_batch_size": 8},
        "two passes": {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 2},
        "auto": {"train_batch_size": 16},
        "many passes": {"gradient_accumulation_steps": 4},
        "small": {"per_device_train_batch_size": 4, "train_batch_size": 16},
    }
    for name, training in written.items():
        settings = {f"training.{key}": value for key, value in training.items()}
        commands.enqueue(db, RunConfig().with_settings(settings), name=name)
    add_run(db, "abcdefgh", {"training": {"seed": 3}}, About("old", 1.0))
    assert names_found(db, where) == found
    one, other = both(db, lambda: select(db, Selection(sort="batch_size")))
    assert one == other
