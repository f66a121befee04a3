"""The presets of the classic tutorial are its recipe, to the letter of today's API."""

from pathlib import Path

import pytest
from transformers import TrainingArguments

from bertft_tui.core.config import RunConfig
from bertft_tui.core.presets import PRESETS
from bertft_tui.core.training.arguments import training_arguments
from bertft_tui.core.training.device import Choice

#: What the program itself needs to be otherwise; none of it moves a weight.
_OURS = {
    "output_dir": "where the run keeps its checkpoints",
    "logging_steps": "the tutorial's default of 500 would show no training loss at all in 375 steps",
    "logging_first_step": "the same",
    "logging_nan_inf_filter": "a loss that is not a number is shown as such",
    "save_strategy": "as the evaluations",
    "metric_for_best_model": "names the best checkpoint, which the tutorial does not keep",
    "greater_is_better": "the same",
    "disable_tqdm": "the journal says how far it is",
    "log_level": "the same",
    "use_cpu": "the device is the scheduler's choice",
    "dataloader_pin_memory": "of no use on a processor",
}


@pytest.mark.parametrize("name", ["imdb-1k", "imdb-full"])
def test_the_arguments_are_the_defaults(name: str, tmp_path: Path) -> None:
    """Batch, epochs, learning rate, schedule, seed and all the rest are what `TrainingArguments` gives by itself."""
    ours = training_arguments(PRESETS[name].config, Choice("cpu", "cpu", "fp32", ""), tmp_path).to_dict()
    stock = TrainingArguments(str(tmp_path / "other"), eval_strategy="epoch", use_cpu=True).to_dict()
    different = {key for key in stock if ours[key] != stock[key]}
    assert different <= _OURS.keys(), {key: (stock[key], ours[key]) for key in different - _OURS.keys()}
    assert (ours["per_device_train_batch_size"], ours["learning_rate"], ours["num_train_epochs"]) == (8, 5e-5, 3)


def test_the_data_is_the_tutorials() -> None:
    """A thousand reviews each from the shuffled train and test splits, or all of them, padded to 512 tokens."""
    small, full = PRESETS["imdb-1k"].config, PRESETS["imdb-full"].config
    assert small.model == full.model
    assert small.model.attention_dropout is None  # BERT's own
    assert small.model.name_or_path == "google-bert/bert-base-cased"
    assert (small.data.dataset, small.data.train_split, small.data.eval_split) == (
        "stanfordnlp/imdb",
        "train",
        "test",
    )
    assert (small.data.train_size, small.data.eval_size, small.data.subset_seed) == (1000, 1000, 42)
    assert (full.data.train_size, full.data.eval_size) == ("all", "all")
    assert (small.data.padding, small.data.max_length, small.data.truncation) == ("max_length", 512, True)
    assert small.hardware.precision == "fp32"
    assert (small.model.dropout_masks, small.model.trained_embeddings) == ("torch", "all")
    assert small.model.last_layer == "all_tokens"
    assert (small.training.train_sampling_strategy, small.training.eval_sampling_strategy) == ("random", "sequential")


def test_the_fast_presets_train_the_same() -> None:
    """They differ from the tutorial's in nothing but what makes them fast; all else has the defaults of a run."""
    fast = {
        "model.attention_dropout",
        "model.dropout_masks",
        "model.trained_embeddings",
        "model.last_layer",
        "data.padding",
        "training.per_device_train_batch_size",
        "training.per_device_eval_batch_size",
        "training.train_sampling_strategy",
        "training.eval_sampling_strategy",
        "hardware.precision",
    }
    for name in ("imdb-1k", "imdb-full"):
        changed = PRESETS[name].config.diff(PRESETS[f"{name}-fast"].config)
        assert {change.field for change in changed} == fast
        assert all(change.new == RunConfig().flat()[change.field] for change in changed)
