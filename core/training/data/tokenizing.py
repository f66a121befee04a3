"""Texts into token ids."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow.compute as pc
from datasets import Dataset
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Check
from bertft_tui.core.training.notes import count

_BATCH = 1_000


def tokenize(
    rows: Dataset,
    tokenizer: PreTrainedTokenizerBase,
    data: DataSection,
    check: Check,
    place: Callable[[int], str],
) -> Dataset:
    """Return the rows as `input_ids`, masks and `label`, in their order, kept in memory.

    `check` is called between batches of a thousand texts and may raise to end the work. `place` says where a row
    stands, by its number. Raises DataError when texts are too long and data.truncation is false.
    """

    def encode(batch: dict[str, list[str]]) -> dict[str, Any]:
        check()
        return dict(
            tokenizer(
                batch["text"],
                batch.get("pair"),
                truncation=data.truncation,
                max_length=data.max_length,
                padding="max_length" if data.padding == "max_length" else False,
                verbose=False,
            )
        )

    texts = [name for name in rows.column_names if name != "label"]
    tokens = rows.map(
        encode,
        batched=True,
        batch_size=_BATCH,
        remove_columns=texts,
        keep_in_memory=True,
        new_fingerprint=f"{rows._fingerprint[:32]}-tokens",  # hashing the closure would pickle the tokenizer
    )
    if not data.truncation:
        column = tokens.select_columns("input_ids").with_format("arrow")[:].column("input_ids")
        lengths = pc.list_value_length(column).to_numpy()
        refuse_long(lengths, data.max_length, lambda position: place(rows[position]["row"]))
    return tokens


def refuse_long(lengths: NDArray[np.int64], max_length: int, place: Callable[[int], str]) -> None:
    """See that no text has more tokens than `max_length`, since none may be cut.

    `lengths`: tokens of each text; `place` says where one stands, by its position. Raises DataError.
    """
    long = np.flatnonzero(lengths > max_length)
    if not len(long):
        return
    first = int(long[0])
    raise DataError(
        "A text is longer than the model may read",
        f"{place(first)} has {lengths[first]:,} tokens, but data.max_length is {max_length:,} and data.truncation is "
        f"false; {count(len(long), 'text')} of {len(lengths):,} would be cut, the longest has {lengths.max():,} "
        "tokens.",
        "Set data.truncation = true to cut them, make data.max_length larger, or shorten the texts.",
    )
