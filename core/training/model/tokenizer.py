"""The tokenizer of a pretrained model, by itself: without its weights."""

from pathlib import Path

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from bertft_tui.core.errors import ModelError
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.loading import code_options, in_words
from bertft_tui.core.training.model.model_files import ModelLocation, read_json


def load_tokenizer(location: ModelLocation, section: ModelSection) -> PreTrainedTokenizerBase:
    """Load the tokenizer of a model that was found. Raises ModelError."""
    return tokenizer_in(location.folder, section)


def tokenizer_in(folder: Path, section: ModelSection) -> PreTrainedTokenizerBase:
    """Load the tokenizer in a folder. Raises ModelError, also when it cannot pad."""
    with in_words(section.name_or_path, "tokenizer"):
        tokenizer = AutoTokenizer.from_pretrained(folder, **code_options(section))
    if tokenizer.pad_token_id is None:
        raise ModelError(
            "The tokenizer has no padding token",
            f"{section.name_or_path}: texts of different lengths in one batch are filled up with it.",
            "Name one of its vocabulary: tokenizer.pad_token = '[PAD]', then tokenizer.save_pretrained(folder).",
        )
    if read_json(folder / "config.json").get("type_vocab_size") == 1:  # a pair's second text has no type of its own
        tokenizer.model_input_names = [name for name in tokenizer.model_input_names if name != "token_type_ids"]
    return tokenizer
