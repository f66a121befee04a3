"""A trained model scored on rows that it was not trained on."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.errors import Problem
from bertft_tui.core.metric_names import ProblemType
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.sections import DataSection, TrainingSection
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.data.again import (
    chosen_on,
    known_rows,
    same_reading,
    same_rows,
    with_trained_columns,
)
from bertft_tui.core.training.data.labelled import rows_of
from bertft_tui.core.training.data.split_roles import which_split
from bertft_tui.core.training.scoring.texts import Texts
from bertft_tui.core.training.scoring.verdicts import beside, verdicts
from bertft_tui.core.training.scoring.written import check_output, write_table
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.sources.raw import Source
from bertft_tui.core.training.task import Task
from bertft_tui.core.training.text_hashes import table_hashes

if TYPE_CHECKING:  # torch takes seconds: what can fail before does
    from bertft_tui.core.training.model.encoder import Encoder

#: What the rows are called that were carved out of the training split.
CARVED = "evaluation rows"

_OTHER_LOSS = Problem(
    "The loss is the plain one",
    "The run's eval_loss has class weights or label smoothing in it; the loss of an evaluation has neither.",
    "Do not compare the two; all other metrics are measured alike.",
)

_NOT_KEPT = "The figures stand, but nothing can be tested by them; free the disk and evaluate again."

_USUAL = ("test", "testing", "validation", "valid", "val", "dev", "eval")


def evaluate(
    question: dict[str, Any], config: RunConfig, task: Task, load: Callable[[], "Encoder"], tell: Tell
) -> dict[str, Any]:
    """Score a model on a split; without one named, on the test split, else on the rows that chose the checkpoint.

    Raises BertftError.
    """
    data, trained = config.data, parse_config(question["trained"])
    output = Path(question["output"]) if question["output"] else None
    if output is not None:
        check_output(output, data.dataset)
    source = open_source(data, tell=tell)
    same = same_rows(data, trained.data)
    split = question["split"] or (_own_split(data) if same or data.test_split else _usual_split(source))
    notes: list[Problem] = []
    chose = same and split in (CARVED, data.eval_split)
    if chose:
        table = chosen_on(data, source, task, RunDirectory(Path(question["run"])).predictions, tell)
    else:
        data = with_trained_columns(data, trained.data, source, split)
        rows = rows_of(source, data, split, task, notes)
        table = rows.table
        notes.extend(known_rows(source, trained.data, table, rows.where, tell))
    if not _plain_loss(trained.training):
        notes.append(_OTHER_LOSS)
    encoder = load()
    from bertft_tui.core.training.metrics import Scorer
    from bertft_tui.core.training.scoring.inference import logits_of

    logits = logits_of(encoder, config, _texts(table, split), tell)
    if output is not None:
        whole = source.read((data.eval_split or data.train_split) if split == CARVED else split).table
        write_table(beside(whole.take(table.column("row")), verdicts(logits, task)), output)
    labels = np.array(table.column("label").to_pylist())
    notes.extend(_hand_over(Path(question["predictions"]), task, logits, labels, table))
    return {
        "dataset": source.name,
        "split": split,
        "rows": len(table),
        "metrics": {
            **Scorer(task.problem_type).score(logits, labels),
            "loss": _loss(logits, labels, task.problem_type),
        },
        "is_test": split == data.test_split and same_reading(config.data, trained.data),
        "chose_checkpoint": chose,
        "notes": [note.as_dict() for note in notes],
    }


def _hand_over(
    path: Path, task: Task, logits: NDArray[np.float32], labels: NDArray[Any], table: pa.Table
) -> list[Problem]:
    """Write what was predicted of each row, for the store. Without room for it the figures are told all the same."""
    from bertft_tui.core.training.predictions import write_predictions

    try:
        write_predictions(path, task.problem_type, logits, labels, table_hashes(table))
    except OSError as error:
        path.unlink(missing_ok=True)
        return [Problem("The predictions could not be kept", f"{path}: {error}.", _NOT_KEPT)]
    return []


def _own_split(data: DataSection) -> str:
    """The test split of a run, else its evaluation rows."""
    return data.test_split or data.eval_split or CARVED


def _usual_split(source: Source) -> str:
    """The only split of other data, or the one that is usual. Raises DataError."""
    usual = next((name for word in _USUAL for name in source.split_names if name.lower() == word), None)
    if usual is not None or len(source.split_names) == 1:
        return usual or source.split_names[0]
    raise which_split(source.name, source.split_names, "--split")


def _texts(table: pa.Table, split: str) -> Texts:
    rows = table.column("row")
    pairs = table.column("pair") if "pair" in table.column_names else None
    return Texts(table.column("text"), pairs, lambda position: f"row {rows[position].as_py() + 1:,} of {split}")


def _plain_loss(training: TrainingSection) -> bool:
    return training.class_weights == "none" and training.label_smoothing_factor == 0


def _loss(logits: NDArray[np.float32], labels: NDArray[Any], problem_type: ProblemType) -> float:
    """Return the mean loss, as training measures it without weights and smoothing."""
    import torch

    outputs = torch.from_numpy(logits).double()
    if problem_type == "regression":
        return float(torch.nn.functional.mse_loss(outputs.squeeze(-1), torch.tensor(labels, dtype=torch.float64)))
    if problem_type == "multi_label_classification":
        wanted = torch.tensor(labels, dtype=torch.float64)
        return float(torch.nn.functional.binary_cross_entropy_with_logits(outputs, wanted))
    return float(torch.nn.functional.cross_entropy(outputs, torch.tensor(labels, dtype=torch.int64)))
