"""The dropouts of a config, under the names that each architecture gives them."""

from transformers import PretrainedConfig

from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.limits import no_dropout

#: The names that architectures give to one and the same setting; all that a model has are set.
_ATTENTION = ("attention_probs_dropout_prob", "attention_dropout", "attn_pdrop")
_HIDDEN = ("hidden_dropout_prob", "hidden_dropout", "dropout", "embedding_dropout", "mlp_dropout")
_CLASSIFIER = (
    "classifier_dropout",
    "classifier_dropout_prob",
    "seq_classif_dropout",
    "summary_last_dropout",
    "cls_dropout",
    "pooler_dropout",
)


def set_dropouts(config: PretrainedConfig, section: ModelSection) -> None:
    """Put the dropouts that are set into a model's config. Raises ConfigError when the model lacks one.

    What is still `auto` for attention stays the model's own.
    """
    attention = None if section.attention_dropout == "auto" else section.attention_dropout
    _set(config, "attention_dropout", attention, _ATTENTION)
    _set(config, "hidden_dropout", section.hidden_dropout, _HIDDEN, _CLASSIFIER)


def _set(
    config: PretrainedConfig, setting: str, value: float | None, names: tuple[str, ...], more: tuple[str, ...] = ()
) -> None:
    if value is None:
        return
    if not any(hasattr(config, name) for name in names):
        raise no_dropout(setting, value, config.model_type)
    for name in (*names, *more):
        if hasattr(config, name):
            setattr(config, name, value)
