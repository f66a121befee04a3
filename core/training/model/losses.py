"""The losses that heads of `transformers` lack, or have each in its own way: in fp32, a mean over the rows.

A mean over the rows stays what it is when batches are cut into equal smaller ones, so accumulated gradients are those
of the whole batch. torch's own mean of a weighted loss divides by the sum of the weights, which differs from one
small batch to the next.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from bertft_tui.core.training.task import Task

#: The loss of logits (rows, outputs) and labels: ids (rows,), 0.0 and 1.0 (rows, outputs), or numbers (rows,).
Loss = Callable[[Tensor, Tensor], Tensor]


def loss_of(task: Task, weights: Sequence[float] | None, smoothing: float) -> Loss | None:
    """Return the loss of a task; None where the model's own, with the Trainer's label smoothing, is the one."""
    weight = None if weights is None else torch.tensor(weights, dtype=torch.float32)
    if task.problem_type == "regression":
        return _squared_error
    if task.problem_type == "multi_label_classification":
        return partial(_binary, weight)
    return None if weight is None else partial(_weighted, weight, smoothing)


def _squared_error(logits: Tensor, labels: Tensor) -> Tensor:
    return F.mse_loss(logits.float().reshape(-1), labels.float())


def _binary(weight: Tensor | None, logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of each label by itself, averaged; `weight` (outputs,) is that of rows that have the label."""
    on_device = None if weight is None else weight.to(logits.device)
    return F.binary_cross_entropy_with_logits(logits.float(), labels.float(), pos_weight=on_device)


def _weighted(weight: Tensor, smoothing: float, logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(
        logits.float(), labels, weight=weight.to(logits.device), label_smoothing=smoothing, reduction="none"
    ).mean()
