"""What a model says about texts: logits, in the order of the texts, computed in the order of their lengths."""

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray

from bertft_tui.core.config import RunConfig
from bertft_tui.core.tell import Tell, go_on
from bertft_tui.core.training.data.batches import longest_first
from bertft_tui.core.training.data.tokenizing import tokenize
from bertft_tui.core.training.data.tokens import padding_of
from bertft_tui.core.training.model.encoder import Encoder
from bertft_tui.core.training.scoring.texts import Texts

#: Batches between two words about how far it is.
_SAY_EVERY = 20


def logits_of(encoder: Encoder, config: RunConfig, texts: Texts, tell: Tell) -> NDArray[np.float32]:
    """Return logits (texts, outputs). Like lengths share a batch, so little is padded; the order comes back.

    Raises DataError when a text is too long and none may be cut.
    """
    tokens = tokenize(_table(texts), encoder.tokenizer, config.data, go_on, texts.place).only(encoder.reads)
    padding = padding_of(encoder.tokenizer)
    order = longest_first(tokens.lengths).tolist()
    found = np.zeros((len(tokens), encoder.model.config.num_labels), dtype=np.float32)
    size = config.training.per_device_eval_batch_size
    with torch.inference_mode(), _as_evaluated(encoder):
        for number, start in enumerate(range(0, len(order), size)):
            if number % _SAY_EVERY == 0:
                tell(f"classifying: {start:,} of {len(order):,} texts")
            rows = order[start : start + size]
            batch = {name: part.to(encoder.model.device) for name, part in padding.batch(tokens, rows).items()}
            found[rows] = encoder.model(**batch).logits.float().cpu().numpy()
    return found


def _as_evaluated(encoder: Encoder) -> torch.autocast:
    """Compute in the number format in which the run's own evaluations did, so that figures agree with theirs."""
    formats = {"bf16": torch.bfloat16, "fp16": torch.float16}
    kind = encoder.model.device.type
    dtype = formats.get(encoder.precision) if kind == "cuda" or encoder.precision == "bf16" else None
    return torch.autocast(kind, dtype=dtype or torch.bfloat16, enabled=dtype is not None)


def _table(texts: Texts) -> pa.Table:
    columns = {"text": texts.first} if texts.second is None else {"text": texts.first, "pair": texts.second}
    return pa.table(columns)
