"""The runs of `experiments.db.example`: the demo's recipe, and what a curious person would try next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.presets import preset

RECIPES = "recipes"
SIZES = "how much data"
PADDING = "padding"

#: The first run, that all others are made from.
FIRST = "demo recipe"

#: Where the classic rate of BERT is tried, and where whole articles are read: their seeds are made from them.
CLASSIC = "lr 5e-5"
WHOLE = "512 tokens"

#: The run that a newcomer should not miss: a hundredth of the weights learn, and it is not told from the others.
PINNED = "LoRA r 8, lr 2e-3"

#: Over the demo preset: the processor, so that the store is the same wherever it is made, and more points on curves.
_FIRST_SETTINGS: dict[str, Any] = {
    "hardware.device": "cpu",
    "training.eval_strategy": "steps",
    "training.eval_steps": 19,  # a quarter of the steps
    "training.eval_on_start": True,
}


#: A third of the texts, read almost whole: what padding costs shows where texts differ in length.
_WHOLE_SETTINGS: dict[str, Any] = {
    "data.max_length": 512,
    "data.train_size": 100,
    "training.eval_strategy": "epoch",
    "training.eval_on_start": False,
}

_ORDER = "training.train_sampling_strategy"

#: How texts of different lengths make a batch, by what that is called. The first two differ in padding alone, in the
#: order in which a plain script takes texts; the last in that order alone.
_PADDINGS: dict[str, dict[str, Any]] = {
    "": {"data.padding": "dynamic", _ORDER: "random"},
    "padded to the end": {"data.padding": "max_length", _ORDER: "random"},
    "like lengths together": {"data.padding": "dynamic", _ORDER: "group_by_length"},
}


@dataclass(frozen=True)
class Planned:
    """A run to be made: what it changes of the one that it is made from, and what is said and done about it."""

    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    name: str | None = None  # else what it changes
    parent: str = FIRST
    experiment: str = RECIPES
    note: str = ""
    tags: tuple[str, ...] = ()
    stop_at: int | None = None  # the step at which it is asked to stop
    resumes: bool = False  # whether it goes on after that


def first_config() -> RunConfig:
    """The settings of the first run."""
    return preset("demo").config.with_settings(_FIRST_SETTINGS)


PLANNED = (
    Planned(name=FIRST, tags=("baseline",), note="Where we begin: the others are held against it."),
    Planned({"training.seed": 1}, tags=("seed",)),
    Planned({"training.seed": 2}, tags=("seed",)),
    Planned(
        {"training.learning_rate": 5e-5},
        name=CLASSIC,
        tags=("lr",),
        note="The Trainer's default, and one of the three rates of BERT's paper.",
    ),
    *(Planned({"training.seed": seed}, f"{CLASSIC}, seed {seed}", CLASSIC, tags=("lr", "seed")) for seed in (1, 2)),
    Planned({"training.learning_rate": 1e-3}, tags=("lr",)),
    Planned(
        {"training.learning_rate": 1e-2},
        tags=("lr", "bad"),
        note="Far too high: it unlearns what it knew and never does better than guessing.",
    ),
    Planned({"training.per_device_train_batch_size": 16}, name="batch 16", tags=("batch",)),
    Planned({"data.max_length": 32}, tags=("length",), note="A third of the tokens. Is the first sentence enough?"),
    Planned(
        {"data.max_length": 192},
        tags=("length",),
        note="Slow for what it brings: stopped half way.",
        stop_at=30,
    ),
    Planned(
        {"training.num_train_epochs": 3},
        note="Stopped half way and resumed: the curve has no gap.",
        stop_at=50,
        resumes=True,
    ),
    Planned(
        {"model.freeze_layers": "all", "training.learning_rate": 2e-3},
        name="frozen encoder, lr 2e-3",
        tags=("cheap",),
        note="Only the head learns.",
    ),
    Planned({"model.lora_r": 8, "training.learning_rate": 2e-3}, name=PINNED, tags=("cheap",)),
    Planned({"data.train_size": 50}, experiment=SIZES, tags=("size",)),
    Planned({"data.train_size": 100}, experiment=SIZES, tags=("size",)),
    Planned({"data.train_size": 600}, experiment=SIZES, tags=("size",), note="Does twice the data pay?"),
    *(
        Planned(
            {**_WHOLE_SETTINGS, **_PADDINGS[padding], "training.seed": seed},
            ", ".join(filter(None, (WHOLE, padding, f"seed {seed}" * (seed != 42)))),
            FIRST if (padding, seed) == ("", 42) else WHOLE,
            PADDING,
            tags=("padding", *["seed"] * (seed != 42)),
        )
        for padding in _PADDINGS
        for seed in (42, 1, 2)
    ),
    Planned(
        {
            "training.optim": "sgd",
            "training.learning_rate": 10.0,
            "training.max_grad_norm": 0.0,
            _ORDER: "random",  # texts of like length are kinder to it
        },
        name="SGD, lr 10, no clipping",
        tags=("bad",),
        note="Only to see what NaN looks like.",
    ),
    Planned(
        {"model.name_or_path": "/models/minilm-news"},
        name="from our own checkpoint",
        note="There is no such folder: this is how a run fails.",
    ),
)
