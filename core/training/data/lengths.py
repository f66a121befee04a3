"""How long texts are in tokens, and what one of them becomes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from bertft_tui.core.config import RunConfig
from bertft_tui.core.sections import TrainingSection
from bertft_tui.core.tell import Check, go_on
from bertft_tui.core.training.data.batches import LengthGroupedBatches, longest_first
from bertft_tui.core.training.data.rows import Rows

#: So many texts, evenly spread, tell the lengths of all.
SAMPLE = 5_000

_BINS = 16

#: Texts that are counted between two looks at whether somebody still waits.
_BATCH = 500


@dataclass(frozen=True)
class Lengths:
    """The lengths of texts in tokens, special ones included."""

    tokenizer: str
    measured: int  # texts
    mean: float
    median: int
    percentile_95: int
    longest: int
    max_length: int
    share_cut: float  # of the texts, longer than max_length
    padding: float  # share of all tokens that would be padding, were each text padded to max_length
    bins: tuple[tuple[int, int, int], ...]  # from, to (inclusive), texts

    def as_dict(self) -> dict[str, Any]:
        """The lengths as the `--json` documents show them."""
        bins = [{"from": first, "to": last, "texts": texts} for first, last, texts in self.bins]
        return {**vars(self), "bins": bins}


def measure(rows: Rows, tokenizer: PreTrainedTokenizerBase, name: str, max_length: int) -> Lengths:
    """Count the tokens of a sample of the rows."""
    return describe(count_tokens(rows, tokenizer), name, max_length)


def count_tokens(rows: Rows, tokenizer: PreTrainedTokenizerBase, check: Check = go_on) -> NDArray[np.int64]:
    """Return the tokens of each text of a sample, special ones included, in the order of the rows.

    `check` is called between batches and may raise to end the work.
    """
    taken = np.unique(np.linspace(0, len(rows) - 1, min(SAMPLE, len(rows))).astype(np.int64))
    counts: list[int] = []
    for part in np.array_split(taken, len(taken) // _BATCH + 1):
        check()
        table = rows.table.take(part)
        pairs = table.column("pair").to_pylist() if "pair" in table.column_names else None
        encoded = tokenizer(table.column("text").to_pylist(), pairs, truncation=False, verbose=False)
        counts += map(len, encoded["input_ids"])
    return np.array(counts, np.int64)


def describe(lengths: NDArray[np.int64], name: str, max_length: int) -> Lengths:
    """Say how texts of so many tokens lie under a limit. `name`: the tokenizer's."""
    kept = np.minimum(lengths, max_length)
    return Lengths(
        tokenizer=name,
        measured=len(lengths),
        mean=round(float(lengths.mean()), 1),
        median=int(np.median(lengths)),
        percentile_95=int(np.percentile(lengths, 95)),
        longest=int(lengths.max()),
        max_length=max_length,
        share_cut=float((lengths > max_length).mean()),
        padding=float(1 - kept.sum() / (max_length * len(lengths))),
        bins=_bins(lengths),
    )


def saved_by_padding(lengths: NDArray[np.int64], config: RunConfig) -> float:
    """How many times fewer tokens there are, padded in this way, than with all texts padded to the limit.

    Padding and order have to be named: no `auto`. What random batches come to is found by drawing some.
    """
    data, training = config.data, config.training
    kept = np.minimum(lengths, data.max_length)
    whole = float(data.max_length * len(kept))
    if data.padding == "packed":
        return whole / float(kept.sum())
    return whole / sum(len(batch) * int(kept[batch].max()) for batch in _batches(kept, training))


def _batches(lengths: NDArray[np.int64], training: TrainingSection) -> list[list[int]]:
    """Texts by their places, in batches as an epoch may have them."""
    batch, passes = training.cut
    if training.train_sampling_strategy == "group_by_length":
        return list(LengthGroupedBatches(lengths, batch, passes, seed=0))
    order = np.arange(len(lengths))
    if training.train_sampling_strategy != "sequential":
        order = np.random.default_rng(0).permutation(order)
    if training.train_sampling_strategy == "batch_rebalance":  # the texts of a step are shared out by length
        steps = [order[start : start + batch * passes] for start in range(0, len(order), batch * passes)]
        order = np.concatenate([longest_first(lengths, step) for step in steps])
    return [order[start : start + batch].tolist() for start in range(0, len(order), batch)]


def _bins(lengths: NDArray[np.int64]) -> tuple[tuple[int, int, int], ...]:
    """Divide the lengths into even steps, and let the last one hold the longest hundredth too."""
    low, high = int(lengths.min()) - 1, int(np.percentile(lengths, 99))
    width = max(1, -(-(high - low) // _BINS))
    edges = list(range(low, max(high, low + 1), width))
    bins = []
    for start in edges:
        last = int(lengths.max()) if start == edges[-1] else start + width
        bins.append((start + 1, last, int(((lengths > start) & (lengths <= last)).sum())))
    return tuple(bins)


def example(rows: Rows, position: int, tokenizer: PreTrainedTokenizerBase, max_length: int) -> dict[str, Any]:
    """Show what one row becomes: its text, and the tokens and ids that the model reads."""
    row = rows.table.slice(position, 1).to_pylist()[0]
    encoded = tokenizer(row["text"], row.get("pair"), truncation=True, max_length=max_length)
    ids = list(encoded["input_ids"])
    return {
        "place": rows.place_of(position),
        "text": row["text"],
        "pair": row.get("pair"),
        "tokens": tokenizer.convert_ids_to_tokens(ids),
        "ids": ids,
    }
