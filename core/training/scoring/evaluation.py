"""A trained model scored on rows that it was not trained on."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.metric_names import ProblemType
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.data.again import chosen_on, with_trained_columns
from bertft_tui.core.training.data.labelled import rows_of
from bertft_tui.core.training.scoring.verdicts import beside, named, verdicts
from bertft_tui.core.training.scoring.written import check_output, write_table
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.sources.raw import Source
from bertft_tui.core.training.task import Task

if TYPE_CHECKING:  # torch takes seconds: what can fail before does
    from bertft_tui.core.training.model.encoder import Encoder

#: What the rows are called that were carved out of the training split.
CARVED = "evaluation rows"

_USUAL = ("test", "testing", "validation", "valid", "val", "dev", "eval")


def evaluate(
    question: dict[str, Any], config: RunConfig, task: Task, load: Callable[[], "Encoder"], tell: Tell
) -> dict[str, Any]:
    """Score a model on a split; without one named, on the test split, else on the rows that chose the checkpoint.

    Raises BertftError.
    """
    output = Path(question["output"]) if question["output"] else None
    if output is not None:
        check_output(output)
    source = open_source(config.data, tell=tell)
    split = question["split"] or _default_split(config, source, same=question["same_data"])
    notes: list[Problem] = []
    chose = question["same_data"] and split in (CARVED, config.data.eval_split)
    if chose:
        table = chosen_on(config.data, source, task, RunDirectory(Path(question["run"])).predictions, tell)
    else:
        data = with_trained_columns(config.data, question["trained_on"], source, split)
        table = rows_of(source, data, split, task, notes).table
    encoder = load()
    from bertft_tui.core.training.metrics import Scorer
    from bertft_tui.core.training.scoring.inference import logits_of

    logits = logits_of(
        encoder.model,
        encoder.tokenizer,
        table.column("text").to_pylist(),
        table.column("pair").to_pylist() if "pair" in table.column_names else None,
        max_length=config.data.max_length,
        batch_size=config.training.per_device_eval_batch_size,
        tell=tell,
    )
    labels = np.array(table.column("label").to_pylist())
    if output is not None:
        shown = table.set_column(table.column_names.index("label"), "label", pa.array(named(labels, task)))
        write_table(beside(shown, verdicts(logits, task)), output)
    return {
        "dataset": source.name,
        "split": split,
        "rows": len(table),
        "metrics": {
            **Scorer(task.problem_type).score(logits, labels),
            "loss": _loss(logits, labels, task.problem_type),
        },
        "chose_checkpoint": chose,
        "notes": [note.as_dict() for note in notes],
    }


def _default_split(config: RunConfig, source: Source, *, same: bool) -> str:
    """The run's own test split or evaluation rows; of other data the only split, or the one that is usual."""
    if same:
        return config.data.test_split or config.data.eval_split or CARVED
    usual = next((name for word in _USUAL for name in source.split_names if name.lower() == word), None)
    if usual is not None or len(source.split_names) == 1:
        return usual or source.split_names[0]
    raise DataError(
        "Which split?",
        f"{source.name} has {', '.join(map(repr, source.split_names))}.",
        "Name one with --split.",
    )


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
