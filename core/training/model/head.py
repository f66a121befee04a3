"""A checkpoint that is already a classifier: whether its head fits the data's labels, and what becomes of it."""

import re
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel

from bertft_tui.core.errors import ModelError, Problem
from bertft_tui.core.training.model.anatomy import anatomy_of
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.task import Task

#: The names that `transformers` gives to labels that have none.
_GENERIC = re.compile(r"LABEL_\d+")


@dataclass(frozen=True)
class HeadPlan:
    """What becomes of the output layer that comes with a checkpoint.

    `order`: for each of the data's labels the output of the checkpoint that means it; None keeps them as they are.
    """

    kind: Literal["none", "keep", "replace"]  # none: the checkpoint has no such head
    order: tuple[int, ...] | None = None
    notes: tuple[Problem, ...] = ()


def plan_head(config: PretrainedConfig, task: Task) -> HeadPlan:
    """Compare a checkpoint's labels with the data's, by name: case and blanks around do not count.

    `config`: as the checkpoint has it, before it learns of the data's labels.
    """
    if not any(str(name).endswith("ForSequenceClassification") for name in config.architectures or ()):
        return HeadPlan("none")
    theirs = tuple(str(config.id2label[number]) for number in sorted(config.id2label))
    regression = config.problem_type == "regression" or (config.problem_type is None and len(theirs) == 1)
    if len(theirs) != task.num_labels or regression != (task.problem_type == "regression"):
        return _replaced(theirs, task)
    if regression:
        return _kept("It was trained on numbers too, taken to be on the same scale.")
    return _by_name(theirs, task)


def _by_name(theirs: tuple[str, ...], task: Task) -> HeadPlan:
    ours = task.labels
    order = _order(theirs, ours)
    if order is None:
        return _by_place(theirs, task)
    if order == tuple(range(len(ours))):
        return _kept(f"It was trained on the same labels: {listed(ours)}.")
    return _kept(
        f"It was trained on the same labels in another order ({listed(theirs)}); its outputs are put into the data's "
        f"order ({listed(ours)}).",
        order,
    )


def _by_place(theirs: tuple[str, ...], task: Task) -> HeadPlan:
    """Where one side has no names, only the order can say which label is which."""
    unnamed = all(map(_GENERIC.fullmatch, theirs))
    if not unnamed and task.labels != tuple(map(str, range(task.num_labels))):
        return _replaced(theirs, task)
    pairs = listed([f"{name} is {label!r}" for name, label in zip(theirs, task.labels, strict=True)])
    whose = "Its labels" if unnamed else "The data's labels"
    return _kept(f"{whose} have no names, so both are taken to be in the same order: {pairs}.")


def settle_head(model: PreTrainedModel, plan: HeadPlan, info: dict[str, Any]) -> tuple[Problem, ...]:
    """Do to the output layer what the plan says, and return what a person should know.

    `info`: what loading says of missing weights and other shapes; a head that was not loaded is new already. A new
    output layer draws from torch's generator. Raises ModelError when the output layer cannot be found.
    """
    new = (*info["missing_keys"], *(key if isinstance(key, str) else key[0] for key in info["mismatched_keys"]))
    if any(map(anatomy_of(model).is_head, new)):
        return plan.notes if plan.kind == "replace" else ()
    if plan.kind == "replace" or plan.order is not None:
        _change(_output_layer(model), plan, getattr(model.config, "initializer_range", 0.02))
    return plan.notes


def _change(layer: nn.Linear, plan: HeadPlan, spread: float) -> None:
    with torch.no_grad():
        if plan.order is None:
            layer.weight.normal_(0.0, spread)
            if layer.bias is not None:
                layer.bias.zero_()
            return
        rows = torch.tensor(plan.order)
        layer.weight.copy_(layer.weight[rows])
        if layer.bias is not None:
            layer.bias.copy_(layer.bias[rows])


def _output_layer(model: PreTrainedModel) -> nn.Linear:
    """Return the last linear layer of the head, whose outputs are the labels."""
    anatomy = anatomy_of(model)
    layers = [
        module
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and anatomy.is_head(name) and module.out_features == model.config.num_labels
    ]
    if not layers:
        raise ModelError(
            "The head cannot be fitted to the labels",
            f"How a {model.config.model_type} model tells classes apart is not known.",
            "Name the pretrained model that this classifier was made from.",
        )
    return layers[-1]


def _order(theirs: tuple[str, ...], ours: tuple[str, ...]) -> tuple[int, ...] | None:
    """Return where each of our labels stands among theirs; None when they are not the same ones."""
    for mine, other in ((ours, theirs), (_folded(ours), _folded(theirs))):
        if len(set(mine)) == len(mine) and set(mine) == set(other):
            return tuple(other.index(label) for label in mine)
    return None


def _folded(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(label.strip().casefold() for label in labels)


def _kept(why: str, order: tuple[int, ...] | None = None) -> HeadPlan:
    return HeadPlan("keep", order, (Problem("The model is a classifier already, and keeps its head", why),))


def _replaced(theirs: tuple[str, ...], task: Task) -> HeadPlan:
    message = (
        f"The head that came with the model tells {listed(theirs)} apart, and the data has {listed(task.labels)}; "
        "its output layer starts random instead."
    )
    return HeadPlan("replace", None, (Problem("The classification head is replaced", message),))
