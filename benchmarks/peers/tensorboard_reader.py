"""TensorBoard, which reads event files whole."""

import json
from pathlib import Path
from typing import Any

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from benchmarks.peers.programs import Compared, Listed
from benchmarks.peers.workload import BEST, differing

lists_best = True


def _read(folder: Path, name: str) -> EventAccumulator:
    events = EventAccumulator(str(folder / "logs" / name), size_guidance={"scalars": 0})
    events.Reload()
    return events


def _best(events: EventAccumulator) -> float:
    return max(float(event.value) for event in events.Scalars(BEST))


def _settings(events: EventAccumulator) -> dict[str, Any]:
    text = events.Tensors("args/text_summary")[0].tensor_proto.string_val[0]
    settings: dict[str, Any] = json.loads(text)
    return settings


def listing(folder: Path) -> dict[str, Listed]:
    """All runs: each file is read, in which everything stands."""
    found = {path.name: _read(folder, path.name) for path in (folder / "logs").iterdir()}
    return {name: Listed(_best(events), len(_settings(events))) for name, events in found.items()}


def curve(folder: Path, name: str, metric: str) -> list[tuple[int, float]]:
    """All points of a metric."""
    return [(event.step, event.value) for event in _read(folder, name).Scalars(metric)]


def comparing(folder: Path, names: list[str]) -> Compared:
    """The best value of each run, and in which settings they differ."""
    found = {name: _read(folder, name) for name in names}
    best = {name: _best(events) for name, events in found.items()}
    return Compared(best, differing({name: _settings(events) for name, events in found.items()}))
