"""The tokenizer of a pretrained model, by itself: without its weights."""

from typing import Any

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from bertft_tui.core.config import ModelSection
from bertft_tui.core.errors import ModelError
from bertft_tui.core.training.model.model_files import ModelLocation


def load_tokenizer(location: ModelLocation, section: ModelSection) -> PreTrainedTokenizerBase:
    """Load a tokenizer from a folder or the Hub. Raises ModelError."""
    options: dict[str, Any] = {"trust_remote_code": section.trust_remote_code}
    if location.folder is None:
        from bertft_tui.core.training.hub import hub_is_needed

        needed = hub_is_needed(location.name, section.revision)
        options |= {"revision": section.revision or "main", "local_files_only": not needed}
    try:
        return AutoTokenizer.from_pretrained(location.source, **options)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        raise ModelError(
            "The tokenizer cannot be loaded",
            f"{location.source}: {str(error).strip().partition(chr(10))[0]}",
            "Check model.name_or_path; the log has the whole story.",
        ) from error
