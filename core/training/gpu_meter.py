"""The GPU of a worker, measured again and again: no torch, and nothing fails where the driver says nothing."""

from typing import Any

from bertft_tui.core import nvml


class GpuMeter:
    """One GPU by its UUID. What the driver does not tell (a part of a GPU, an old card) is left out."""

    def __init__(self, uuid: str) -> None:
        """Find it; the library stays open. Raises LookupError where there is no such GPU, or no driver."""
        if trouble := nvml.open_library():
            raise LookupError(f"{uuid}: {trouble}")
        self._gpu = nvml.gpu_called(uuid)

    def read(self) -> dict[str, float]:
        """Measure: utilisation, memory, temperature, power, under the names of `Vitals`."""
        now = self._gpu.figures()
        found = {
            "gpu_use": None if now.utilisation is None else 100 * now.utilisation,
            "gpu_memory": now.used_bytes,
            "gpu_memory_total": now.total_bytes,
            "gpu_temperature": now.temperature,
            "gpu_power": now.power,
        }
        return {name: float(value) for name, value in found.items() if value is not None}

    def facts(self) -> dict[str, Any]:
        """Say what it is: name, memory, and the driver's version with the CUDA that it goes up to."""
        driver, cuda = nvml.driver_versions() or (None, None)
        found = {
            "gpu": self._gpu.title(), "gpu_memory": self._gpu.memory().total_bytes, "driver": driver, "cuda": cuda
        }  # fmt: skip
        return {name: value for name, value in found.items() if value is not None}
