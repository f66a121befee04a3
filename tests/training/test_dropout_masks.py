"""Dropout with masks of 16 bits: the share it says, the same in both directions, and nothing while it evaluates."""

from pathlib import Path
from typing import Any

import pytest
import torch
from training_runs import Prompter, attempt, events, make_run, points, weights

from bertft_tui.core.config import RunConfig
from bertft_tui.core.training.model.dropout_masks import QuickDropout, quicken
from bertft_tui.core.training.recipe import Place, settle

_MANY = 1_000_000


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_share(share: float) -> None:
    """Of a million numbers so many are zero, and the mean stays; neighbours drop out independently of each other."""
    torch.manual_seed(1)
    found = QuickDropout(share)(torch.ones(_MANY))
    kept = found != 0
    bound = 5 * (share * (1 - share) / _MANY) ** 0.5  # five standard deviations
    assert abs(float((~kept).float().mean()) - share) < bound
    assert abs(float(found.mean()) - 1) < bound / (1 - share)
    for distance in (1, 2, 3, 4):
        both = float((~kept[distance:] & ~kept[:-distance]).float().mean())
        assert abs(both - share**2) < 5 * (share**2 * (1 - share**2) / _MANY) ** 0.5 + 2 * bound


@pytest.mark.parametrize("shape", [(7,), (1, 3, 5), (2, 4, 8), (0, 4)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_both_directions(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    """Numbers and their gradients are multiplied by the same; shapes, formats and odd counts are kept."""
    numbers = torch.ones(shape, dtype=dtype, requires_grad=True)
    found = QuickDropout(0.5)(numbers)
    found.sum().backward()
    assert (found.shape, found.dtype) == (numbers.shape, dtype)
    assert torch.equal(numbers.grad, found)
    assert set(found.flatten().tolist()) <= {0.0, 2.0}


def test_what_stays_as_it_is() -> None:
    """While evaluating, and with no share to drop, the very same tensor comes out and no number is drawn."""
    numbers = torch.ones(9)
    state = torch.get_rng_state()
    assert QuickDropout(0.5).eval()(numbers) is numbers
    assert QuickDropout(0.0)(numbers) is numbers
    assert torch.equal(torch.get_rng_state(), state)


def test_almost_all() -> None:
    """A share near one keeps a 65536th, and no number becomes infinite."""
    found = QuickDropout(0.999999)(torch.ones(_MANY))
    assert set(found.tolist()) <= {0.0, 65536.0}


def test_the_modules_of_a_model() -> None:
    """Plain dropouts are replaced with their shares; those in place and other kinds stay."""
    model: Any = torch.nn.Sequential(
        torch.nn.Dropout(0.3), torch.nn.Sequential(torch.nn.Dropout(0.2)), torch.nn.Dropout(0.1, inplace=True)
    )
    quicken(model)
    assert [type(model[0]), type(model[1][0]), type(model[2])] == [QuickDropout, QuickDropout, torch.nn.Dropout]
    assert (model[0].p, model[1][0].p) == (0.3, 0.2)


@pytest.mark.parametrize(
    ("kind", "settings", "quick", "reason"),
    [
        ("cpu", {}, True, "one after the other"),
        ("cpu", {"model.dropout_masks": "torch"}, False, "asked for"),
        ("cpu", {"hardware.torch_compile": True}, False, "compiled"),
        ("cuda", {}, False, "a GPU"),
        ("cuda", {"model.dropout_masks": "16bit"}, True, "asked for"),
    ],
)
def test_what_auto_becomes_of_masks(
    kind: str, settings: dict[str, Any], quick: bool, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quick ones on a processor; a resumed run goes on with those that it began with, on a device of that kind."""
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    config, place = RunConfig().with_settings(settings), Place(kind, "fp32")
    recipe = settle(config, {"model_type": "bert"}, place, {})
    assert recipe.quick_dropout is quick
    assert reason in next(part.reason for part in recipe.parts if part.setting == "model.dropout_masks")
    assert settle(config, {"model_type": "bert"}, place, recipe.kept()).quick_dropout is quick
    older = {"device": kind, "padding": "dynamic", "attention_dropout": None}
    asked = settings.get("model.dropout_masks") == "16bit"
    assert settle(config, {"model_type": "bert"}, place, older).quick_dropout is asked


def test_a_run_with_quick_masks(tmp_path: Path, config: RunConfig) -> None:
    """Its losses are not those of torch's masks; stopped and resumed it is the same, bit for bit."""
    whole = make_run(tmp_path / "whole", config)
    assert attempt(whole) == "finished", events(whole, "error")
    other = make_run(tmp_path / "torch", config.with_settings({"model.dropout_masks": "torch"}))
    assert attempt(other) == "finished"
    assert points(other)["loss", 1] != points(whole)["loss", 1]
    stopped = make_run(tmp_path / "stopped", config)
    assert attempt(stopped, 1, Prompter(stopped, stopped.stop_request, "metrics", step=5)) == "stopped"
    assert attempt(stopped, 2) == "finished"
    assert points(stopped) == points(whole)
    last = events(whole, "plan")[0].fields["max_steps"]
    assert weights(stopped, last) == weights(whole, last)
