"""The metrics that runs report: which direction is better, and what each one means."""

from typing import Literal

Direction = Literal["up", "down"]

#: What `compute_metrics` returns for single-label classification, and the sentence that explains it.
CLASSIFICATION_METRICS: dict[str, str] = {
    "accuracy": "share of the evaluation texts whose label was predicted",
    "f1": "F1 of each class, averaged over the classes (macro)",
    "precision": "precision of each class, averaged over the classes (macro)",
    "recall": "recall of each class, averaged over the classes (macro)",
    "matthews_correlation": "Matthews correlation coefficient: 0 is chance, 1 is perfect, whatever the balance",
}

#: What a run may choose its best checkpoint by.
BEST_METRICS: tuple[str, ...] = (*CLASSIFICATION_METRICS, "loss")

_DOWN = ("loss", "runtime")
_NEITHER = ("grad_norm", "learning_rate")


def direction_of(name: str) -> Direction | None:
    """Say whether more (`up`) or less (`down`) of a metric is better; None where neither is, as for `grad_norm`.

    `eval_` or `train_` in front changes nothing.
    """
    if name in _NEITHER:
        return None
    return "down" if name.removeprefix("eval_").removeprefix("train_").endswith(_DOWN) else "up"


def evaluation_name(name: str) -> str:
    """Give a metric the name that the Trainer reports it under: `accuracy` becomes `eval_accuracy`."""
    return name if name.startswith("eval_") else f"eval_{name}"
