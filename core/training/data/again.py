"""Data that a finished run meets again: the rows that chose its checkpoint, and its columns in other data."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.data.columns import named_labels
from bertft_tui.core.training.data.corpus import corpus_of
from bertft_tui.core.training.data.labelled import open_view
from bertft_tui.core.training.data.split_roles import find_split
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.sources.raw import Source
from bertft_tui.core.training.task import Task

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


def with_trained_columns(
    data: DataSection, trained_on: Mapping[str, str | None], source: Source, split: str
) -> DataSection:
    """Take the columns that a run's settings name, where the split has them and nobody named others.

    Raises DataError when the run learnt from two texts and the split has but one.
    """
    find_split(split, "The split", source.name, source.split_names)
    view = open_view(source, split)
    free = {key: name for key in COLUMNS if getattr(data, key) is None and (name := trained_on[key]) is not None}
    kept = {key: name for key, name in free.items() if _has(view.names, key, name)}
    if "text_pair_column" in free.keys() - kept.keys():
        raise two_texts(trained_on, f"{view.where} has the columns {listed([repr(name) for name in view.names])}")
    return data.model_copy(update=kept)


def two_texts(trained_on: Mapping[str, str | None], found: str) -> DataError:
    """Say that a model that learnt from pairs was given single texts."""
    first = f"{trained_on['text_column']!r} and " if trained_on["text_column"] else "a text and "
    return DataError(
        "This model reads two texts together",
        f"It was trained on {first}{trained_on['text_pair_column']!r}; {found}.",
        "Name a file with both, and its columns with --set data.text_column=NAME --set data.text_pair_column=NAME.",
    )


def _has(names: tuple[str, ...], key: str, name: str) -> bool:
    wanted = named_labels(DataSection(label_column=name), names) if key == "label_column" else (name,)
    return all(each in names for each in wanted)


def _labels(task: Task) -> str:
    return listed([repr(label) for label in task.labels])
