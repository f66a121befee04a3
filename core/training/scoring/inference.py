"""What a model says about texts: logits, in the order of the texts, computed in the order of their lengths."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from bertft_tui.core.config import RunConfig
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.data.tokenizing import refuse_long
from bertft_tui.core.training.model.encoder import Encoder
from bertft_tui.core.training.scoring.texts import Texts

#: Texts that are tokenized together.
_TOKENIZED_AT_ONCE = 1000

#: Batches between two words about how far it is.
_SAY_EVERY = 20


def logits_of(encoder: Encoder, config: RunConfig, texts: Texts, tell: Tell) -> NDArray[np.float32]:
    """Return logits (texts, outputs). Like lengths share a batch, so little is padded; the order comes back.

    Raises DataError when a text is too long and none may be cut.
    """
    tokens = _tokenize(encoder.tokenizer, texts, config.data)
    lengths = np.array([len(row["input_ids"]) for row in tokens])
    if not config.data.truncation:
        refuse_long(lengths, config.data.max_length, texts.place)
    order = np.argsort(-lengths, kind="stable").tolist()
    found = np.zeros((len(tokens), encoder.model.config.num_labels), dtype=np.float32)
    size = config.training.per_device_eval_batch_size
    with torch.inference_mode():
        for number, start in enumerate(range(0, len(order), size)):
            if number % _SAY_EVERY == 0:
                tell(f"classifying: {start:,} of {len(order):,} texts")
            rows = order[start : start + size]
            batch = encoder.tokenizer.pad([tokens[row] for row in rows], return_tensors="pt").to(encoder.model.device)
            found[rows] = encoder.model(**batch).logits.float().cpu().numpy()
    return found


def _tokenize(tokenizer: PreTrainedTokenizerBase, texts: Texts, data: DataSection) -> list[dict[str, Any]]:
    tokens: list[dict[str, Any]] = []
    for start in range(0, len(texts.first), _TOKENIZED_AT_ONCE):
        first = texts.first.slice(start, _TOKENIZED_AT_ONCE).to_pylist()
        part = None if texts.second is None else texts.second.slice(start, _TOKENIZED_AT_ONCE).to_pylist()
        found = tokenizer(first, part, truncation=data.truncation, max_length=data.max_length, verbose=False)
        tokens += [{name: found[name][row] for name in found} for row in range(len(found["input_ids"]))]
    return tokens
