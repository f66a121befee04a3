"""Trainings whose steps are timed: runs in forked workers as the scheduler has them, and the plain script."""

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.gpu.forking_worker import CUDNN, MEMORY
from benchmarks.script import run_script
from benchmarks.training import phase_time, train
from bertft_tui.core.config import RunConfig
from bertft_tui.core.forking import adopt_orphans
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.scheduling.children import Child
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.launcher import worker_environment
from bertft_tui.core.scheduling.warm_process import WarmProcess

_ROOT = Path(__file__).parents[2]


class Timed(NamedTuple):
    """What a training took. Seconds; bytes of the GPU's memory at most, None where nobody counted."""

    begins: float  # from its start until training begins
    seconds: float  # from texts to accuracy
    steps: list[float]  # from the beginning of training until each step was done
    allocated: int | None
    reserved: int | None


class Bench:
    """A device, and a warm process for the runs on it. What they compile is kept in a folder, and starts empty."""

    def __init__(self, device: Device, warm: WarmProcess, compiled: Path) -> None:
        self.device = device
        self._warm = warm
        self._compiled = {"TORCHINDUCTOR_CACHE_DIR": str(compiled)}

    def run(self, directory: RunDirectory, settings: Mapping[str, Any], *, cudnn: bool | None = None) -> Timed:
        """Train in a worker that is forked for it. `cudnn`: whether attention may go there, whatever the padding."""
        return self._timed(directory, settings, "warm", partial(self._fork, cudnn=cudnn))

    def cold_run(self, directory: RunDirectory, settings: Mapping[str, Any]) -> Timed:
        """Train in a process of its own from the beginning."""
        return self._timed(directory, settings, "cold", lambda *_: None)

    def script(self, model: Path, data: Path, output: Path, settings: Mapping[str, Any]) -> Timed:
        """Train by the script of the tutorial."""
        began = time.time()
        found = run_script(model, data, output, {**settings, "use_cpu": self.device.name == "cpu"})
        shutil.rmtree(f"{output}-checkpoints", ignore_errors=True)  # gigabytes
        begins = found["begins"]
        steps = [step - begins for step in found["steps"]]
        return Timed(begins - began, found["seconds"], steps, found.get("allocated"), found.get("reserved"))

    def _timed(self, directory: RunDirectory, settings: Mapping[str, Any], start: str, fork: Any) -> Timed:
        began = time.time()
        events = train(directory, RunConfig().with_settings(dict(settings)), self.device, fork)
        shutil.rmtree(directory.checkpoints, ignore_errors=True)
        if (started := events[0].fields["start"]) != start:
            raise RuntimeError(f"{directory.path} was started {started}, not {start}")
        begins = phase_time(events, "training")
        losses = [event for event in events if event.type == "metrics" and "loss" in event.fields["values"]]
        file = directory.path / MEMORY
        took = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return Timed(
            begins - began,
            events[-1].time - phase_time(events, "tokenizing"),
            [event.time - begins for event in losses],
            took.get("allocated"),
            took.get("reserved"),
        )

    def _fork(
        self, ticket: str, directory: RunDirectory, environment: Mapping[str, str], *, cudnn: bool | None
    ) -> Child:
        asked = {} if cudnn is None else {CUDNN: str(int(cudnn))}
        return self._warm.fork(ticket, directory.path, {**environment, **self._compiled, **asked}, directory.log)


@contextmanager
def opened(device: Device, folder: Path) -> Iterator[Bench]:
    """Start the warm process and wait until it is ready. Raises RuntimeError when it ends before."""
    log, environment = folder / "warm.log", worker_environment(device, None)
    paths = filter(None, (str(_ROOT), environment.get("PYTHONPATH")))
    warm = WarmProcess({**environment, "PYTHONPATH": ":".join(paths)}, log, "benchmarks.gpu.forking_worker")
    adopt_orphans()
    try:
        while not warm.is_ready:
            if not warm.is_alive():
                raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.05)
        yield Bench(device, warm, folder / "compiled")
    finally:
        warm.end()
        adopt_orphans(wanted=False)
