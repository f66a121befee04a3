"""What a run learns: one class of several, any number of labels, or a number."""

from dataclasses import dataclass

from bertft_tui.core.metric_names import ProblemType


@dataclass(frozen=True)
class Task:
    """The problem type, as `transformers` names it, and the labels in the order of the head's outputs."""

    problem_type: ProblemType
    labels: tuple[str, ...]  # regression has one: the name of the column

    @property
    def num_labels(self) -> int:
        """How many outputs the head has."""
        return len(self.labels)
