"""What a run learns: one class of several, any number of labels, or a number; and which settings go with it."""

from dataclasses import dataclass

from bertft_tui.core.errors import ConfigError
from bertft_tui.core.metric_names import TASK_METRICS, ProblemType, best_metric
from bertft_tui.core.sections import TrainingSection

#: The tasks in words that follow “the run learns”.
_WORDS: dict[ProblemType, str] = {
    "single_label_classification": "one class for each text",
    "multi_label_classification": "any number of labels for each text",
    "regression": "a number for each text",
}


@dataclass(frozen=True)
class Task:
    """The problem type, as `transformers` names it, and the labels in the order of the head's outputs."""

    problem_type: ProblemType
    labels: tuple[str, ...]  # regression has one: the name of the column

    @property
    def num_labels(self) -> int:
        """How many outputs the head has."""
        return len(self.labels)

    @property
    def words(self) -> str:
        """What is learnt, as a person would say it."""
        return _WORDS[self.problem_type]


def check_task(training: TrainingSection, task: Task) -> None:
    """See that metric and loss settings make sense for a task. Raises ConfigError."""
    check_metric(training, task)
    if training.label_smoothing_factor > 0 and task.problem_type != "single_label_classification":
        raise ConfigError(
            "Label smoothing needs one class for each text",
            f"training.label_smoothing_factor is {training.label_smoothing_factor:g}, but the run learns "
            f"{task.words}: no share of one class can be spread over the others.",
            "Set training.label_smoothing_factor = 0.",
        )
    if training.class_weights != "none" and task.problem_type == "regression":
        raise ConfigError(
            "Class weights need classes",
            f"training.class_weights is {training.class_weights!r}, but the run learns {task.words}.",
            "Set training.class_weights = 'none'.",
        )


def check_metric(training: TrainingSection, task: Task) -> None:
    """See that the metric that chooses the best checkpoint is one of the task's. Raises ConfigError."""
    metric = best_metric(training.metric_for_best_model, task.problem_type)
    known = (*TASK_METRICS[task.problem_type], "loss")
    if metric not in known:
        raise ConfigError(
            "The metric belongs to another task",
            f"training.metric_for_best_model is {metric!r}, but the run learns {task.words}, which is measured by "
            f"{', '.join(known)}.",
            "Set training.metric_for_best_model to one of these, or to 'auto'.",
        )
