"""How long a run will take, told from the pace of runs like it: they may have had other epochs and rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from bertft_tui.core.analysis.plan import plan_of
from bertft_tui.core.config import RunConfig
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

#: Settings that decide how long a step takes; others, such as the learning rate, do not.
_DECIDE = (
    "model.name_or_path",
    "model.attn_implementation",
    "model.attention_dropout",
    "model.dropout_masks",
    "model.trained_embeddings",
    "model.last_layer",
    "model.freeze_layers",
    "model.lora_r",
    "data.dataset",
    "data.max_length",
    "data.padding",
    "training.per_device_train_batch_size",
    "training.gradient_accumulation_steps",
    "training.train_batch_size",
    "training.train_sampling_strategy",
    "hardware.precision",
    "hardware.torch_compile",
)


@dataclass(frozen=True)
class Expected:
    """Seconds from start to end, and the number of runs that say so."""

    seconds: float
    runs: int


def expected_duration(runs: Iterable[RunRecord], config: RunConfig, train_rows: int, device: str) -> Expected | None:
    """Tell how long a run will take on a device from finished ones with the same model, lengths and batches.

    Each says how long a text took, evaluations included, and how long all besides. None when there is none like it.
    """
    wanted = _deciding(config)
    paces: list[float] = []
    besides: list[float] = []
    for run in runs:
        if run.status is not RunStatus.FINISHED or run.device != device or run.adjustments or run.attempt != 1:
            continue
        runtime, pace = (run.metrics.get(f"train_{name}") for name in ("runtime", "samples_per_second"))
        if runtime is None or pace is None or not pace.last > 0 or _deciding(run.config) != wanted:
            continue
        paces.append(1 / pace.last)
        besides.append(max(0.0, run.duration_seconds - runtime.last))
    if not paces:
        return None
    texts = plan_of(config.training, train_rows).epochs * train_rows
    return Expected(texts * median(paces) + median(besides), len(paces))


def _deciding(config: RunConfig) -> list[object]:
    values = config.flat()
    return [values[key] for key in _DECIDE]
