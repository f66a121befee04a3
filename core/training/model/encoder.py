"""The pretrained encoder with its classification head, ready to be trained, and its tokenizer."""

from dataclasses import dataclass
from inspect import signature
from typing import Any

from transformers import PretrainedConfig, PreTrainedTokenizerBase

from bertft_tui.core.errors import ModelError, Problem
from bertft_tui.core.packaged import DEMO
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.tell import Check, Tell, go_on, silent
from bertft_tui.core.training.model.architectures import check_max_length
from bertft_tui.core.training.model.dropouts import set_dropouts
from bertft_tui.core.training.model.freezing import freeze
from bertft_tui.core.training.model.head import plan_head, settle_head
from bertft_tui.core.training.model.loading import load_config, load_model
from bertft_tui.core.training.model.loading_notes import describe_loading
from bertft_tui.core.training.model.model_files import ModelLocation, check_demo_weights
from bertft_tui.core.training.model.tokenizer import load_tokenizer
from bertft_tui.core.training.task import Task


@dataclass(frozen=True)
class Encoder:
    """A model on the processor in fp32, its tokenizer, and what a person should know about them."""

    model: Any  # a PreTrainedModel; with LoRA a PeftModel around one
    tokenizer: PreTrainedTokenizerBase
    notes: tuple[Problem, ...] = ()
    precision: str = "fp32"  # that a trained one was evaluated in

    @property
    def reads(self) -> frozenset[str]:
        """What the model takes as inputs, of all that a tokenizer may say of a token."""
        return frozenset(signature(classifier_of(self.model).forward).parameters)

    @property
    def parameters(self) -> int:
        """How many numbers the model has."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    @property
    def trainable_parameters(self) -> int:
        """How many of them learn."""
        return sum(parameter.numel() for parameter in self.model.parameters() if parameter.requires_grad)


def classifier_of(model: Any) -> Any:
    """The classifier of `transformers`, without what LoRA puts around it."""
    return model.get_base_model() if hasattr(model, "peft_config") else model


def load_encoder(
    location: ModelLocation,
    section: ModelSection,
    task: Task,
    max_length: int,
    *,
    tell: Tell = silent,
    check: Check = go_on,
) -> Encoder:
    """Load model and tokenizer for a task; its labels are kept in the model's config.

    What is not yet here is fetched from the Hub. New weights (a head, LoRA's matrices) draw from torch's generator.
    Raises ModelError, ConfigError when the model lacks what a setting is about, and what `check` raises meanwhile.
    """
    if location.missing:
        from bertft_tui.core.training.model.hub_model import fetch_model

        fetch_model(location, tell, check)
        tell("loading the model")
    elif section.name_or_path == DEMO:
        check_demo_weights(location.folder)
    config = load_config(location.folder, section)
    check_max_length(config.to_dict(), max_length)
    set_dropouts(config, section)
    tokenizer = load_tokenizer(location, section)
    plan = plan_head(config, task)
    model, info = load_model(location.folder, section, for_task(config, task))
    notes = _once(*location.notes, *settle_head(model, plan, info), *describe_loading(model, info))
    freeze(model, section.freeze_layers)
    if section.lora_r is not None:
        model = _with_lora(model, section, location, notes)
    return Encoder(model, tokenizer, notes)


def for_task(config: PretrainedConfig, task: Task) -> PretrainedConfig:
    """Put a task and its labels into a model's config."""
    config.id2label = dict(enumerate(task.labels))
    config.label2id = {label: number for number, label in enumerate(task.labels)}
    config.problem_type = task.problem_type
    return config


def _once(*notes: Problem) -> tuple[Problem, ...]:
    """Keep the first note of each title: what is known of the labels says more than the shapes of weights."""
    return tuple({note.title: note for note in reversed(notes)}.values())[::-1]


def _with_lora(model: Any, section: ModelSection, location: ModelLocation, notes: tuple[Problem, ...]) -> Any:
    from bertft_tui.core.training.model.lora import with_lora

    if absent := [note for note in notes if note.title == "Parts of the encoder are missing"]:
        raise ModelError(
            "LoRA needs a whole encoder",
            f"{absent[0].message} With LoRA they would stay as they are, and no checkpoint would hold them.",
            "Leave model.lora_r empty, or name a whole model.",
        )
    return with_lora(model, section, location)
