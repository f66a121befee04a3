"""Word embeddings of which only the rows learn whose tokens the training texts have.

The gradient of every other row is zero in every step, so without weight decay AdamW and SGD leave it as it is. Left
out of the training, those rows need no gradient and no moments: half of MiniLM's numbers, two thirds of XLM-R's.
"""

import hashlib
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from bertft_tui.core.training.model.encoder import classifier_of


class OccurringEmbedding(nn.Embedding):
    """A table of which some rows learn, in a weight of their own; a state dict has the whole table, as before.

    Training looks up what learns, and only that; evaluation looks up the table, into which it is carried first.
    """

    table: Tensor  # (tokens, size)
    occurring: Tensor  # (rows), the token of each row that learns
    row: Tensor  # (tokens), the row that a token learns in; -1 where it does not

    def __init__(self, whole: nn.Embedding, occurring: Tensor) -> None:
        row = torch.full((whole.num_embeddings,), -1)
        row[occurring] = torch.arange(len(occurring))
        padding = None if whole.padding_idx is None else int(row[whole.padding_idx])
        learns = whole.weight.detach()[occurring]
        super().__init__(len(occurring), whole.embedding_dim, None if padding == -1 else padding, _weight=learns)
        self._padding_row = self.padding_idx
        self.num_embeddings, self.padding_idx = whole.num_embeddings, whole.padding_idx
        self.register_buffer("table", whole.weight.detach(), persistent=False)
        self.register_buffer("occurring", occurring, persistent=False)
        self.register_buffer("row", row, persistent=False)

    def forward(self, input: Tensor) -> Tensor:
        """Look up tokens of any shape; while training, of the training texts."""
        if self.training:
            return functional.embedding(self.row[input], self.weight, self._padding_row)
        return functional.embedding(input, self.table)

    def train(self, mode: bool = True) -> Self:
        """Begin to train, or to evaluate with what was learnt until now."""
        if self.training and not mode:
            self._carry()
        return super().train(mode)

    def _carry(self) -> None:
        with torch.no_grad():
            self.table[self.occurring] = self.weight.detach()

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        self._carry()
        destination[f"{prefix}weight"] = self.table

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *how: Any) -> None:
        super()._load_from_state_dict(self._split(state_dict, f"{prefix}weight"), prefix, *how)

    def _split(self, state_dict: Any, name: str) -> Any:
        """Take the whole table out of a state dict; return one with the rows that learn in its place."""
        whole = state_dict.get(name)
        if whole is None or whole.shape != self.table.shape:
            return state_dict  # which the module complains about
        self.table.copy_(whole)
        return {**state_dict, name: whole[self.occurring.to(whole.device)]}


def train_occurring(model: Any, tokens: NDArray[np.integer[Any]]) -> str:
    """Let only those word embeddings learn whose tokens are named; return a digest of them, empty when all go on to.

    `tokens`: of the training texts and of padding, in any order and number. All go on where most of them occur, or
    where the model has no plain table for its words.
    """
    classifier = classifier_of(model)
    whole = classifier.get_input_embeddings()
    places = [name for name, module in classifier.named_modules(remove_duplicate=False) if module is whole]
    occurring = np.unique(tokens)
    if not _is_plain(classifier, whole) or len(places) != 1 or 2 * len(occurring) > whole.num_embeddings:
        return ""
    classifier.set_submodule(places[0], OccurringEmbedding(whole, torch.from_numpy(occurring.astype(np.int64))))
    return hashlib.sha256(occurring.astype("<i8").tobytes()).hexdigest()


def _is_plain(classifier: nn.Module, whole: Any) -> bool:
    """Whether words are looked up in one table that learns, that nothing else reads, and that stays as it is read."""
    if type(whole) is not nn.Embedding or whole.max_norm is not None or whole.sparse or whole.scale_grad_by_freq:
        return False
    readers = [each for _, each in classifier.named_parameters(remove_duplicate=False) if each is whole.weight]
    return whole.weight.requires_grad and len(readers) == 1
