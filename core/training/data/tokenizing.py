"""Texts into token ids."""

from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Check
from bertft_tui.core.training.data.token_cache import cached, key_of
from bertft_tui.core.training.data.tokens import IDS, MASK, Tokens
from bertft_tui.core.training.notes import count

#: Texts that are tokenized between two looks at whether somebody still waits.
_BATCH = 1_000


def tokenize(
    texts: pa.Table,
    tokenizer: PreTrainedTokenizerBase,
    data: DataSection,
    check: Check,
    place: Callable[[int], str],
) -> Tokens:
    """Return the tokens of texts in their order: columns `text` and, of pairs, `pair`.

    What has been tokenized before in the same way comes from the cache, unless data.load_from_cache_file is false.
    `check` is called between batches of a thousand texts and may raise to end the work. `place` says where a text
    stands, by its position. Raises DataError when texts are too long and data.truncation is false.
    """
    texts = texts.select([name for name in ("text", "pair") if name in texts.column_names])
    key = key_of(texts, tokenizer, data) if data.load_from_cache_file else None
    tokens = cached(key, lambda: _encoded(texts, tokenizer, data, check))
    if not data.truncation:
        refuse_long(tokens.lengths, data.max_length, place)
    return tokens


def _encoded(texts: pa.Table, tokenizer: PreTrainedTokenizerBase, data: DataSection, check: Check) -> Tokens:
    parts: dict[str, list[NDArray[np.int32]]] = {}
    lengths: list[NDArray[np.int64]] = []
    for start in range(0, len(texts), _BATCH):
        check()
        columns = [column.to_pylist() for column in texts.slice(start, _BATCH).columns]
        found = tokenizer(*columns, truncation=data.truncation, max_length=data.max_length, verbose=False)
        lengths.append(np.fromiter(map(len, found[IDS]), np.int64, len(found[IDS])))
        for name in found:
            if name != MASK:
                flat = np.fromiter(chain.from_iterable(found[name]), np.int32, int(lengths[-1].sum()))
                parts.setdefault(name, []).append(flat)
    starts = np.concatenate([np.zeros(1, np.int64), *lengths]).cumsum()
    return Tokens({name: _narrow(np.concatenate(flats)) for name, flats in parts.items()}, starts)


def _narrow(numbers: NDArray[np.int32]) -> NDArray[np.integer[Any]]:
    """Take as few bytes for each number as will do: those of a million reviews are kept in memory."""
    return numbers.astype(np.promote_types(np.min_scalar_type(numbers.min()), np.min_scalar_type(numbers.max())))


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
