"""Texts that stand more than once in a data set: found by their hashes, then compared letter by letter."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bertft_tui.core.errors import Problem
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.data.cells import to_numpy
from bertft_tui.core.training.data.rows import Rows
from bertft_tui.core.training.notes import count, first_of
from bertft_tui.core.training.task import Task

#: Rows that are Python objects at the same time.
_BATCH = 10_000


def row_hashes(table: pa.Table) -> NDArray[np.int64]:
    """Return a hash of each row's texts; it holds within this process only."""
    names = [name for name in ("text", "pair") if name in table.column_names]
    binary = table.select(names).cast(pa.schema([(name, pa.large_binary()) for name in names]))
    hashes = np.empty(table.num_rows, np.int64)
    start = 0
    for batch in binary.to_batches(max_chunksize=_BATCH):
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        hashes[start : start + batch.num_rows] = np.fromiter(map(hash, rows), np.int64, batch.num_rows)
        start += batch.num_rows
    return hashes


def first_with_text(table: pa.Table, hashes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each of n rows the first row that has the same texts, itself where it is the first.

    Rows whose hashes are equal and whose texts are not are told apart.
    """
    order = np.argsort(hashes, kind="stable")
    starts = np.concatenate([[True], hashes[order][1:] != hashes[order][:-1]]) if len(order) else np.zeros(0, bool)
    first = np.empty(len(hashes), np.int64)
    first[order] = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))]
    again = np.flatnonzero(first != np.arange(len(first)))
    if not len(again):
        return first
    for part in np.array_split(again, len(again) // _BATCH + 1):
        unequal = part[~_same_texts(table, part, first[part])]
        if len(unequal):
            _tell_apart(table, np.flatnonzero(np.isin(hashes, hashes[unequal])), first)
    return first


def _same_texts(table: pa.Table, some: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    same = np.ones(len(some), np.bool_)
    for name in {"text", "pair"} & set(table.column_names):
        column = table.column(name)
        same &= to_numpy(pc.equal(column.take(pa.array(some)), column.take(pa.array(others)))).astype(np.bool_)
    return same


def _tell_apart(table: pa.Table, rows: NDArray[np.int64], first: NDArray[np.int64]) -> None:
    names = [name for name in ("text", "pair") if name in table.column_names]
    seen: dict[tuple[str, ...], int] = {}
    columns = (table.column(name).take(pa.array(rows)).to_pylist() for name in names)
    for row, *texts in zip(rows.tolist(), *columns, strict=True):
        first[row] = seen.setdefault(tuple(texts), row)


def without_duplicates(rows: Rows, task: Task, notes: list[Problem]) -> Rows:
    """Keep the first of each text, noting how many went and which contradicted the one that stays.

    Before a split is carved out: a text on both sides would be evaluated after it was learnt.
    """
    first = first_with_text(rows.table, row_hashes(rows.table))
    kept = first == np.arange(len(rows))
    removed = int((~kept).sum())
    if not removed:
        return rows
    message = f"{removed:,} of {len(rows):,} texts stood there before, word for word; the first of each stays."
    labels = rows.labels
    differs = labels != labels[first]
    contradicting = np.flatnonzero(differs if labels.ndim == 1 else differs.any(axis=1))
    if len(contradicting):
        named = contradicting[:8].tolist()
        shown = [f"{rows.place_of(position)} ({_shown(labels[position], task)})" for position in named]
        message += f" {count(len(contradicting), 'copy').replace('copys', 'copies')} had another label: "
        message += f"{first_of(shown, len(contradicting))}."
    noun = "duplicate" if removed == 1 else "duplicates"
    notes.append(Problem(f"{removed:,} {noun} removed before the split", message))
    return rows.take(kept)


def _shown(label: NDArray[np.generic], task: Task) -> str:
    """Write one row's label as a person reads it."""
    if task.problem_type == "regression":
        return f"{float(label):g}"
    if task.problem_type == "single_label_classification":
        return task.labels[int(label)]
    return " + ".join(task.labels[number] for number in np.flatnonzero(label)) or "none"


def note_overlaps(parts: Mapping[str, Rows], notes: list[Problem], tell: Tell) -> None:
    """Note for each two parts how many texts of the later one the earlier one has too, and where they stand.

    `parts`: the rows by the name that a note calls them: training, evaluation, test. None is removed: the splits are
    their makers'.
    """
    if len(parts) < 2:
        return
    tell(f"Comparing the texts of {' and '.join(parts)}")
    tables = {name: _with_hashes(rows.table) for name, rows in parts.items()}
    for earlier, later in combinations(parts, 2):
        shared = _shared(tables[earlier], tables[later])
        if len(shared):
            notes.append(_overlap(earlier, later, parts[later], shared))


def shared_rows(earlier: pa.Table, later: pa.Table) -> NDArray[np.int64]:
    """Return the positions of the later rows whose texts (columns `text` and `pair`) are among the earlier ones."""
    return _shared(_with_hashes(earlier), _with_hashes(later))


def _with_hashes(table: pa.Table) -> pa.Table:
    names = [name for name in ("text", "pair") if name in table.column_names]
    return table.select(names).append_column("hash", pa.array(row_hashes(table)))


def _shared(earlier: pa.Table, later: pa.Table) -> NDArray[np.int64]:
    both = pa.concat_tables([earlier, later])
    first = first_with_text(both, to_numpy(both.column("hash")).astype(np.int64))
    return np.flatnonzero(first[len(earlier) :] < len(earlier))


def _overlap(earlier: str, name: str, rows: Rows, shared: NDArray[np.int64]) -> Problem:
    verb = "stands" if len(shared) == 1 else "stand"
    read = " Nothing else is asked of the test split now." if name == "test" else ""
    return Problem(
        f"{count(len(shared), f'{name} text')} also in {earlier}",
        f"{len(shared):,} of {len(rows):,} {name} texts {verb} in the {earlier} rows too, word for word: "
        f"{rows.places(shared)}.{read}",
        f"The {name} is a little too kind; remove them from one of the two.",
    )
