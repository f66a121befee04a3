"""`experiments.db.example`, as it lies in the repository: real runs, opened by the program as it is now."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_lab import Answer
from example_store import EXAMPLE

from bertft_tui.core.paths import resolve_store
from bertft_tui.core.store import history, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.example import usable
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.judging import read_and_judge

CommandLine = Callable[..., Answer]


@pytest.fixture(autouse=True)
def own_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is made in a data directory of the test's."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("BERTFT_DB", str(EXAMPLE))


@pytest.fixture
def shown() -> Iterator[Database]:
    """The copy of the example."""
    with Database.open(usable(resolve_store())) as db:
        yield db


def test_it_holds_what_a_newcomer_should_see(shown: Database) -> None:
    """Runs of every end, seeds of one recipe, subsets, parents, notes, tags, a baseline, a pin; in under 2 MB."""
    assert EXAMPLE.stat().st_size < 2_000_000
    runs = queries.list_runs(shown, limit=None)
    ended = Counter(run.status for run in runs)
    assert ended[RunStatus.FINISHED] >= 10
    assert ended[RunStatus.STOPPED]
    assert ended[RunStatus.FAILED]
    assert all(run.status.is_finished for run in runs)
    (first,) = (run for run in runs if run.baseline_at is not None)
    assert [list(seeds_only(first, run)) for run in runs].count([]) > 2
    assert len({run.config.data.train_size for run in runs}) > 3
    parents = {run.name: run.id for run in runs if run.id in {each.parent for each in runs}}
    assert parents.keys() == {"demo recipe", "lr 5e-5", "512 tokens"}
    assert all(run.change_note for run in runs if run.parent)
    assert any(run.pinned_at for run in runs)
    assert any(run.not_finite_step for run in runs)
    assert len({run.experiment for run in runs}) > 1
    assert sum(bool(run.note) for run in runs) > 4
    assert sum(bool(run.tags) for run in runs) > 4


def test_its_curves_and_predictions_are_whole(shown: Database) -> None:
    """Every finished run has a loss for each step, evaluations, and what it said about each evaluation row."""
    for run in finished(shown):
        assert plain_reading.series(shown, run.id, "loss").steps == tuple(range(1, run.progress.step + 1)), run.name
        accuracy = plain_reading.series(shown, run.id, "eval_accuracy")
        assert len(accuracy.steps) > 1
        predictions = history.predictions(shown, run.id)
        assert predictions is not None
        assert len(predictions) == run.eval_rows == 200
        right = float((predictions.label == predictions.predicted).mean())
        assert right == pytest.approx(dict(zip(accuracy.steps, accuracy.values, strict=True))[predictions.step])


def test_it_names_no_machine(shown: Database) -> None:
    """Neither paths of a home nor hosts nor processes are left in it."""
    content = EXAMPLE.read_bytes()
    assert not [name for name in (b"/root", b"/home/", b"/Users/", b"/tmp/", b'"boot_id"') if name in content]
    for run in queries.list_runs(shown, limit=None):
        for attempt in history.attempts(shown, run.id):
            assert (attempt.host, attempt.pid, attempt.boot_id) == (None, None, None)


def test_commands_speak_of_a_copy(cli: CommandLine) -> None:
    """It is listed, examined without a complaint, and compared; the file stays as it is, also when one is deleted."""
    before = EXAMPLE.read_bytes()
    listed = cli("list", "--where", "status:finished", "--json")
    assert "experiments.db.example stays as it is" in listed.err
    first, second = [run["id"] for run in json.loads(listed.out)][:2]
    (pair,) = json.loads(cli("compare", first, second, "--json").out)["pairs"]
    assert {pair["a"], pair["b"]} == {first, second}
    assert "its log is not here" in cli("logs", first).err
    refused = cli("predict", first, "The match ended in a draw.")
    assert (refused.code, "is gone" in refused.err) == (2, True)
    cli("delete", first)
    assert first not in cli("list", "--json").out
    examined = json.loads(cli("doctor", "--json").out)["checks"]
    mine = {check["name"]: check["state"] for check in examined}
    assert [mine[name] for name in ("store", "directories", "scheduler")] == ["ok", "ok", "ok"]
    assert EXAMPLE.read_bytes() == before


def test_what_is_said_of_its_runs_is_so(shown: Database) -> None:
    """Numbers that burst, a rate too high, a class that was missed, trainings that ended early; nothing false."""
    runs = queries.list_runs(shown, limit=None)
    said = {run.name: {advice.rule: advice for advice in read_and_judge(shown, run)} for run in runs}
    for rule, name in (
        ("diverged", "SGD, lr 10, no clipping"),
        ("learning rate too high", "learning_rate 2e-4 → 0.01"),
    ):
        assert [each for each, rules in said.items() if rule in rules] == [name]
    high = said["learning_rate 2e-4 → 0.01"]
    assert "business” scores 0.235" in high["at chance"].sentence
    assert high["learning rate too high"].changes == {"training.learning_rate": 0.001}
    assert "(“tech”), though 33 of 200" in said["train_size 300 → 50"]["class never predicted"].sentence
    assert "still fell at the end: from 1.285 at epoch 1 to 0.937" in said["lr 5e-5"]["still improving"].sentence
    assert said["demo recipe"].keys() == {"result", "selected on its evaluation"}
    assert said["from our own checkpoint"] == {}
    assert not [name for name, rules in said.items() if {"overfitting", "learning rate too low"} & rules.keys()]


def seeds_only(first: RunRecord, run: RunRecord) -> set[str]:
    """The settings but the seed in which a run differs from the first."""
    return {change.field for change in first.config.diff(run.config)} - {"training.seed"}


def finished(db: Database) -> list[RunRecord]:
    """The runs that came to their end."""
    return [run for run in queries.list_runs(db, limit=None) if run.status is RunStatus.FINISHED]
