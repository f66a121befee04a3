"""The order of the training texts when it is `auto`: random, but where like lengths save padding and cost nothing."""

from pathlib import Path
from typing import Any

import pytest
from training_runs import attempt, events, make_run

from bertft_tui.core.config import RunConfig
from bertft_tui.core.sections import TrainingSection
from bertft_tui.core.training.checkpoints import choices_of, find
from bertft_tui.core.training.recipe import Padding
from bertft_tui.core.training.sampling import Order, order_of


@pytest.mark.parametrize(
    ("padding", "rows", "before", "strategy", "reason"),
    [
        ("packed", 100_000, {}, "random", "does not depend on it"),
        ("max_length", 100_000, {}, "random", "does not depend on it"),
        ("dynamic", 100, {}, "random", "with 39 steps"),
        ("dynamic", 100_000, {}, "group_by_length", "need less padding"),
        ("packed", 100_000, {"device": "cuda", "order": "group_by_length"}, "group_by_length", "as before"),
        ("dynamic", 100_000, {"device": "cpu", "order": "random"}, "random", "as before"),
        ("dynamic", 100_000, {"device": "cpu", "order": 7}, "group_by_length", "need less padding"),
    ],
)
def test_what_auto_becomes(padding: Padding, rows: int, before: dict[str, Any], strategy: str, reason: str) -> None:
    """Random where padding does not depend on it or there are few steps; a resumed run keeps its order anywhere."""
    found = order_of(TrainingSection(), padding, rows, before)
    assert found.strategy == strategy
    assert found.part is not None
    assert (found.part.value, reason in found.part.reason) == (strategy, True)


def test_what_is_asked_for_is_taken() -> None:
    """By name, whatever went before; that needs no words."""
    training = TrainingSection(train_sampling_strategy="sequential")
    assert order_of(training, "packed", 10, {"order": "random"}) == Order("sequential")


def test_a_run_names_its_order(tmp_path: Path, config: RunConfig) -> None:
    """In its plan and in its checkpoints; by name or by itself, the same order has the same losses."""
    found = {}
    for strategy in ("auto", "random"):
        settings = {"training.train_sampling_strategy": strategy, "training.max_steps": 3}
        run = make_run(tmp_path / strategy, config.with_settings(settings))
        assert attempt(run) == "finished"
        assert choices_of(find(run.checkpoints).newest)["order"] == "random"
        found[strategy] = [event.fields["values"].get("loss") for event in events(run, "metrics")]
        named = [part["setting"] for part in events(run, "plan")[0].fields["recipe"]]
        assert ("training.train_sampling_strategy" in named) is (strategy == "auto")
    assert found["auto"] == found["random"]
