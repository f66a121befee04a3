"""A batch cut into smaller ones trains as the whole one does, an epoch's last step included."""

from pathlib import Path
from typing import Any

import pytest
from training_runs import attempt, make_run, points

from bertft_tui.core.config import RunConfig

_VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {"data.train_size": 19},
    "class weights and label smoothing": {
        "data.train_size": 21,
        "training.class_weights": "balanced",
        "training.label_smoothing_factor": 0.1,
    },
    "like lengths side by side": {"data.train_size": 20, "training.train_sampling_strategy": "batch_rebalance"},
}


@pytest.mark.parametrize("variant", _VARIANTS)
def test_cut_batches_have_the_same_losses(tmp_path: Path, config: RunConfig, variant: str) -> None:
    """8 × 1, 4 × 2 and 2 × 4 agree in loss, gradient and evaluation, the last step of 3 to 5 rows too."""
    settings = {"model.attention_dropout": 0.0, "model.hidden_dropout": 0.0, **_VARIANTS[variant]}
    found = []
    for size, passes in ((8, 1), (4, 2), (2, 4)):
        cut = {"training.per_device_train_batch_size": size, "training.gradient_accumulation_steps": passes}
        run = make_run(tmp_path / f"{size}", config.with_settings(settings | cut))
        assert attempt(run) == "finished"
        found.append(points(run))
    whole, *others = found
    assert [step for name, step in whole if name == "loss"] == [1, 2, 3, 4, 5, 6]
    for other in others:
        assert other.keys() == whole.keys()
        for key, value in whole.items():
            assert other[key] == pytest.approx(value, abs=2e-6), key
