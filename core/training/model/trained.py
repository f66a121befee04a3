"""A run's checkpoint, loaded again to predict and to evaluate."""

from pathlib import Path

from bertft_tui.core.errors import ModelError
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.tell import Tell, silent
from bertft_tui.core.training.checkpoints import choices_of
from bertft_tui.core.training.model.adapter_base import base_of, is_adapter
from bertft_tui.core.training.model.encoder import Encoder, for_task
from bertft_tui.core.training.model.hub_model import fetch_model
from bertft_tui.core.training.model.loading import in_words, load_config, load_model
from bertft_tui.core.training.model.lora import load_adapter
from bertft_tui.core.training.model.tokenizer import tokenizer_in
from bertft_tui.core.training.task import Task


def load_trained(checkpoint: Path, section: ModelSection, task: Task, tell: Tell = silent) -> Encoder:
    """Load model and tokenizer of a checkpoint: fp32, on the processor, in evaluation mode.

    `section`: the run's own; a checkpoint of LoRA holds only what has learnt, so the model below it is taken from
    where it came from. Raises ModelError, also when that has changed.
    """
    config = for_task(load_config(checkpoint, section), task)
    tokenizer = tokenizer_in(checkpoint, section)
    if is_adapter(checkpoint):
        location = base_of(checkpoint, section)
        fetch_model(location, tell)
        model, _ = load_model(location.folder, section, config)
        with in_words(str(checkpoint)):
            model = load_adapter(model, checkpoint)
    else:
        model, info = load_model(checkpoint, section, config)
        if lacking := [*info["missing_keys"], *info["mismatched_keys"]]:
            raise ModelError(
                "The checkpoint does not fit its run",
                f"{checkpoint} lacks {len(lacking)} of the weights that a model for {task.num_labels} labels has.",
                "Resume the run, or start it again.",
            )
    return Encoder(model.eval(), tokenizer, precision=choices_of(checkpoint).get("precision", "fp32"))
