"""With each part of the recipe on, losses are those of the plain recipe within a stated bound: docs/recipe.md."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from training_runs import PLAIN, attempt, events, make_run, points

from bertft_tui.core.config import RunConfig

#: The same texts in the same order, and nothing drawn: what is left is how the numbers are computed.
_SAME = {
    "model.attention_dropout": 0.0,
    "model.hidden_dropout": 0.0,
    "training.train_sampling_strategy": "sequential",
    "training.max_steps": 8,
}

#: How far losses and evaluations may be from the plain recipe's: rounding alone, and eight bits of mantissa.
_EXACT, _BF16 = 1e-5, 2e-2

_PARTS: dict[str, tuple[dict[str, Any], float]] = {
    "dynamic padding": ({"data.padding": "dynamic"}, _EXACT),
    "no padding": ({"data.padding": "packed"}, _EXACT),
    "evaluation by length": ({"training.eval_sampling_strategy": "length"}, _EXACT),
    "evaluation batches": ({"training.per_device_eval_batch_size": 20}, _EXACT),
    "passes that fit": ({"training.per_device_train_batch_size": "auto"}, _EXACT),
    "data-loader processes": ({"hardware.dataloader_num_workers": 1}, _EXACT),
    "embeddings that occur": ({"model.trained_embeddings": "occurring"}, _EXACT),
    "the last layer's first tokens": ({"model.last_layer": "first_token"}, _EXACT),
    "first tokens without padding": ({"model.last_layer": "first_token", "data.padding": "packed"}, _EXACT),
    "bf16": ({"hardware.precision": "bf16"}, _BF16),
    "all but the order": (
        {
            "model.last_layer": "first_token",
            "data.padding": "packed",
            "training.eval_sampling_strategy": "length",
            "hardware.precision": "bf16",
        },
        _BF16,
    ),
}


def _points(path: Path, config: RunConfig, **settings: Any) -> dict[tuple[str, int], float]:
    run = make_run(path, config.with_settings(PLAIN | _SAME | settings))
    assert attempt(run) == "finished", events(run, "error")
    names = ("loss", "eval_loss", "learning_rate")
    return {key: value for key, value in points(run).items() if key[0] in names}


@pytest.mark.parametrize("part", _PARTS)
def test_losses_agree(tmp_path: Path, config: RunConfig, part: str) -> None:
    """Each step's loss, and that of the evaluation."""
    plain = _points(tmp_path / "plain", config)
    settings, bound = _PARTS[part]
    found = _points(tmp_path / "part", config, **settings)
    assert found.keys() == plain.keys()
    for key, value in plain.items():
        assert found[key] == pytest.approx(value, abs=bound), key


@pytest.mark.long
@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no C++ compiler")
def test_a_compiled_model_agrees(tmp_path: Path, config: RunConfig) -> None:
    """Compiled for texts of many lengths, with a last layer of first tokens alone."""
    settings = {"data.padding": "dynamic", "model.last_layer": "first_token"}
    plain = _points(tmp_path / "plain", config, **settings)
    found = _points(tmp_path / "part", config, **settings, **{"hardware.torch_compile": True})
    assert found.keys() == plain.keys()
    for key, value in plain.items():
        assert found[key] == pytest.approx(value, abs=_EXACT), key


@pytest.mark.parametrize("order", ["random", "group_by_length", "batch_rebalance"])
def test_every_order_has_the_same_texts(tmp_path: Path, config: RunConfig, order: str) -> None:
    """Where nothing is learnt, the losses of an epoch, weighted by their texts, have the same mean in any order."""
    still = {"training.learning_rate": 1e-30, "training.max_steps": 6, "training.gradient_accumulation_steps": 1}
    means = []
    for strategy in ("sequential", order):
        found = _points(tmp_path / strategy, config, **still, **{"training.train_sampling_strategy": strategy})
        losses = [found["loss", step] for step in range(1, 7)]
        means.append((8 * sum(losses[:5]) + 4 * losses[5]) / 44)
    assert means[1] == pytest.approx(means[0], abs=_EXACT)
