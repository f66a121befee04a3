"""Memory, processor and GPU of a worker, measured in the journal's own thread: no step waits for it."""

import os
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bertft_tui.core.journal import JournalWriter
from bertft_tui.core.training.gpu_meter import GpuMeter

#: Seconds between two measurements at first, and at most: a month would fill a disk with them.
_PACE = 2.0
_SLOWEST = 30.0

#: Seconds after which the pace becomes slower.
_LONG = 600.0


class VitalsWriter:
    """Writes `vitals` events. `gpu`: what is known of the GPU just now; None on another device."""

    def __init__(self, journal: JournalWriter, gpu: Callable[[], dict[str, float]] | None = None) -> None:
        import psutil

        self._journal, self._gpu = journal, gpu
        self._process = psutil.Process()
        self._began = self._written = time.monotonic()
        self._count = 0
        self._before = self._used(), *self._disk()

    def look(self) -> None:
        """Measure when it is time to."""
        now = time.monotonic()
        pace = min(_SLOWEST, _PACE * max(1.0, (now - self._began) / _LONG))
        if now - self._written >= pace * 0.9 or not self._count:  # the clock that calls this is not exact
            self._write()

    def finish(self) -> None:
        """Measure for the last time, unless the process was hardly there."""
        if self._count:
            self._write()

    def _write(self) -> None:
        now = time.monotonic()
        seconds = max(1e-3, now - self._written)
        used, read, written = after = self._used(), *self._disk()
        memory = float(self._process.memory_info().rss)
        found = {
            "memory": memory,
            "peak_memory": max(memory, _peak_memory()),  # the system brings its own up to date later
            "cpu": 100 * (used - self._before[0]) / seconds,
            "disk_read": _rate(read, self._before[1], seconds),
            "disk_write": _rate(written, self._before[2], seconds),
            "gpu_peak_memory": _reserved_at_most(),
        }
        if self._gpu is not None:
            found |= self._gpu()
        self._written, self._before, self._count = now, after, self._count + 1
        self._journal.write("vitals", **{name: _round(value) for name, value in found.items() if value is not None})

    def _used(self) -> float:
        """Seconds of a processor, all threads together."""
        return time.process_time()

    def _disk(self) -> tuple[float | None, float | None]:
        """Bytes that went through the disk so far; None where the system does not count."""
        counters = getattr(self._process, "io_counters", None)
        with suppress(OSError, NotImplementedError):
            if counters is not None:
                found = counters()
                return float(found.read_bytes), float(found.write_bytes)
        return None, None


def gpu_of(device: str) -> GpuMeter | None:
    """Return the meter of a worker's GPU; None on another device, or where no driver knows it."""
    uuid = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    if not device.startswith("cuda") or not uuid:
        return None
    try:
        return GpuMeter(uuid)
    except (LookupError, ImportError, OSError):
        return None


def _peak_memory() -> float:
    """The most bytes of RAM that this process ever had: the system counts kilobytes, macOS bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else peak * 1024)


def _reserved_at_most() -> float | None:
    """The most bytes that torch had of its GPU; None while it has not begun to use one. It is never imported here."""
    cuda: Any = getattr(sys.modules.get("torch"), "cuda", None)
    begun = getattr(cuda, "is_initialized", None)
    if begun is None or not begun():
        return None
    return float(cuda.max_memory_reserved())


def _rate(now: float | None, before: float | None, seconds: float) -> float | None:
    return None if now is None or before is None else max(0.0, now - before) / seconds


def _round(value: float) -> float | int:
    """Short in the journal: bytes are whole numbers, the others have a decimal."""
    return round(value) if value >= 1000 else round(value, 1)
