"""What a run trains and evaluates on, before any subset is drawn: rows, task, sizes. No torch, no datasets."""

from collections.abc import Callable
from dataclasses import dataclass

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Tell, silent
from bertft_tui.core.training.data.balance import UNSEEN, UNTESTED, check_balance, compare_test, without_unused
from bertft_tui.core.training.data.columns import Columns, choose_columns
from bertft_tui.core.training.data.duplicates import note_overlaps, without_duplicates
from bertft_tui.core.training.data.label_encoding import encode
from bertft_tui.core.training.data.labelled import labelled_rows, open_view
from bertft_tui.core.training.data.rows import Rows, read_texts
from bertft_tui.core.training.data.sizes import drawn_sizes
from bertft_tui.core.training.data.split_roles import check_splits
from bertft_tui.core.training.data.targets import Target, decide
from bertft_tui.core.training.data.unlabelled import has_labels, no_labels
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.sources.raw import Source
from bertft_tui.core.training.task import Task


@dataclass(frozen=True)
class Corpus:
    """The rows to draw from, how many of them to take, and what is learnt from them.

    With `evaluation` None, the evaluation rows are carved out of `train`.
    """

    task: Task
    columns: Columns
    train: Rows
    evaluation: Rows | None
    train_rows: int
    eval_rows: int
    notes: tuple[Problem, ...]
    why_task: str = ""  # the sentence that says why this task

    @property
    def train_available(self) -> int:
        """How many rows `train_size` takes from: those of the split that are not carved out for evaluation."""
        return len(self.train) - (self.eval_rows if self.evaluation is None else 0)

    @property
    def eval_place(self) -> Callable[[int], str]:
        """Where an evaluation row stands, by its number in its split."""
        return (self.train if self.evaluation is None else self.evaluation).place


def load_corpus(data: DataSection, tell: Tell = silent) -> Corpus:
    """Read the data and check that what the config asks for can be had. Raises DataError."""
    from bertft_tui.core.training.sources.opening import open_source

    return corpus_of(open_source(data, tell), data, tell)


def corpus_of(source: Source, data: DataSection, tell: Tell = silent) -> Corpus:
    """Make the corpus of a source that is open.

    Raises DataError, which says too what had been noted about the rows until then: it may be the reason.
    """
    notes: list[Problem] = []
    try:
        return _corpus(source, data, tell, notes)
    except DataError as error:
        if not notes:
            raise
        raise _with_notes(error.problem, notes) from None


def _with_notes(problem: Problem, notes: list[Problem]) -> DataError:
    noted = [f"{note.title}: {note.message}" for note in notes]
    return DataError(problem.title, " ".join([problem.message, *noted]), problem.hint)


def _corpus(source: Source, data: DataSection, tell: Tell, notes: list[Problem]) -> Corpus:
    check_splits(data, source.name, source.split_names)
    view = open_view(source, data.train_split)
    columns = choose_columns(view, data)
    target = decide(view, columns, data)
    train = labelled_rows(source, view, columns, target.task, refusal=UNSEEN, notes=notes)
    task, train = _settled(target, train, data, notes, tell)
    evaluation = None
    if data.eval_split is not None:
        view = open_view(source, data.eval_split)
        evaluation = labelled_rows(source, view, columns, task, refusal=UNSEEN, notes=notes)
    check_balance(task, train, evaluation, notes)
    parts = {"training": train, "evaluation": evaluation}
    if data.test_split is not None:
        view = open_view(source, data.test_split)
        if not has_labels(view, columns):
            raise no_labels(source, data.test_split, columns)
        _look_at_test(view, columns, task, train, notes)
        parts |= {"test": read_texts(view, columns)}
    note_overlaps({name: rows for name, rows in parts.items() if rows is not None}, notes, tell)
    sizes = drawn_sizes(data, task, train, evaluation)
    return Corpus(task, columns, train, evaluation, *sizes, (*source.notes, *notes), target.why)


def _settled(target: Target, train: Rows, data: DataSection, notes: list[Problem], tell: Tell) -> tuple[Task, Rows]:
    """Take duplicates out of rows that are to be carved, and classes away that no row has then."""
    task = target.task
    if data.eval_split is None:
        tell(f"Looking for duplicates among {len(train):,} texts")
        train = without_duplicates(train, task, notes)
    if task.problem_type == "single_label_classification" and not target.declared:
        return without_unused(task, train)
    return task, train


def _look_at_test(view: View, columns: Columns, task: Task, train: Rows, notes: list[Problem]) -> None:
    """Note which labels stand in the test split or in training only; nothing else is asked of it before the end."""
    try:
        encoded = encode(view, columns, task, UNTESTED)
    except DataError as error:
        notes.append(error.problem)
    else:
        compare_test(task, train, encoded.values[encoded.present], view.where, notes)
