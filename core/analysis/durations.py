"""How long runs usually take, from those that have finished."""

from collections import defaultdict
from collections.abc import Iterable

from bertft_tui.core.config import RunConfig
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

#: Settings that change what is learnt, and not how long it takes. Two runs that differ elsewhere are not compared.
_NO_MATTER = frozenset(
    {
        "model.hidden_dropout",
        "model.lora_alpha",
        "model.lora_dropout",
        "data.subset_seed",
        "data.stratify",
        "training.learning_rate",
        "training.lr_scheduler_type",
        "training.warmup_steps",
        "training.weight_decay",
        "training.max_grad_norm",
        "training.label_smoothing_factor",
        "training.class_weights",
        "training.layer_lr_decay",
        "training.seed",
        "training.metric_for_best_model",
        "training.on_nan",
        "training.on_divergence",
        "hardware.device",  # compared as the device that the run was given
    }
)

#: As many of the newest like runs are asked; older ones may be of another version.
_NEWEST = 5

_Key = tuple[object, ...]


class Durations:
    """What finished runs took, to be asked for runs like them."""

    def __init__(self, past: Iterable[RunRecord] = ()) -> None:
        """Take finished runs, the newest first; the others are passed over."""
        self._seconds: dict[_Key, list[float]] = defaultdict(list)
        for run in past:
            if run.status is RunStatus.FINISHED and run.duration_seconds > 0 and run.device:
                self._seconds[_key(run.config, run.device)].append(run.duration_seconds)

    def usual(self, config: RunConfig, device: str) -> float | None:
        """Seconds that a run with this config takes on a device; None when none like it has finished there."""
        known = self._seconds.get(_key(config, device))
        return _middle(known[:_NEWEST]) if known else None


def _middle(values: list[float]) -> float:
    """The median; the module that has one takes longer to import than the app has for its first paint."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _key(config: RunConfig, device: str) -> _Key:
    return (device, *(str(value) for name, value in config.flat().items() if name not in _NO_MATTER))
