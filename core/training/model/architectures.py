"""Which architectures can classify texts: encoders that read nothing else and have a head for it.

No torch here, unless the architecture is a rare one and `transformers` must be asked.
"""

from difflib import get_close_matches
from importlib.metadata import version
from typing import Any

from bertft_tui.core.errors import ConfigError, ModelError
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.architecture_names import (
    EAGER_ONLY,
    ENCODER_DECODERS,
    KNOWN_ENCODERS,
    MORE_THAN_TEXT,
    OFFSET,
)

_HINT = (
    "Name an encoder: BERT, RoBERTa, DistilBERT, ELECTRA, ALBERT, XLM-R, DeBERTa-v3, ModernBERT or one like these."
)


def check_architecture(config: dict[str, Any], name: str, section: ModelSection) -> None:
    """See that a model can classify texts. `config`: what its config.json says; `name`: what people call it.

    Raises ModelError, and ConfigError for settings that the architecture does not have.
    """
    refuse_fetched_attention(config, name)
    if "quantization_config" in config:
        raise ModelError(
            "The model is quantised",
            f"The weights of {name} are rounded to few bits ({_method(config)}), and such weights cannot learn.",
            "Name the model that it was made from.",
        )
    model_type = config.get("model_type")
    own_code = config.get("auto_map")
    if not isinstance(model_type, str) or not model_type:
        raise ModelError(
            "The model does not say what it is",
            f"config.json of {name} has no model_type, so its architecture is not known.",
            "Name a folder that save_pretrained wrote.",
        )
    if model_type not in KNOWN_ENCODERS:
        reason = _why_not(model_type, config)
        if reason and isinstance(own_code, dict) and own_code:
            _check_own_code(own_code, name, section)
        elif reason:
            raise ModelError("This model cannot classify texts", f"{name}: {reason}.", _HINT)
    if section.attn_implementation == "sdpa" and model_type in EAGER_ONLY:
        raise no_sdpa(model_type)


def refuse_fetched_attention(config: Any, name: str) -> None:
    """See that a model does not name attention that lies on the Hub: transformers would fetch and run its code.

    `config`: what config.json says, or a part of it. Raises ModelError.
    """
    for key, value in config.items() if isinstance(config, dict) else ():
        if "attn_implementation" in key and "/" in str(value):
            raise ModelError(
                "The model brings its own attention",
                f"config.json of {name} says {key} = {str(value)[:100]!r}: code on the Hub, which would be "
                "fetched and run.",
                f"Take {key} out of its config.json.",
            )
        refuse_fetched_attention(value, name)


def no_sdpa(model_type: str) -> ConfigError:
    """The error for an architecture that computes attention in the plain way only."""
    return ConfigError(
        "The model has no such attention",
        f"model.attn_implementation is 'sdpa', but a {model_type} model computes attention in the plain way only.",
        "Set model.attn_implementation = 'auto'.",
    )


def check_max_length(config: dict[str, Any], max_length: int) -> None:
    """See that the model has a position for each token. `config`: what its config.json says. Raises ModelError."""
    positions = config.get("max_position_embeddings")
    if not isinstance(positions, int) or positions < 1 or config.get("position_biased_input") is False:
        return
    if config.get("model_type") in OFFSET:
        padding = config.get("pad_token_id")
        positions -= (padding if isinstance(padding, int) else 0) + 1
    if max_length > positions:
        raise ModelError(
            "The model takes shorter texts",
            f"data.max_length is {max_length}, but the model has {positions} positions.",
            f"Set data.max_length to at most {positions}.",
        )


def _method(config: dict[str, Any]) -> str:
    found = config["quantization_config"]
    return str(found.get("quant_method", "an unknown method")) if isinstance(found, dict) else "an unknown method"


def _check_own_code(own_code: dict[str, Any], name: str, section: ModelSection) -> None:
    """See that code which comes with a model may run, and has a head. Raises ModelError."""
    if "AutoModelForSequenceClassification" not in own_code:
        raise ModelError(
            "This model cannot classify texts",
            f"{name} brings its own code, and that has no head for classification (auto_map in config.json names "
            f"{', '.join(own_code)}).",
            _HINT,
        )
    if not section.trust_remote_code:
        raise ModelError(
            "The model brings its own code",
            f"{name} is not part of transformers; loading it would run Python code of its authors.",
            "If you trust them: set model.trust_remote_code = true.",
        )


def _why_not(model_type: str, config: dict[str, Any]) -> str:
    """Say why an architecture is no encoder with a classification head; nothing when it is one."""
    if config.get("is_encoder_decoder") is True or model_type in ENCODER_DECODERS:
        return f"a {model_type} model is an encoder with a decoder, made to write texts; this program trains encoders"
    if model_type in MORE_THAN_TEXT:
        return f"a {model_type} model reads more than texts: images, tables or places on a page"
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        MODEL_FOR_MASKED_LM_MAPPING_NAMES,
        MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
    )

    if model_type not in CONFIG_MAPPING_NAMES:
        near = get_close_matches(model_type, KNOWN_ENCODERS, n=1)
        meant = f"; did it mean {near[0]!r}?" if near else ""
        return f"its model_type is {model_type!r}, which transformers {version('transformers')} does not know{meant}"
    if model_type not in MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES:
        return f"transformers has no head for classifying texts for {model_type} models"
    if model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES and model_type not in MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        return (
            f"a {model_type} model is a decoder: each token sees only those before it; this program trains encoders"
        )
    return ""
