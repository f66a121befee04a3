"""What a model says about texts: logits, in the order of the texts, computed in the order of their lengths."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from bertft_tui.core.tell import Tell

#: Texts that are tokenized together.
_TOKENIZED_AT_ONCE = 1000

#: Batches between two words about how far it is.
_SAY_EVERY = 20


def logits_of(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    pairs: Sequence[str] | None,
    *,
    max_length: int,
    batch_size: int,
    tell: Tell,
) -> NDArray[np.float32]:
    """Return logits (texts, outputs). Like lengths share a batch, so little is padded; the order comes back."""
    tokens = _tokenize(tokenizer, texts, pairs, max_length)
    order = sorted(range(len(tokens)), key=lambda row: -len(tokens[row]["input_ids"]))
    found = np.zeros((len(tokens), model.config.num_labels), dtype=np.float32)
    with torch.inference_mode():
        for number, start in enumerate(range(0, len(order), batch_size)):
            if number % _SAY_EVERY == 0:
                tell(f"classifying: {start:,} of {len(order):,} texts")
            rows = order[start : start + batch_size]
            batch = tokenizer.pad([tokens[row] for row in rows], return_tensors="pt").to(model.device)
            found[rows] = model(**batch).logits.float().cpu().numpy()
    return found


def _tokenize(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], pairs: Sequence[str] | None, max_length: int
) -> list[dict[str, Any]]:
    tokens: list[dict[str, Any]] = []
    for start in range(0, len(texts), _TOKENIZED_AT_ONCE):
        part = slice(start, start + _TOKENIZED_AT_ONCE)
        seconds = None if pairs is None else list(pairs[part])
        found = tokenizer(list(texts[part]), seconds, truncation=True, max_length=max_length)
        tokens += [{name: found[name][row] for name in found} for row in range(len(found["input_ids"]))]
    return tokens
