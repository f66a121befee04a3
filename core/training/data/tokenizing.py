"""Texts into token ids."""

from typing import Any

from datasets import Dataset
from transformers import PreTrainedTokenizerBase

from bertft_tui.core.config import DataSection
from bertft_tui.core.training.control import Check


def tokenize(rows: Dataset, tokenizer: PreTrainedTokenizerBase, data: DataSection, check: Check) -> Dataset:
    """Return the rows as `input_ids`, masks and `label`, in their order, kept in memory.

    `check` is called between batches of a thousand texts and may raise to end the work.
    """

    def encode(batch: dict[str, list[str]]) -> dict[str, Any]:
        check()
        return dict(
            tokenizer(
                batch["text"],
                batch.get("pair"),
                truncation=True,
                max_length=data.max_length,
                padding="max_length" if data.padding == "max_length" else False,
            )
        )

    texts = [name for name in rows.column_names if name != "label"]
    return rows.map(
        encode,
        batched=True,
        remove_columns=texts,
        keep_in_memory=True,
        new_fingerprint=f"{rows._fingerprint[:32]}-tokens",  # hashing the closure would pickle the tokenizer
    )
