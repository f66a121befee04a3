"""What a run makes of the settings that are `auto`: of all that gives the same training, what is fastest here.

No torch: what cannot be done is refused before a launch, with the reason and the nearest that works.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.architecture_names import (
    EAGER_ONLY,
    KNOWN_ENCODERS,
    NO_ATTENTION_DROPOUT,
    NO_VOCABULARY,
    OWN_LAST_LAYER,
    PACKABLE,
)
from bertft_tui.core.training.number_formats import Abilities, abilities_of, precision_of
from bertft_tui.core.value_text import format_value

Padding = Literal["packed", "dynamic", "max_length"]

#: The setting that says whose word embeddings learn, and what a checkpoint calls the digest of their tokens.
EMBEDDINGS, TOKENS = "model.trained_embeddings", "trained_tokens"

#: The name under which `transformers` knows attention over texts end to end.
VARLEN = "bertft_varlen"

#: Number formats in which variable-length attention computes on a GPU.
_PACKED_FORMATS = ("bf16", "fp16")


@dataclass(frozen=True)
class Place:
    """Where a run trains, as far as it decides what is fast. `kind`: cpu, cuda or mps."""

    kind: str
    precision: str
    varlen_fault: str = ""  # why a GPU cannot attend over texts end to end


@dataclass(frozen=True)
class Part:
    """One setting as the run has it, and why so."""

    setting: str
    value: str
    reason: str

    def as_dict(self) -> dict[str, str]:
        """The part as the journal has it."""
        return asdict(self)


@dataclass(frozen=True)
class Recipe:
    """What a run trains with where its settings leave it open."""

    place: Place
    padding: Padding
    attention_dropout: float | None  # None: the model's own
    parts: tuple[Part, ...] = ()
    wide_attention: bool = False  # computed in fp32, whatever the precision
    quick_dropout: bool = False  # with masks of 16 bits
    first_token_alone: bool = False  # in the last layer, whose other tokens the head does not read
    trains_occurring: bool = False  # of the word embeddings, only those of tokens that the training texts have
    trained_tokens: str = ""  # a digest of those tokens, when they are known and others are left out

    def kept(self) -> dict[str, Any]:
        """What a checkpoint says of it, for the attempt that goes on from there."""
        return {
            "device": self.place.kind,
            "precision": self.place.precision,
            "padding": self.padding,
            "attention_dropout": self.attention_dropout,
            "dropout_masks": "16bit" if self.quick_dropout else "torch",
            "last_layer": "first_token" if self.first_token_alone else "all_tokens",
            TOKENS: self.trained_tokens,
        }

    def with_all_embeddings(self, reason: str) -> "Recipe":
        """The recipe after all word embeddings turned out to be trained."""
        kept = [part for part in self.parts if part.setting != EMBEDDINGS]
        return replace(self, parts=(*kept, Part(EMBEDDINGS, "all", reason)), trains_occurring=False)


def settle(config: RunConfig, model: Mapping[str, Any], place: Place, before: Mapping[str, Any]) -> Recipe:
    """Decide what a run makes of its settings. `model`: what its config.json says.

    `before`: what a checkpoint says that the training took until then. It goes on so on a device of that kind.

    Raises ConfigError for what cannot be done there.
    """
    check_recipe(config, model)
    if before.get("device") == place.kind:
        config = _as_before(config, before)
    padding, why = _padding(config, model, place)
    parts = [Part("data.padding", padding, why)]
    dropout, why = _attention_dropout(config.model, model, place, padding)
    parts.append(Part("model.attention_dropout", format_value(dropout) or "the model's own", why))
    wide = _attends_in_fp32(config.model, model, place)
    if wide:
        parts.append(Part("model.attn_implementation", "sdpa in fp32", "a processor's fused kernel is faster so"))
    quick, why = _quick_dropout(config, place)
    parts.append(Part("model.dropout_masks", "16bit" if quick else "torch", why))
    first, why = _first_token_alone(config.model, model)
    parts.append(Part("model.last_layer", "first_token" if first else "all_tokens", why))
    occurring, why = _trains_occurring(config, model, place, before)
    parts.append(Part(EMBEDDINGS, "occurring" if occurring else "all", why))
    return Recipe(place, padding, dropout, tuple(parts), wide, quick, first, occurring)


def _as_before(config: RunConfig, before: Mapping[str, Any]) -> RunConfig:
    """Ask by name for what an earlier attempt made of `auto`."""
    wanted = {"data.padding": before.get("padding", "auto")}
    wanted["model.attention_dropout"] = before.get("attention_dropout", "auto")
    wanted["model.dropout_masks"] = before.get("dropout_masks", "torch")
    wanted["model.last_layer"] = before.get("last_layer", "all_tokens")
    values = config.flat()
    return config.with_settings({key: value for key, value in wanted.items() if values[key] == "auto"})


def check_recipe(config: RunConfig, model: Mapping[str, Any]) -> None:
    """See that what is asked for by name can be done with a model, wherever it trains. Raises ConfigError."""
    if config.data.padding == "packed" and (why := _not_packable(config.model, model)):
        raise _no_packing(why)
    if config.model.trained_embeddings == "occurring" and (why := _not_only_occurring(config, model)):
        raise _not_left_out(why)
    if config.model.last_layer == "first_token" and (why := _not_first_alone(config.model, model)):
        raise ConfigError(
            "The last layer needs all tokens",
            f"model.last_layer is 'first_token', but {why}.",
            "Set model.last_layer = 'all_tokens', or 'auto'.",
        )
    if config.hardware.torch_compile and (why := _not_compilable()):
        raise ConfigError("The model cannot be compiled", f"{why}.", "Set hardware.torch_compile = false.")


def check_places(config: RunConfig, model: Mapping[str, Any], devices: Sequence[Mapping[str, Any]]) -> None:
    """See that one at least of the devices that a run may be given can do what is asked for by name.

    `devices`: the `name` of each and, of a GPU that says it, its compute `capability`. Raises ConfigError.
    """
    refusals = []
    for device in devices:
        try:
            settle(config, model, place_of(config, device), {})
        except ConfigError as error:
            refusals.append(error)
        else:
            return
    if refusals:
        raise refusals[0]


def place_of(config: RunConfig, device: Mapping[str, Any]) -> Place:
    """Return where a run would train on a device that is told as for `check_places`. Raises ConfigError."""
    able = abilities_of(device["name"], tuple(device["capability"]) if device["capability"] else None)
    precision, _ = precision_of(config.hardware.precision, able)
    return Place(able.kind, precision, varlen_fault_of(able))


def varlen_fault_of(able: Abilities) -> str:
    """Say why a device has nothing that attends over texts end to end; empty when it has, or needs no kernel."""
    return (
        "" if able.kind != "cuda" or able.is_ampere else "the GPU has no kernel for attention over texts end to end"
    )


def _padding(config: RunConfig, model: Mapping[str, Any], place: Place) -> tuple[Padding, str]:
    asked = config.data.padding
    if asked in ("dynamic", "max_length"):
        return asked, "asked for"
    reason = _not_packable(config.model, model) or _not_packed_there(config, place)
    if asked == "packed":
        if reason:
            raise _no_packing(reason)
        return "packed", "asked for"
    return ("dynamic", reason) if reason else ("packed", "texts end to end need no padding")


def _not_packable(section: ModelSection, model: Mapping[str, Any]) -> str:
    """Say why texts cannot be put end to end with a model; empty when they can."""
    model_type = str(model.get("model_type"))
    if model_type not in PACKABLE:
        return f"how a {model_type} model could keep texts apart that stand end to end is not known"
    if section.trust_remote_code and model.get("auto_map"):
        return "what the model's own code does with texts that stand end to end is not known"
    if section.attn_implementation == "eager":
        return "model.attn_implementation is 'eager', which knows no texts of several lengths"
    if section.attention_dropout not in ("auto", 0):
        own = section.attention_dropout is None
        value = "empty, the model's own" if own else format_value(section.attention_dropout)
        return f"attention over texts end to end has no dropout, and model.attention_dropout is {value}"
    return ""


def _not_packed_there(config: RunConfig, place: Place) -> str:
    """Say why texts cannot be put end to end on a device; empty when they can."""
    if place.kind == "cpu" and config.hardware.torch_compile:
        return "code that is compiled for a processor takes no texts one by one"
    if place.kind == "cuda" and place.precision not in _PACKED_FORMATS:
        return f"attention over texts end to end computes in {' or '.join(_PACKED_FORMATS)}, not {place.precision}"
    if place.kind == "cuda" and place.varlen_fault:
        return place.varlen_fault
    if place.kind not in ("cuda", "cpu"):
        return f"{place.kind} has no attention over texts end to end"
    return ""


def _no_packing(reason: str) -> ConfigError:
    return ConfigError(
        "Texts cannot be packed",
        f"data.padding is 'packed', but {reason}.",
        "Set data.padding = 'dynamic', which pads to the longest text of a batch, or 'auto'.",
    )


def _attention_dropout(
    section: ModelSection, model: Mapping[str, Any], place: Place, padding: Padding
) -> tuple[float | None, str]:
    asked = section.attention_dropout
    if asked != "auto":
        return asked, "asked for"
    model_type = str(model.get("model_type"))
    if padding == "packed":
        return 0.0, "attention over texts end to end has none"
    if place.kind == "cuda":
        return None, "the kernels of a GPU are as fast with it"
    if model_type in NO_ATTENTION_DROPOUT:
        return None, f"a {model_type} model has no such setting"
    if section.attn_implementation == "eager" or model_type in EAGER_ONLY or model.get("auto_map"):
        return None, "attention is computed in the plain way, with it or without"
    return 0.0, "dropout there keeps a processor off its fused kernel"


def _quick_dropout(config: RunConfig, place: Place) -> tuple[bool, str]:
    asked = config.model.dropout_masks
    if asked != "auto":
        return asked == "16bit", "asked for"
    if place.kind != "cpu":
        return False, "a GPU draws them as it computes"
    if config.hardware.torch_compile:
        return False, "a compiled model draws in its own way"
    return True, "a processor draws torch's one after the other"


def _first_token_alone(section: ModelSection, model: Mapping[str, Any]) -> tuple[bool, str]:
    if section.last_layer != "auto":
        return section.last_layer == "first_token", "asked for"
    reason = _not_first_alone(section, model)
    return not reason, reason or "the head reads no other"


def _not_first_alone(section: ModelSection, model: Mapping[str, Any]) -> str:
    """Say why the last layer has to be computed for all tokens; empty when it has not."""
    model_type = str(model.get("model_type"))
    if model_type in PACKABLE - OWN_LAST_LAYER:
        return f"the layers of {model_type} models are all one and the same"
    if model_type not in PACKABLE:
        return f"which tokens the head of a {model_type} model reads is not known"
    if section.trust_remote_code and model.get("auto_map"):
        return "which tokens the model's own code reads is not known"
    if section.attn_implementation == "eager":
        return "model.attn_implementation is 'eager', which the model's own code computes for all tokens"
    if model.get("is_decoder"):
        return "the model is a decoder"
    return ""


def _trains_occurring(
    config: RunConfig, model: Mapping[str, Any], place: Place, before: Mapping[str, Any]
) -> tuple[bool, str]:
    asked = config.model.trained_embeddings
    if before:  # the optimizer's state is of the rows that the training was begun with
        occurring = bool(before.get(TOKENS))
        return occurring, "asked for" if asked != "auto" else "the training was begun so"
    if asked != "auto":
        return asked == "occurring", "asked for"
    if reason := _not_only_occurring(config, model):
        return False, reason
    if place.kind != "cpu":
        return False, "on a GPU an optimizer step is short"
    return True, "a token that no training text has keeps its embedding anyway"


def _not_only_occurring(config: RunConfig, model: Mapping[str, Any]) -> str:
    """Say why all word embeddings are trained, or none is; empty when those of absent tokens can be left out."""
    section, training = config.model, config.training
    model_type = str(model.get("model_type"))
    if model_type not in KNOWN_ENCODERS - NO_VOCABULARY:
        return f"how a {model_type} model looks up its tokens is not known"
    if section.trust_remote_code and model.get("auto_map"):
        return "how the model's own code looks up its tokens is not known"
    if section.lora_r is not None or section.freeze_layers != 0:
        return "the embeddings stay as they are"
    if training.weight_decay > 0:
        return f"training.weight_decay is {format_value(training.weight_decay)}, which pulls at every embedding"
    if training.optim == "adafactor":
        return "a step of adafactor depends on all embeddings"
    return ""


def _not_left_out(reason: str) -> ConfigError:
    return ConfigError(
        "Embeddings cannot be left out of the training",
        f"model.trained_embeddings is 'occurring', but {reason}.",
        "Set model.trained_embeddings = 'all', or 'auto'.",
    )


def _attends_in_fp32(section: ModelSection, model: Mapping[str, Any], place: Place) -> bool:
    plain = str(model.get("model_type")) in EAGER_ONLY or model.get("auto_map")
    return place.kind == "cpu" and place.precision == "bf16" and section.attn_implementation == "auto" and not plain


def _not_compilable() -> str:
    """Say why no code can be compiled for the processor; empty when it can."""
    if any(shutil.which(name) for name in ("c++", "g++", "clang++")):
        return ""
    return "hardware.torch_compile is true, but this machine has no C++ compiler (c++, g++ or clang++)"
