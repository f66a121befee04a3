"""Batches out of one long array of tokens are those that the tokenizer itself would pad."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from tiny_bert import texts
from tiny_encoders import ARCHITECTURES, tiny_tokenizer
from transformers import DataCollatorWithPadding

from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.data.tokenizing import tokenize
from bertft_tui.core.training.data.tokens import Padding, TokenRows, Tokens, padding_of

_TEXTS = [text for text, _ in texts(30, seed=4)] + ["bread"]
_SECTION = DataSection(max_length=12, load_from_cache_file=False)


def _tokens(tokenizer: Any, pairs: bool = False) -> Tokens:
    table = pa.table({"text": _TEXTS, **({"pair": _TEXTS[::-1]} if pairs else {})})
    return tokenize(table, tokenizer, _SECTION, lambda: None, str)


@pytest.mark.parametrize("pairs", [False, True])
@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_batches_are_the_tokenizers(architecture: str, side: str, pairs: bool) -> None:
    """Each column and the mask, padded to the longest or to a length, equal `DataCollatorWithPadding`'s."""
    tokenizer = tiny_tokenizer(architecture)
    tokenizer.padding_side = side
    tokens = _tokens(tokenizer, pairs)
    rows = [7, 3, 30, 11]
    encoded = [
        tokenizer(_TEXTS[row], _TEXTS[::-1][row] if pairs else None, truncation=True, max_length=12) for row in rows
    ]
    for to, multiple in ((None, 1), (12, 1), (None, 8)):
        padded = {"padding": True, "pad_to_multiple_of": multiple} if to is None else {"padding": "max_length"}
        expected = DataCollatorWithPadding(tokenizer, **padded, max_length=to)(encoded)
        found = padding_of(tokenizer, to, multiple).batch(tokens, rows)
        assert found.keys() == expected.keys()
        for name, column in expected.items():
            assert found[name].dtype == torch.int64
            assert torch.equal(found[name], column), (name, to)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.data())
@examples(60)
def test_any_rows_in_any_order(lengths: list[int], data: st.DataObject) -> None:
    """Whatever rows are asked for, in whatever order, each has its own tokens and no others, on either side."""
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    tokens = Tokens({"input_ids": np.arange(1, starts[-1] + 1)}, starts)
    rows = data.draw(st.lists(st.integers(0, len(lengths) - 1), min_size=1, max_size=6))
    for left in (False, True):
        batch = Padding(left=left).batch(tokens, rows)
        for row, ids, mask in zip(rows, batch["input_ids"], batch["attention_mask"], strict=True):
            assert ids[mask.bool()].tolist() == list(range(starts[row] + 1, starts[row + 1] + 1))
            assert ids[~mask.bool()].sum() == 0
            assert mask.flip(0).tolist() == sorted(mask.tolist()) if not left else mask.tolist() == sorted(mask)


def test_labels_stand_beside_their_texts() -> None:
    """A loader's batch has the labels of its rows, of every task."""
    starts = np.array([0, 1, 3], np.int64)
    for labels in (np.array([4, 7]), np.array([0.5, 1.5], np.float32), np.array([[0, 1], [1, 1]], np.float32)):
        rows = TokenRows(Tokens({"input_ids": np.array([1, 2, 3])}, starts), labels, Padding())
        batch = rows.__getitems__([1, 0])
        assert batch["labels"].tolist() == labels[::-1].tolist()
        assert batch["input_ids"].tolist() == [[2, 3], [1, 0]]
        assert rows.lengths.tolist() == [1, 2]


def test_a_model_gets_what_it_reads(tiny_model: Path) -> None:
    """Columns that a model does not take are left out."""
    tokens = _tokens(tiny_tokenizer("bert"))
    assert set(tokens.columns) == {"input_ids", "token_type_ids"}
    assert set(tokens.only(frozenset({"input_ids", "attention_mask"})).columns) == {"input_ids"}
