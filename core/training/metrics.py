"""What the Trainer calls to have an evaluation scored."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from transformers import EvalPrediction

from bertft_tui.core.metric_names import ProblemType
from bertft_tui.core.training.outputs import decisions


class Scorer:
    """The Trainer's `compute_metrics`; keeps the logits of the latest evaluation for its predictions.

    `order` (n): which row stands where in what the Trainer hands over; without it they stand in their order.
    """

    def __init__(
        self, problem_type: ProblemType = "single_label_classification", order: NDArray[np.int64] | None = None
    ) -> None:
        self.problem_type = problem_type
        self.order = order
        self.logits: NDArray[np.float32] | None = None  # (rows, outputs)

    def __call__(self, prediction: EvalPrediction) -> dict[str, Any]:
        """Compute every metric from logits (rows, outputs) and labels: ids (rows,), 0/1 (rows, k) or numbers."""
        logits = prediction.predictions
        self.logits = self._in_order(logits[0] if isinstance(logits, tuple) else logits)
        return self.score(self.logits, self._in_order(prediction.label_ids))

    def _in_order(self, found: NDArray[Any]) -> NDArray[Any]:
        """Put rows that were evaluated in another order back into their own."""
        if self.order is None:
            return found
        ordered = np.empty_like(found)
        ordered[self.order] = found
        return ordered

    def score(self, logits: NDArray[np.float32], labels: NDArray[Any]) -> dict[str, float]:
        """Compute every metric of logits that come from elsewhere."""
        from bertft_tui.core.training.figures import figures_of

        truth = labels.astype(np.int64) if self.problem_type == "multi_label_classification" else labels
        return dict(
            figures_of(self.problem_type).compute(predictions=decisions(logits, self.problem_type), references=truth)
        )
