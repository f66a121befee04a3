"""Directions and names of metrics."""

import pytest

from bertft_tui.core.metric_names import BEST_METRICS, METRICS, direction_of, evaluation_name


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("loss", "down"),
        ("eval_loss", "down"),
        ("train_runtime", "down"),
        ("accuracy", "up"),
        ("eval_matthews_correlation", "up"),
        ("eval_samples_per_second", "up"),
        ("grad_norm", None),
        ("learning_rate", None),
    ],
)
def test_losses_and_durations_go_down_and_some_nowhere(name: str, direction: str | None) -> None:
    """The direction follows the name, with the Trainer's prefix or without."""
    assert direction_of(name) == direction


def test_names_become_the_trainers() -> None:
    """A metric's name gets `eval_` once."""
    assert evaluation_name("accuracy") == evaluation_name("eval_accuracy") == "eval_accuracy"


def test_a_best_checkpoint_can_be_chosen_by_every_metric_and_the_loss() -> None:
    """What is computed can be chosen by."""
    assert set(BEST_METRICS) == {*METRICS, "loss"}
