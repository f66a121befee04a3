"""Several runs from one line: lists of values."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_lab import Answer

from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli import launch

Cli = Callable[..., Answer]


def test_a_grid_from_one_line(cli: Cli, store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """One look at the data for all; all stand in the queue in order, in one experiment; JSON has an array."""
    monkeypatch.setattr(launch, "ensure_running", lambda db: None)
    lists = ["--set", "learning_rate=1e-5,3e-5", "--set", "training.seed=1,2", "--tag", "a,b", "--note", "why"]
    answer = cli("run", "--preset", "demo", *lists, "--json")
    assert answer.code == 0, answer.err
    documents = json.loads(answer.out)
    assert [each["name"] for each in documents][:2] == ["learning_rate 1e-5, seed 1", "learning_rate 1e-5, seed 2"]
    assert [each["config"]["training"]["learning_rate"] for each in documents] == [1e-5, 1e-5, 3e-5, 3e-5]
    assert {(each["experiment"], each["note"], *each["tags"]) for each in documents} == {
        ("demo: learning_rate × seed", "why", "a", "b")
    }
    assert queries.queue_state(store).waiting == tuple(each["id"] for each in documents)


def test_a_grid_with_one_wrong_run_is_none(cli: Cli, store: Database, tmp_path: Path) -> None:
    """The run that cannot be is named; nothing is launched."""
    answer = cli("run", "--preset", "demo", "--set", "train_size=100,4000", "--json")
    assert answer.code == 2
    assert "Run 2 of 2 (train_size 4000): data.train_size is 4,000" in answer.err
    assert queries.count_runs(store) == 0


def test_seeds_and_sizes_from_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--seeds` and `--sizes` are lists like the others; a second list of the same setting is refused."""
    monkeypatch.setattr(launch, "ensure_running", lambda db: None)
    answer = cli("run", "--preset", "demo", "--sizes", "100,200", "--seeds", "2", "--json")
    assert answer.code == 0, answer.err
    documents = json.loads(answer.out)
    assert [each["name"] for each in documents] == [
        f"train_size {size}, seed {seed}" for size in (100, 200) for seed in (42, 43)
    ]
    assert {each["experiment"] for each in documents} == {"demo: train_size × seed"}
    twice = cli("run", "--preset", "demo", "--seeds", "2", "--set", "training.seed=1,2")
    assert twice.code == 2
    assert "--seeds and --set training.seed exclude each other" in twice.err
