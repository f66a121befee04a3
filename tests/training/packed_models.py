"""Tiny encoders that take packed batches, texts for them, and the numbers that come of a batch."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from tiny_encoders import ARCHITECTURES, make_tiny_encoder
from torch import Tensor

from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.data.tokens import Tokens
from bertft_tui.core.training.model.architecture_names import PACKABLE
from bertft_tui.core.training.model.encoder import load_encoder
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.task import Task

_TASK = Task("single_label_classification", ("food", "sport", "weather"))
#: Texts of a batch, and their labels.
LABELS = torch.tensor([0, 1, 2, 0, 1])
ROWS = [3, 0, 5, 1, 4]

#: Architectures that pack, of those that there are tiny ones of.
PACKED_HERE = [name for name in ARCHITECTURES if name in PACKABLE]


def tokens_of(vocabulary: int) -> Tokens:
    """Six texts of several lengths."""
    lengths = np.array([9, 3, 17, 1, 24, 8])
    starts = np.concatenate([[0], lengths.cumsum()])
    return Tokens({"input_ids": np.random.default_rng(1).integers(5, vocabulary, starts[-1])}, starts)


def model_of(folder: Path, architecture: str, **settings: Any) -> Any:
    """A classifier of an architecture, without dropout, as it trains. `settings`: of its section."""
    quiet_libraries()
    make_tiny_encoder(folder, architecture)
    section = ModelSection(name_or_path=str(folder), attention_dropout=0, hidden_dropout=0, **settings)
    torch.manual_seed(2)  # no unit of a head lies so near nothing that rounding turns it on
    return load_encoder(inspect_model(section, 24), section, _TASK, 24).model.train()


def masked(batch: dict[str, Any]) -> dict[str, Any]:
    """A packed batch with a mask (1, 1, tokens, tokens) that is true where two tokens are of one text."""
    lengths = batch["cu_seq_lens_q"].diff()
    text = torch.arange(len(lengths)).repeat_interleave(lengths)
    return batch | {"attention_mask": (text[:, None] == text)[None, None]}


def numbers(model: Any, batch: dict[str, Any], labels: Tensor = LABELS) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Logits, loss, and the gradients of all that learns."""
    model.zero_grad()
    found = model(**batch, labels=labels)
    found.loss.backward()
    gradients = [weight.grad.clone() for weight in model.parameters() if weight.grad is not None]
    return found.logits.detach(), found.loss.detach(), gradients
