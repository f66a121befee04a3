"""What `auto` becomes on each device, with which reason, and what is refused because it cannot be."""

import shutil
from typing import Any

import pytest

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.training.recipe import Place, check_places, settle

_BERT = {"model_type": "bert"}
_GPU = Place("cuda", "bf16")
_CPU = Place("cpu", "bf16")


def _settled(model: Any, place: Place, before: Any = None, **settings: Any) -> tuple[str, float | None, str]:
    names = {"padding": "data", "attention_dropout": "model", "attn_implementation": "model"}
    config = RunConfig().with_settings({f"{names[name]}.{name}": value for name, value in settings.items()})
    recipe = settle(config, model, place, before or {})
    return recipe.padding, recipe.attention_dropout, recipe.parts[0].reason


@pytest.mark.parametrize(
    ("model", "place", "settings", "expected", "reason"),
    [
        (_BERT, _CPU, {}, ("packed", 0.0), "texts end to end need no padding"),
        (_BERT, _GPU, {}, ("packed", 0.0), "texts end to end need no padding"),
        (_BERT, Place("cuda", "fp16"), {}, ("packed", 0.0), "texts end to end need no padding"),
        (_BERT, Place("cuda", "fp32"), {}, ("dynamic", None), "computes in bf16 or fp16, not fp32"),
        (_BERT, Place("cuda", "bf16", "the GPU has no kernel"), {}, ("dynamic", None), "the GPU has no kernel"),
        (_BERT, _GPU, {"attention_dropout": 0.1}, ("dynamic", 0.1), "model.attention_dropout is 0.1"),
        (_BERT, _GPU, {"attention_dropout": None}, ("dynamic", None), "is empty, the model's own"),
        (_BERT, _GPU, {"attention_dropout": 0.0}, ("packed", 0.0), "texts end to end need no padding"),
        (_BERT, _GPU, {"attn_implementation": "eager"}, ("dynamic", None), "model.attn_implementation is 'eager'"),
        (_BERT, _GPU, {"padding": "max_length"}, ("max_length", None), "asked for"),
        (_BERT, _CPU, {"padding": "packed"}, ("packed", 0.0), "asked for"),
        (_BERT, _CPU, {"attn_implementation": "eager"}, ("dynamic", None), "model.attn_implementation is 'eager'"),
        ({"model_type": "deberta-v2"}, _GPU, {}, ("dynamic", None), "a deberta-v2 model"),
        ({"model_type": "deberta-v2"}, _CPU, {}, ("dynamic", None), "a deberta-v2 model"),
        ({"model_type": "xlnet"}, _CPU, {}, ("dynamic", None), "a xlnet model"),
        ({"model_type": "modernbert"}, _CPU, {}, ("dynamic", 0.0), "a modernbert model"),
        (_BERT, Place("mps", "fp32"), {}, ("dynamic", 0.0), "mps has no attention"),
    ],
)
def test_what_auto_becomes(model: Any, place: Place, settings: Any, expected: Any, reason: str) -> None:
    """The best that works, named with its reason; what was asked for by name stays."""
    found = _settled(model, place, **settings)
    assert found[:2] == expected
    assert reason in found[2]


@pytest.mark.parametrize(
    ("model", "place", "settings", "reason"),
    [
        ({"model_type": "deberta-v2"}, _CPU, {}, "a deberta-v2 model could keep texts apart"),
        (_BERT, Place("cuda", "fp32"), {}, "computes in bf16 or fp16, not fp32"),
        (_BERT, Place("cuda", "bf16", "the GPU has no kernel"), {}, "the GPU has no kernel"),
        (_BERT, Place("mps", "fp32"), {}, "mps has no attention over texts end to end"),
        (_BERT, _CPU, {"attention_dropout": 0.1}, "model.attention_dropout is 0.1"),
        (_BERT, _CPU, {"attn_implementation": "eager"}, "model.attn_implementation is 'eager'"),
    ],
)
def test_packing_is_refused_where_it_cannot_be(model: Any, place: Place, settings: Any, reason: str) -> None:
    """With the reason, and the nearest that works."""
    with pytest.raises(ConfigError, match="Texts cannot be packed") as caught:
        _settled(model, place, padding="packed", **settings)
    assert reason in caught.value.problem.message
    assert "data.padding = 'dynamic'" in caught.value.problem.hint


