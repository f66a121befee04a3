"""Token ids of many texts without padding, end to end in one array, and the batches that are made of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

#: What the tokenizer may say beside the ids that follows from the lengths.
MASK = "attention_mask"
IDS = "input_ids"

#: Of which the length of a padded batch is a multiple on a GPU, whose matrix units work in such steps.
MULTIPLE_ON_GPU = 8


@dataclass(frozen=True, eq=False)
class Tokens:
    """The tokens of n texts. `columns`: what the model reads of each token, `input_ids` among it, text after text.

    `starts` (n + 1): where each text begins in every column, and where the last one ends.
    """

    columns: dict[str, NDArray[np.integer[Any]]]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each text (n)."""
        return np.diff(self.starts)

    def only(self, names: frozenset[str]) -> "Tokens":
        """Leave out the columns that a model does not read. `names`: those that it does."""
        kept = {name: column for name, column in self.columns.items() if name in names}
        return Tokens(kept, self.starts)

    def places(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the tokens of some texts stand in the columns, text after text."""
        lengths = self.lengths[rows]
        ends = np.cumsum(lengths)
        return np.arange(ends[-1] if len(ends) else 0) + np.repeat(self.starts[rows] - ends + lengths, lengths)


class Batching(Protocol):
    """How texts of several lengths become one batch."""

    def batch(self, tokens: Tokens, rows: Sequence[int]) -> dict[str, Any]:
        """Return some texts, in this order, as the model reads them."""


@dataclass(frozen=True)
class Padding:
    """Makes all texts of a batch as long as its longest, or as a limit."""

    fill: dict[str, int] = field(default_factory=dict)  # of each column; 0 for others
    left: bool = False
    to: int | None = None  # tokens of every batch; None: of its longest text
    multiple: int = 1  # of which the batch's tokens are one

    def batch(self, tokens: Tokens, rows: Sequence[int]) -> dict[str, torch.Tensor]:
        """Return some texts in this order: each column, and the attention mask, as (rows, tokens) of int64."""
        chosen = np.asarray(rows, np.int64)
        lengths, places = tokens.lengths[chosen], tokens.places(chosen)
        longest = int(lengths.max()) if self.to is None else self.to
        width = -(-longest // self.multiple) * self.multiple
        distance = np.arange(width)[::-1] if self.left else np.arange(width)
        mask = distance < lengths[:, None]
        batch = {}
        for name, column in tokens.columns.items():
            padded = np.full(mask.shape, self.fill.get(name, 0), np.int64)
            padded[mask] = column[places]
            batch[name] = torch.from_numpy(padded)
        batch[MASK] = torch.from_numpy(mask.astype(np.int64))
        return batch


def padding_of(tokenizer: PreTrainedTokenizerBase, to: int | None = None, multiple: int = 1) -> Padding:
    """Return the padding that a tokenizer would use."""
    fill = {IDS: int(tokenizer.pad_token_id or 0), "token_type_ids": int(tokenizer.pad_token_type_id)}
    return Padding(fill, tokenizer.padding_side == "left", to, multiple)


class TokenRows(torch.utils.data.Dataset[dict[str, Any]]):
    """Texts with their labels for a DataLoader, which asks for a whole batch at once.

    `labels`: ids (n), numbers (n), or 0.0 and 1.0 for each label (n, labels).
    """

    def __init__(self, tokens: Tokens, labels: NDArray[Any], batching: Batching) -> None:
        self._tokens = tokens
        self._batching = batching
        self.labels = labels

    def __len__(self) -> int:
        return len(self._tokens)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each text (n)."""
        return self._tokens.lengths

    @property
    def ids(self) -> NDArray[np.integer[Any]]:
        """The tokens of all texts, one after the other."""
        return self._tokens.columns[IDS]

    def __getitems__(self, rows: Sequence[int]) -> dict[str, Any]:
        """Return a batch: what the model reads, and `labels`."""
        labels = torch.from_numpy(self.labels[np.asarray(rows, np.int64)])
        return {"labels": labels, **self._batching.batch(self._tokens, rows)}

    @staticmethod
    def collate(batch: Any) -> Any:
        """Leave a batch as it is; a DataLoader wants such a function."""
        return batch
