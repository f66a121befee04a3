"""Data that a finished run meets again: the rows that chose its checkpoint, and its columns in other data."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bertft_tui.core.errors import DataError, InputError, Problem
from bertft_tui.core.local_names import found, is_pattern, same_place
from bertft_tui.core.packaged import DEMO
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.data.columns import named_labels
from bertft_tui.core.training.data.corpus import corpus_of
from bertft_tui.core.training.data.duplicates import row_hashes, shared_rows
from bertft_tui.core.training.data.labelled import open_view
from bertft_tui.core.training.data.split_roles import find_split
from bertft_tui.core.training.notes import count, listed
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.sources.raw import Source
from bertft_tui.core.training.task import Task

if TYPE_CHECKING:  # a second: what can fail before does
    from datasets import Dataset

_CHANGED = "The data has changed since the run was trained"
_PUT_BACK = "Put the data back as it was, or say which rows to score: --dataset FILE --split NAME."

#: Settings that name columns.
COLUMNS = ("text_column", "text_pair_column", "label_column")


def chosen_on(data: DataSection, source: Source, task: Task, predictions: Path, tell: Tell) -> pa.Table:
    """Draw the rows that chose a checkpoint, as for training. Raises DataError when they are others now.

    `predictions`: the file with the hashes of the texts that they were; without it only the labels are compared.
    """
    from bertft_tui.core.training.data.dataset import draw

    corpus = corpus_of(source, data, tell)
    if corpus.task != task:
        raise DataError(
            _CHANGED,
            f"{source.name} has {corpus.task.words} now ({_labels(corpus.task)}); "
            f"the run learnt {task.words} ({_labels(task)}).",
            _PUT_BACK,
        )
    evaluation = draw(corpus, data).evaluation
    if predictions.exists():
        from bertft_tui.core.training.predictions import text_hashes

        known = pq.read_table(predictions, columns=["text_hash"]).column("text_hash").to_numpy()
        strange = int(np.count_nonzero(~np.isin(text_hashes(evaluation), known)))
        if strange or len(evaluation) != len(known):
            raise DataError(
                _CHANGED,
                f"The checkpoint was chosen on {len(known):,} rows of {source.name}. Drawn again there are "
                f"{len(evaluation):,}, and {strange:,} of them are others.",
                _PUT_BACK,
            )
    return evaluation.with_format("arrow")[:]


def same_rows(data: DataSection, trained: DataSection) -> bool:
    """Say whether two sections draw the same rows, whatever they read in them and however it becomes tokens."""
    apart = {"dataset", "encoding", "max_length", "truncation", "padding", *COLUMNS}
    return same_place(data.dataset, trained.dataset) and _without(data, apart) == _without(trained, apart)


def same_reading(data: DataSection, trained: DataSection) -> bool:
    """Say whether two sections are the same but for how the path of the data is written."""
    return same_place(data.dataset, trained.dataset) and _without(data, {"dataset"}) == _without(trained, {"dataset"})


def _without(data: DataSection, apart: set[str]) -> dict[str, Any]:
    return data.model_dump(exclude=apart)


def known_rows(source: Source, trained: DataSection, table: pa.Table, where: str, tell: Tell) -> list[Problem]:
    """Note how many rows a run learnt from, and how many chose its checkpoint; or that nobody can tell.

    `table`: rows of `source` with `text`, and `pair` where the run learnt from pairs. The run's own data is read
    again where it lies here; nothing is downloaded for a note.
    """
    from bertft_tui.core.training.data.dataset import draw

    if not same_place(source.name, trained.dataset):
        if found(trained.dataset) is None and trained.dataset != DEMO and not is_pattern(trained.dataset):
            return [_unknown(f"{trained.dataset} does not lie here")]
        source = open_source(trained, tell)
    try:
        corpus = corpus_of(source, trained, tell)
        drawn = draw(corpus, trained)
    except InputError as error:
        return [_unknown(f"{trained.dataset}: {error.problem.title}")]
    pool = (corpus.train if corpus.evaluation is None else corpus.evaluation).table
    hashes = row_hashes(table)
    counts = {
        "trained on": _met(corpus.train.table, drawn.train, table, hashes),
        "evaluated on in training": _met(pool, drawn.evaluation, table, hashes),
    }
    return [
        Problem(
            f"{count(number, 'row')} {'was' if number == 1 else 'were'} {what}",
            f"{number:,} of the {len(table):,} texts of {where} stand among them, word for word.",
            "The figure flatters; rows that the model has never met give a fair one.",
        )
        for what, number in counts.items()
        if number
    ]


def _met(pool: pa.Table, drawn: "Dataset", table: pa.Table, hashes: NDArray[np.int64]) -> int:
    """Count the rows of a table whose texts were drawn from a pool; `hashes`: those of the table."""
    rows = drawn.select_columns("row").with_format("arrow")[:].column("row").to_numpy()
    alike = np.isin(row_hashes(pool), hashes) & np.isin(pool.column("row").to_numpy(), rows)
    return len(shared_rows(pool.filter(pa.array(alike)), table))


def _unknown(why: str) -> Problem:
    return Problem("Nobody looked whether the run has met these rows", f"Its own data cannot be read: {why}.")


def with_trained_columns(data: DataSection, trained: DataSection, source: Source, split: str) -> DataSection:
    """Take the columns that a run's settings name, where the split has them and nobody named others.

    Raises DataError when the run learnt from two texts and the split has but one.
    """
    find_split(split, "The split", source.name, source.split_names)
    view = open_view(source, split)
    free = {key: name for key in COLUMNS if getattr(data, key) is None and (name := getattr(trained, key))}
    kept = {key: name for key, name in free.items() if _has(view.names, key, name)}
    data = data.model_copy(update=kept)
    check_texts(data, trained, f"{view.where} has the columns {listed([repr(name) for name in view.names])}")
    return data


def check_texts(data: DataSection, trained: DataSection, found: str) -> None:
    """See that a model is given as many texts together as it learnt from. `found`: what there is, in words.

    Raises DataError.
    """
    if trained.text_pair_column is not None and data.text_pair_column is None:
        first = repr(trained.text_column) if trained.text_column else "a text"
        raise DataError(
            "This model reads two texts together",
            f"It was trained on {first} and {trained.text_pair_column!r}; {found}.",
            "Name a file with both; --set data.text_column=NAME --set data.text_pair_column=NAME name its columns.",
        )
    if trained.text_pair_column is None and data.text_pair_column is not None:
        raise DataError(
            "This model reads one text at a time",
            f"It was not trained on pairs, and data.text_pair_column is {data.text_pair_column!r}.",
            "Leave data.text_pair_column away; data.text_column names the column to read.",
        )


def _has(names: tuple[str, ...], key: str, name: str) -> bool:
    wanted = named_labels(DataSection(label_column=name), names) if key == "label_column" else (name,)
    return all(each in names for each in wanted)


def _labels(task: Task) -> str:
    return listed([repr(label) for label in task.labels])
