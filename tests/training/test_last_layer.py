"""The last layer gives the same for the first token of each text, whether it computes the others or not."""

from pathlib import Path
from typing import Any

import pytest
import torch
from packed_models import PACKED_HERE, ROWS, masked, model_of, numbers, tokens_of
from torch import nn
from training_runs import Prompter, attempt, events, make_run, points, weights
from varlen_stand_in import varlen_by_parts

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.training import packed_attention
from bertft_tui.core.training.data.tokens import Padding
from bertft_tui.core.training.last_layer import first_tokens_alone
from bertft_tui.core.training.model.encoder import classifier_of
from bertft_tui.core.training.packing import pack, packing_of, stack_of
from bertft_tui.core.training.recipe import Place, Recipe, settle
from bertft_tui.core.training.wide_attention import widen

_BATCHES = ["padded", "padded, in fp32", "text by text", "by the sums of the kernel", "masked"]
_TRIMMED = [name for name in PACKED_HERE if name != "albert"]
_BERT = {"model_type": "bert"}


def _batch(model: Any, kind: str) -> dict[str, Any]:
    """Five texts as a kind of batch, and the model made ready for it."""
    config = model.config
    tokens = tokens_of(config.vocab_size)
    if kind == "padded, in fp32":
        widen(model)
    first_tokens_alone(model)
    if kind.startswith("padded"):
        return dict(Padding({"input_ids": config.pad_token_id}).batch(tokens, ROWS))
    pack(model, "cuda" if kind == "by the sums of the kernel" else "cpu", first_alone=True)
    batch = packing_of(config).batch(tokens, ROWS)
    if kind != "masked":
        return batch
    classifier_of(model).set_attn_implementation("sdpa")
    return masked(batch)


@pytest.mark.parametrize("kind", _BATCHES)
@pytest.mark.parametrize("lora", [{}, {"lora_r": 4}])
@pytest.mark.parametrize("architecture", _TRIMMED)
def test_nothing_changes(
    architecture: str, lora: dict[str, Any], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logits, loss and every gradient agree to 1e-5, padded, in fp32 beside bf16, and packed in three ways."""
    monkeypatch.setattr(packed_attention, "varlen_attn", varlen_by_parts)
    model = model_of(tmp_path / "model", architecture, **lora)
    tokens = tokens_of(model.config.vocab_size)
    wanted = numbers(model, dict(Padding({"input_ids": model.config.pad_token_id}).batch(tokens, ROWS)))
    found = numbers(model, _batch(model, kind))
    torch.testing.assert_close(found[0], wanted[0], rtol=0, atol=1e-5)
    torch.testing.assert_close(found[1], wanted[1], rtol=0, atol=1e-5)
    assert len(found[2]) == len(wanted[2])
    for ours, theirs in zip(found[2], wanted[2], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ["padded", "text by text"])
@pytest.mark.parametrize("architecture", _TRIMMED)
def test_other_tokens_are_left_out(architecture: str, kind: str, tmp_path: Path) -> None:
    """Each linear layer of the last layer sees one token a text, but for the two that make keys and values."""
    model = model_of(tmp_path / "model", architecture)
    batch = _batch(model, kind)
    seen = []
    for module in stack_of(model).layer[-1].modules():
        if isinstance(module, nn.Linear):
            module.register_forward_hook(lambda _, given, out: seen.append(given[0].shape[:-1].numel()))
    model(**batch)
    assert sorted(seen) == [5] * 4 + [batch["input_ids"].numel()] * 2


@pytest.mark.parametrize(
    ("model", "settings", "first", "reason"),
    [
        (_BERT, {}, True, "the head reads no other"),
        (_BERT, {"model.last_layer": "all_tokens"}, False, "asked for"),
        (_BERT, {"model.last_layer": "first_token"}, True, "asked for"),
        (_BERT, {"model.attn_implementation": "eager"}, False, "model.attn_implementation is 'eager'"),
        (_BERT | {"is_decoder": True}, {}, False, "the model is a decoder"),
        (_BERT | {"auto_map": {"AutoModel": "x.Y"}}, {"model.trust_remote_code": True}, False, "own code"),
        ({"model_type": "albert"}, {}, False, "the layers of albert models are all one"),
        ({"model_type": "deberta-v2"}, {}, False, "the head of a deberta-v2 model"),
    ],
)
@pytest.mark.parametrize("kind", ["cpu", "cuda"])
def test_what_auto_becomes(
    kind: str, model: dict[str, Any], settings: dict[str, Any], first: bool, reason: str
) -> None:
    """The first tokens wherever the model allows it; else it is said why not, and refused by name."""
    config, place = RunConfig().with_settings(settings), Place(kind, "bf16")
    recipe = settle(config, model, place, {})
    part = next(part for part in recipe.parts if part.setting == "model.last_layer")
    assert (recipe.first_token_alone, part.value) == (first, "first_token" if first else "all_tokens")
    assert reason in part.reason
    if not first and reason != "asked for":
        with pytest.raises(ConfigError, match="The last layer needs all tokens") as refused:
            settle(config.with_settings({"model.last_layer": "first_token"}), model, place, {})
        assert "'all_tokens', or 'auto'" in refused.value.problem.hint


def _alone(config: RunConfig, before: dict[str, Any]) -> Recipe:
    return settle(config, _BERT, Place("cpu", "fp32"), before)


def test_a_resumed_run_goes_on_as_it_was() -> None:
    """A checkpoint says it; one that says nothing was made before there was a choice."""
    config = RunConfig()
    assert _alone(config, _alone(config, {}).kept()).first_token_alone
    everything = _alone(config.with_settings({"model.last_layer": "all_tokens"}), {})
    assert not _alone(config, everything.kept()).first_token_alone
    older = {key: value for key, value in everything.kept().items() if key != "last_layer"}
    assert not _alone(config, older).first_token_alone


def test_a_run(tmp_path: Path, config: RunConfig) -> None:
    """It says so, and stopped and resumed it is the same, bit for bit."""
    whole = make_run(tmp_path / "whole", config)
    assert attempt(whole) == "finished", events(whole, "error")
    plan = events(whole, "plan")[0].fields
    assert ("model.last_layer", "first_token") in {(part["setting"], part["value"]) for part in plan["recipe"]}
    stopped = make_run(tmp_path / "stopped", config)
    assert attempt(stopped, 1, Prompter(stopped, stopped.stop_request, "metrics", step=5)) == "stopped"
    assert attempt(stopped, 2) == "finished"
    assert points(stopped) == points(whole)
    assert weights(stopped, plan["max_steps"]) == weights(whole, plan["max_steps"])
