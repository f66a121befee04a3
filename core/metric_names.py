"""The metrics that runs report: which task has which, which direction is better, and what each one means."""

import math
from typing import Literal

Direction = Literal["up", "down"]

#: What is learnt, by the names that `transformers` gives it in a model's config.
ProblemType = Literal["single_label_classification", "multi_label_classification", "regression"]

#: What `compute_metrics` returns for each task, the chosen one first, with the sentence that explains it.
TASK_METRICS: dict[ProblemType, dict[str, str]] = {
    "single_label_classification": {
        "accuracy": "share of the evaluation texts whose label was predicted",
        "f1": "F1 of each class, averaged over the classes (macro)",
        "precision": "precision of each class, averaged over the classes (macro)",
        "recall": "recall of each class, averaged over the classes (macro)",
        "matthews_correlation": "Matthews correlation coefficient: 0 is chance, 1 is perfect, whatever the balance",
    },
    "multi_label_classification": {
        "f1_micro": "F1 over all decisions, each label of each text one of them",
        "f1_macro": "F1 of each label, averaged over the labels",
        "subset_accuracy": "share of the evaluation texts whose labels were all predicted, and no other",
    },
    "regression": {
        "pearsonr": "Pearson correlation of predicted and true values: 1 is a straight line",
        "spearmanr": "Spearman correlation: 1 is the same order, whatever the distances",
        "mse": "mean squared error, in squared units of the values",
    },
}

#: Every metric of every task with its sentence.
METRICS: dict[str, str] = {name: text for metrics in TASK_METRICS.values() for name, text in metrics.items()}

#: What a run may choose its best checkpoint by.
BEST_METRICS: tuple[str, ...] = (*METRICS, "loss")

_DOWN = ("loss", "runtime", "mse")
_NEITHER = ("grad_norm", "learning_rate")


def direction_of(name: str) -> Direction | None:
    """Say whether more (`up`) or less (`down`) of a metric is better; None where neither is, as for `grad_norm`.

    `eval_` or `train_` in front changes nothing.
    """
    if name in _NEITHER:
        return None
    return "down" if name.removeprefix("eval_").removeprefix("train_").endswith(_DOWN) else "up"


_SHARES = frozenset(
    {"accuracy", "f1", "precision", "recall", "f1_micro", "f1_macro", "subset_accuracy"},
)


def is_share(name: str) -> bool:
    """Whether a metric is a share between 0 and 1, so that a difference is told in points, hundredths of it.

    `eval_` or `test_` in front changes nothing. A correlation is none.
    """
    return name.removeprefix("eval_").removeprefix(TEST) in _SHARES


#: What stands before the name of a metric that was measured on the test split.
TEST = "test_"


def evaluation_name(name: str) -> str:
    """Give a metric the name that the Trainer reports it under: `accuracy` becomes `eval_accuracy`.

    What `evaluate` found on the test split keeps its own name: `test_accuracy`.
    """
    return name if name.startswith(("eval_", TEST)) else f"eval_{name}"


def own_metric(setting: str, found: ProblemType | None, asked_for: Literal["auto"] | ProblemType) -> str:
    """Return the metric that chooses a run's best checkpoint.

    `found`: what the data turned out to be, None before it was read; `asked_for`: the setting `data.problem_type`.
    """
    known = found or asked_for
    return best_metric(setting, "single_label_classification" if known == "auto" else known)


def best_metric(setting: str, problem_type: ProblemType) -> str:
    """Return the metric that chooses the best checkpoint: the one named, or for `auto` the task's first."""
    return next(iter(TASK_METRICS[problem_type])) if setting == "auto" else setting


def guess_loss(problem_type: ProblemType, classes: int) -> float | None:
    """Return what a model that knows nothing loses: ln k for k classes, ln 2 for each label; None for numbers."""
    if problem_type == "regression":
        return None
    return math.log(2 if problem_type == "multi_label_classification" else max(2, classes))
