"""Reads the texts that a run was evaluated, or tested, on again: asked by `core/scheduling/texts_again.py`.

They are known by their hashes among the rows of the split that they were drawn from: neither a draw nor labels are
needed for that.
"""

from typing import Any

import numpy as np

from bertft_tui.core.config import parse_config
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.answering import answer
from bertft_tui.core.training.data.labelled import texts_of
from bertft_tui.core.training.quiet import quiet_environment
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.text_hashes import table_hashes


def read_again(question: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Return the texts with the hashes that are asked for, as far as they are there. Raises BertftError."""
    quiet_environment(0)
    data = parse_config(question["config"]).data
    tell("reading the evaluation texts")
    source = open_source(data, tell)
    drawn_from = data.test_split if question["tested"] else data.eval_split
    rows = texts_of(source, data, drawn_from or data.train_split)
    tell(f"looking among {len(rows):,} texts")
    hashes = table_hashes(rows.table)
    wanted, first = np.unique(hashes, return_index=True)
    there = np.isin(wanted, np.array(question["hashes"], np.uint64))
    names = [name for name in ("text", "pair") if name in rows.table.column_names]
    found = zip(
        wanted[there].tolist(),
        first[there].tolist(),
        rows.table.select(names).take(first[there]).to_pylist(),
        strict=True,
    )
    texts = [
        {"hash": key, "parts": [row[name] for name in names], "place": rows.place_of(at)} for key, at, row in found
    ]
    return {"source": source.name, "texts": texts}


if __name__ == "__main__":
    answer(read_again)
