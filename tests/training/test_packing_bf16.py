"""Packed and padded batches in bf16, on a processor and on a GPU, beside the padded one in fp32."""

from pathlib import Path
from typing import Any

import pytest
import torch
from packed_models import LABELS, PACKED_HERE, ROWS, model_of, numbers, tokens_of
from torch import Tensor
from training_runs import attempt, events, make_run, points
from varlen_stand_in import varlen_by_parts

from bertft_tui.core.config import RunConfig
from bertft_tui.core.training import packed_attention
from bertft_tui.core.training.data.tokens import Padding
from bertft_tui.core.training.packing import pack, packing_of
from bertft_tui.core.training.packing_trial import fault_of_varlen
from bertft_tui.core.training.wide_attention import widen

#: How far bf16 may be from fp32 where it packs: logits and loss, and the gradient as a share of its length.
_LOGITS, _LOSS, _GRADIENT = 0.01, 0.005, 0.03

_ON_A_GPU = [
    pytest.mark.cuda,
    pytest.mark.skipif(
        not torch.cuda.is_available() or torch.cuda.get_device_capability() < (8, 0),
        reason="torch sees no CUDA device with bf16",
    ),
]
_GPU = [pytest.param("cuda", marks=_ON_A_GPU)]


def _moved(batch: dict[str, Any], device: str) -> dict[str, Any]:
    return {name: value.to(device) if isinstance(value, Tensor) else value for name, value in batch.items()}


def _whole(gradients: list[Tensor]) -> Tensor:
    return torch.cat([each.flatten() for each in gradients])


@pytest.mark.parametrize("by", ["a processor", "the sums of the kernel", pytest.param("cuda", marks=_ON_A_GPU)])
@pytest.mark.parametrize("architecture", PACKED_HERE)
def test_packed_in_bf16(architecture: str, by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logits, loss and gradient of a batch packed in bf16 are those of one padded in fp32, within the bound."""
    device = "cuda" if by == "cuda" else "cpu"
    if device == "cpu":
        monkeypatch.setattr(packed_attention, "varlen_attn", varlen_by_parts)
    model = model_of(tmp_path / "model", architecture).to(device)
    config, tokens = model.config, tokens_of(model.config.vocab_size)
    labels = LABELS.to(device)
    padded = _moved(Padding({"input_ids": config.pad_token_id}).batch(tokens, ROWS), device)
    logits, loss, gradients = numbers(model, padded, labels)
    if by == "a processor":
        widen(model)
    pack(model, "cpu" if by == "a processor" else "cuda")
    packed = _moved(packing_of(config).batch(tokens, ROWS), device)
    with torch.autocast(device, torch.bfloat16):
        found = numbers(model, packed, labels)
    torch.testing.assert_close(found[0].float(), logits, rtol=0, atol=_LOGITS)
    torch.testing.assert_close(found[1].float(), loss, rtol=0, atol=_LOSS)
    off = _whole(found[2]) - _whole(gradients)
    assert float(off.norm() / _whole(gradients).norm()) < _GRADIENT


@pytest.mark.parametrize("device", _GPU)
@pytest.mark.parametrize("precision", ["bf16", "fp16"])
@pytest.mark.parametrize("sizes", [(768, 12), (384, 12), (1024, 16), (32, 2)])
def test_its_attention_has_no_fault(sizes: tuple[int, int], precision: str, device: str) -> None:
    """The kernels of this GPU and this torch attend as they should, in heads of 64, 32 and 16 numbers."""
    model = {"hidden_size": sizes[0], "num_attention_heads": sizes[1]}
    assert fault_of_varlen(model, device, precision) == ""


@pytest.mark.parametrize("device", _GPU)
def test_a_run_packs_by_itself(device: str, tmp_path: Path, config: RunConfig) -> None:
    """Its first losses are those of a run that pads, and its longest batch is tried with all its texts."""
    settings = {"hardware.device": "cuda:0", "hardware.precision": "bf16", "model.hidden_dropout": 0.0}
    found = {}
    for padding in ("auto", "dynamic"):
        run = make_run(tmp_path / padding, config.with_settings(settings | {"data.padding": padding}))
        assert attempt(run, device=f"{device}:0", torch_device=f"{device}:0") == "finished"
        assert events(run, "memory")[0].fields["rows"] == 8
        found[events(run, "plan")[0].fields["recipe"][0]["value"]] = points(run)
    for step in (1, 2, 3):
        assert found["packed"]["loss", step] == pytest.approx(found["dynamic"]["loss", step], abs=0.02)
