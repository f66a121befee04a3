"""Attention in fp32 beside all else in bf16: the same numbers, more exact, and no trace in what is saved."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_encoders import ARCHITECTURES, make_tiny_encoder
from training_runs import attempt, events, make_run

from bertft_tui.core.config import RunConfig
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.encoder import load_encoder
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.packing import APART
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.task import Task
from bertft_tui.core.training.wide_attention import WIDE, widen

_TASK = Task("single_label_classification", ("food", "sport", "weather"))


def _batch(vocabulary: int) -> dict[str, Any]:
    ids = torch.randint(5, vocabulary, (4, 20), generator=torch.Generator().manual_seed(1))
    mask = (torch.arange(20) < torch.tensor([[20], [7], [13], [1]])).long()
    return {"input_ids": ids, "attention_mask": mask, "labels": torch.tensor([0, 1, 2, 0])}


def _found(model: Any, batch: dict[str, Any], *, bf16: bool) -> tuple[torch.Tensor, list[torch.Tensor]]:
    model.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        found = model(**batch)
    found.loss.backward()
    return found.logits.detach().float(), [each.grad.clone() for each in model.parameters() if each.grad is not None]


@pytest.mark.parametrize("lora", [{}, {"lora_r": 4}])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_numbers_are_the_same(architecture: str, lora: dict[str, Any], tmp_path: Path) -> None:
    """In fp32 logits and gradients do not change; in bf16 they are no farther from fp32's than before."""
    quiet_libraries()
    folder = make_tiny_encoder(tmp_path / "model", architecture)
    section = ModelSection(name_or_path=str(folder), hidden_dropout=0, attention_dropout=0, **lora)
    torch.manual_seed(1)
    model = load_encoder(inspect_model(section, 24), section, _TASK, 24).model.train()
    batch = _batch(model.config.vocab_size)
    exact, narrow = _found(model, batch, bf16=False), _found(model, batch, bf16=True)
    widen(model)
    assert (model.config._attn_implementation == WIDE) is (architecture != "deberta-v2")
    same, wide = _found(model, batch, bf16=False), _found(model, batch, bf16=True)
    torch.testing.assert_close(same[0], exact[0], rtol=0, atol=1e-6)
    for ours, theirs in zip(same[1], exact[1], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-6)
    assert (wide[0] - exact[0]).abs().max() <= 1.5 * (narrow[0] - exact[0]).abs().max() + 1e-3


def test_a_run_that_attends_in_fp32(tmp_path: Path, config: RunConfig) -> None:
    """It says so, and its checkpoint is one that everybody can load."""
    run = make_run(tmp_path / "run", config.with_settings({"hardware.precision": "bf16", "training.max_steps": 2}))
    assert attempt(run) == "finished"
    assert "sdpa in fp32" in [part["value"] for part in events(run, "plan")[0].fields["recipe"]]
    saved = (run.checkpoints / "checkpoint-2" / "config.json").read_text()
    assert WIDE not in saved
    assert APART not in saved
    assert json.loads(saved)["model_type"] == "bert"
