"""The labelled rows of one split of a source."""

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.data.columns import Columns, choose_columns
from bertft_tui.core.training.data.label_encoding import Refusal, encode
from bertft_tui.core.training.data.rows import Rows, read_rows, read_texts
from bertft_tui.core.training.data.split_roles import find_split
from bertft_tui.core.training.data.unlabelled import no_labels
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.sources.raw import Source
from bertft_tui.core.training.task import Task

_UNKNOWN = Refusal(
    "The model does not know some labels",
    "It can only be judged on labels that it was trained on: write them as they were written there, or leave out the "
    "rows.",
)


def open_view(source: Source, split: str) -> View:
    """Read a split. Raises DataError, also when it has no rows."""
    view = View(source.read(split), split, source.name)
    if not view.split.table.num_rows:
        raise DataError("There are no rows", f"{view.where} is empty.", "Name another split, or add rows.")
    return view


def labelled_rows(
    source: Source, view: View, columns: Columns, task: Task, *, refusal: Refusal, notes: list[Problem]
) -> Rows:
    """Return a split's rows with the labels of a task. Raises DataError."""
    encoded = encode(view, columns, task, refusal)
    if not encoded.present.any():
        raise no_labels(source, view.name, columns)
    return read_rows(view, columns, encoded, notes)


def rows_of(source: Source, data: DataSection, split: str, task: Task, notes: list[Problem] | None = None) -> Rows:
    """Read one split for a model that was trained on `task`; what is left out is said in `notes`.

    The columns are those that training would take: they are chosen in data.train_split where there is one.
    Raises DataError, also for labels that the task does not have.
    """
    view, columns = _chosen(source, data, split)
    said = [] if notes is None else notes
    rows = labelled_rows(source, view, columns, task, refusal=_UNKNOWN, notes=said)
    said.extend(source.notes)
    return rows


def texts_of(source: Source, data: DataSection, split: str) -> Rows:
    """Read the texts of one split, whatever its labels, from the columns that training takes. Raises DataError."""
    return read_texts(*_chosen(source, data, split))


def _chosen(source: Source, data: DataSection, split: str) -> tuple[View, Columns]:
    """Open a split and choose its columns, in data.train_split where there is one. Raises DataError."""
    find_split(split, "The split", source.name, source.split_names)
    view = open_view(source, split)
    named = data.text_column is not None and data.label_column is not None
    elsewhere = not named and split != data.train_split and data.train_split in source.split_names
    return view, choose_columns(open_view(source, data.train_split) if elsewhere else view, data)
