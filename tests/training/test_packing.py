"""Texts end to end in one row give the numbers of a padded batch, to 1e-5, for every architecture that packs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_encoders import ARCHITECTURES, make_tiny_encoder
from torch import Tensor
from torch.nn import functional as F
from training_runs import attempt, events, make_run, points

from bertft_tui.core.config import RunConfig
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training import packing
from bertft_tui.core.training.data.tokens import Padding, Tokens
from bertft_tui.core.training.model.architecture_names import PACKABLE
from bertft_tui.core.training.model.encoder import load_encoder
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.packing import pack, packing_of
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.task import Task

_TASK = Task("single_label_classification", ("food", "sport", "weather"))
_LABELS = torch.tensor([0, 1, 2, 0, 1])
_ROWS = [3, 0, 5, 1, 4]

_PACKED_HERE = [name for name in ARCHITECTURES if name in PACKABLE]


def _varlen_by_parts(query: Tensor, key: Tensor, value: Tensor, *ends: Any, scale: float) -> Tensor:
    """What `varlen_attn` computes, text by text, for a machine without a GPU: (tokens, heads, size)."""
    parts = []
    for start, end in zip(ends[0][:-1].tolist(), ends[0][1:].tolist(), strict=True):
        one = (part[start:end].transpose(0, 1) for part in (query, key, value))
        parts.append(F.scaled_dot_product_attention(*one, scale=scale).transpose(0, 1))
    assert ends[2] == max(len(part) for part in parts)
    return torch.cat(parts)


def _tokens(vocabulary: int) -> Tokens:
    lengths = np.array([9, 3, 17, 1, 24, 8])
    starts = np.concatenate([[0], lengths.cumsum()])
    return Tokens({"input_ids": np.random.default_rng(1).integers(5, vocabulary, starts[-1])}, starts)


def _model(folder: Path, architecture: str, **settings: Any) -> Any:
    quiet_libraries()
    make_tiny_encoder(folder, architecture)
    section = ModelSection(name_or_path=str(folder), attention_dropout=0, hidden_dropout=0, **settings)
    torch.manual_seed(1)
    return load_encoder(inspect_model(section, 24), section, _TASK, 24).model.train()


def _numbers(model: Any, batch: dict[str, Any]) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Logits, loss, and the gradients of all that learns."""
    model.zero_grad()
    found = model(**batch, labels=_LABELS)
    found.loss.backward()
    gradients = [weight.grad.clone() for weight in model.parameters() if weight.grad is not None]
    return found.logits.detach(), found.loss.detach(), gradients


@pytest.mark.parametrize("attention", ["masked", "told where texts end"])
@pytest.mark.parametrize("lora", [{}, {"lora_r": 4}])
@pytest.mark.parametrize("architecture", _PACKED_HERE)
def test_packed_equals_padded(
    architecture: str, lora: dict[str, Any], attention: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logits, loss and every gradient agree to 1e-5, by a mask and by the ends of the texts; with LoRA too."""
    monkeypatch.setattr(packing, "varlen_attn", _varlen_by_parts)
    device = "cpu" if attention == "masked" else "cuda"
    model = _model(tmp_path / "model", architecture, **lora)
    config = model.config
    tokens = _tokens(config.vocab_size)
    padded = _numbers(model, dict(Padding({"input_ids": config.pad_token_id}).batch(tokens, _ROWS)))
    pack(model, device)
    packed = _numbers(model, packing_of(config, device).batch(tokens, _ROWS))
    torch.testing.assert_close(packed[0], padded[0], rtol=0, atol=1e-5)
    torch.testing.assert_close(packed[1], padded[1], rtol=0, atol=1e-5)
    assert len(packed[2]) == len(padded[2])
    for ours, theirs in zip(packed[2], padded[2], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)


def test_texts_do_not_see_each_other(tmp_path: Path) -> None:
    """Another neighbour changes nothing about a text; another word in it does."""
    model = _model(tmp_path / "model", "bert").eval()
    pack(model, "cpu")
    tokens = _tokens(model.config.vocab_size)
    how = packing_of(model.config, "cpu")
    both, other = (model(**how.batch(tokens, rows)).logits for rows in ([2, 4], [2, 0]))
    torch.testing.assert_close(both[0], other[0], rtol=0, atol=1e-6)
    tokens.columns["input_ids"][tokens.starts[2] + 3] += 1
    changed = model(**how.batch(tokens, [2, 4])).logits
    assert (changed[0] - both[0]).abs().max() > 1e-4


def test_a_packed_run(tmp_path: Path, config: RunConfig) -> None:
    """A run that packs has the losses and evaluations of one that pads, and says that it packs."""
    settings = {"model.hidden_dropout": 0.0, "training.gradient_accumulation_steps": 2}
    found = []
    for padding in ("packed", "dynamic"):
        run = make_run(tmp_path / padding, config.with_settings(settings | {"data.padding": padding}))
        assert attempt(run) == "finished"
        found.append(points(run))
        assert events(run, "plan")[0].fields["recipe"][0]["value"] == padding
    packed, dynamic = found
    assert packed.keys() == dynamic.keys()
    for key, value in dynamic.items():
        assert packed[key] == pytest.approx(value, abs=1e-5), key
