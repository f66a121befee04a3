"""A GPU that attends wrongly over texts end to end is found out before a run relies on it, and the run pads."""

from typing import Any

import pytest
import torch
from torch import Tensor
from varlen_stand_in import varlen_by_parts

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.training import packed_attention, packing_trial
from bertft_tui.core.training.packing_trial import fault_of_varlen, settle_and_try
from bertft_tui.core.training.recipe import Place

_BERT = {"model_type": "bert", "hidden_size": 64, "num_attention_heads": 2}
_GPU = Place("cuda", "bf16")
_PACKED = {"data.padding": "packed"}


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
@pytest.mark.parametrize(
    "sizes", [_BERT, {"model_type": "distilbert", "dim": 32, "n_heads": 4}, {"hidden_size": "wide", "n_heads": -1}]
)
def test_what_is_right(sizes: dict[str, Any], precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attention text by text has no fault, in both formats, and the training's generator draws as before."""
    shapes, asked = set(), list[int]()

    def told(query: Tensor, *others: Any, **more: Any) -> Tensor:
        shapes.add(tuple(query.shape[1:]))
        asked.append(len(query))
        return varlen_by_parts(query, *others, **more)

    monkeypatch.setattr(packed_attention, "varlen_attn", told)
    before = torch.get_rng_state()
    assert fault_of_varlen(sizes, "cpu", precision) == ""
    assert torch.equal(torch.get_rng_state(), before)
    assert asked == [436, 6]  # all tokens, and the first of each text
    assert shapes == {{"bert": (2, 32), "distilbert": (4, 8)}.get(str(sizes.get("model_type")), (12, 64))}


def _one_long_text(query: Tensor, key: Tensor, value: Tensor, *ends: Any, scale: float) -> Tensor:
    asked, keys = torch.tensor([0, len(query)]), torch.tensor([0, len(key)])
    return varlen_by_parts(query, key, value, asked, keys, len(query), len(key), scale=scale)


def _half_a_gradient(*parts: Any, scale: float) -> Tensor:
    found = varlen_by_parts(*parts, scale=scale)
    return found / 2 + found.detach() / 2


def _no_number(*parts: Any, scale: float) -> Tensor:
    return varlen_by_parts(*parts, scale=scale) * float("nan")


def _no_kernel(*parts: Any, scale: float) -> Tensor:
    raise NotImplementedError("no kernel for sm_75\nwith a long trace")


@pytest.mark.parametrize(
    ("attention", "words"),
    [
        (_one_long_text, "% off when it was tried"),
        (_half_a_gradient, "50% off when it was tried"),
        (_no_number, "gave what is no number when it was tried"),
        (_no_kernel, "failed when it was tried (no kernel for sm_75)"),
    ],
)
def test_what_is_wrong(attention: Any, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts that see each other, a wrong gradient, NaN, and a kernel that is not there: each is told."""
    monkeypatch.setattr(packed_attention, "varlen_attn", attention)
    assert fault_of_varlen(_BERT, "cpu", "bf16").endswith(words)


def test_memory_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU that is full says nothing about its kernels: the run ends as any does that finds no memory."""

    def full(*parts: Any, scale: float) -> Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(packed_attention, "varlen_attn", full)
    with pytest.raises(torch.OutOfMemoryError):
        fault_of_varlen(_BERT, "cpu", "bf16")


def test_a_run_pads_where_packing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """`auto` takes padding and says why; so does a run that packed before; what was asked for by name is refused."""
    monkeypatch.setattr(packing_trial, "fault_of_varlen", lambda *_: "it was 40% off")
    recipe = settle_and_try(RunConfig(), _BERT, _GPU, {})
    assert (recipe.padding, recipe.attention_dropout, recipe.parts[0].reason) == ("dynamic", None, "it was 40% off")
    before = {"device": "cuda", "padding": "packed", "attention_dropout": 0.0}
    resumed = settle_and_try(RunConfig(), _BERT, _GPU, before)
    assert (resumed.padding, resumed.attention_dropout) == ("dynamic", 0.0)
    with pytest.raises(ConfigError, match="Texts cannot be packed") as caught:
        settle_and_try(RunConfig().with_settings(_PACKED), _BERT, _GPU, {})
    assert "it was 40% off" in caught.value.problem.message


@pytest.mark.parametrize("place", [Place("cpu", "bf16"), Place("cuda", "fp32"), Place("mps", "fp32")])
def test_nothing_is_tried_in_vain(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a GPU that would pack tries it."""
    monkeypatch.setattr(packing_trial, "fault_of_varlen", lambda *_: pytest.fail("nothing packs there"))
    expected = "packed" if place.kind == "cpu" else "dynamic"
    assert settle_and_try(RunConfig(), _BERT, place, {}).padding == expected


def test_a_gpu_that_is_right_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no fault the recipe is what the settings alone make of it."""
    monkeypatch.setattr(packing_trial, "fault_of_varlen", lambda *_: "")
    assert settle_and_try(RunConfig(), _BERT, _GPU, {}).padding == "packed"