def test_a_resumed_run_goes_on_as_before() -> None:
    """What an attempt made of `auto` stays on a device of its kind; elsewhere it is decided anew."""
    before = {"device": "cuda", "padding": "dynamic", "attention_dropout": None}
    assert _settled(_BERT, _GPU, before)[:2] == ("dynamic", None)
    assert _settled(_BERT, _GPU, before, attention_dropout=0.0, padding="max_length")[:2] == ("max_length", 0.0)
    assert _settled(_BERT, _CPU, before)[:2] == ("packed", 0.0)
    assert _settled(_BERT, _GPU, settle(RunConfig(), _BERT, _GPU, {}).kept())[:2] == ("packed", 0.0)


def test_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch_compile is refused where no code can be compiled."""
    config = RunConfig().with_settings({"hardware.torch_compile": True})
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ConfigError, match="no C\\+\\+ compiler"):
        settle(config, _BERT, _CPU, {})
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert settle(config, _BERT, _CPU, {}).padding == "dynamic"


@pytest.mark.parametrize(
    ("settings", "devices", "title"),
    [
        ({"hardware.precision": "bf16"}, [("cuda:0", (7, 5))], "bf16 is not possible here"),
        ({"hardware.precision": "tf32"}, [("cuda:0", (7, 5))], "tf32 needs a CUDA device of compute capability 8.0"),
        ({"hardware.precision": "fp16"}, [("cpu", None)], "fp16 needs a CUDA device"),
        ({"hardware.precision": "bf16"}, [("mps", None)], "bf16 is not possible here"),
        ({"data.padding": "packed"}, [("cuda:0", (7, 5))], "Texts cannot be packed"),
        ({"data.padding": "packed", "hardware.precision": "fp32"}, [("cuda:0", (9, 0))], "Texts cannot be packed"),
    ],
)
def test_what_no_device_can_is_refused(settings: Any, devices: list[Any], title: str) -> None:
    """Before a launch, by what the devices say of themselves."""
    told = [{"name": name, "capability": capability} for name, capability in devices]
    with pytest.raises(ConfigError, match=title):
        check_places(RunConfig().with_settings(settings), _BERT, told)


@pytest.mark.parametrize(
    ("settings", "devices"),
    [
        ({"hardware.precision": "bf16"}, [("cuda:0", (7, 5)), ("cuda:1", (8, 6))]),
        ({"hardware.precision": "bf16"}, [("cuda:0", None)]),
        ({"hardware.precision": "bf16"}, [("cpu", None)]),
        ({"hardware.precision": "fp16", "data.padding": "packed"}, [("cuda:0", (9, 0))]),
        ({"hardware.precision": "auto"}, [("cuda:0", (3, 0))]),
        ({"hardware.precision": "fp16"}, []),
    ],
)
def test_what_one_device_can_is_not(settings: Any, devices: list[Any]) -> None:
    """One that can, or of which it is not known, is enough; without devices nothing is known."""
    told = [{"name": name, "capability": capability} for name, capability in devices]
    check_places(RunConfig().with_settings(settings), _BERT, told)


@pytest.mark.parametrize(
    ("model", "place", "settings", "expected"),
    [
        (_BERT, _CPU, {}, True),
        (_BERT, Place("cpu", "fp32"), {}, False),
        (_BERT, _GPU, {}, False),
        (_BERT, _CPU, {"model.attn_implementation": "sdpa"}, False),
        ({"model_type": "deberta-v2"}, _CPU, {}, False),
    ],
)
def test_attention_in_fp32(model: Any, place: Place, settings: Any, expected: bool) -> None:
    """On a processor in bf16, unless attention was asked for by name or is the plain one; it is named."""
    recipe = settle(RunConfig().with_settings(settings), model, place, {})
    assert recipe.wide_attention is expected
    assert ("sdpa in fp32" in [part.value for part in recipe.parts]) is expected
