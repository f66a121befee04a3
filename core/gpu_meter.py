"""What an NVIDIA GPU says about itself, through its driver: no torch, and nothing fails where it says nothing."""

from collections.abc import Callable
from typing import Any


class GpuMeter:
    """One GPU by its UUID. What the driver does not tell (a part of a GPU, an old card) is left out."""

    def __init__(self, uuid: str, nvml: Any = None) -> None:
        """Find it. `nvml`: the library, `pynvml` unless a test has its own. Raises LookupError without it."""
        if nvml is None:
            import pynvml

            nvml = pynvml
        self._nvml = nvml
        try:
            nvml.nvmlInit()
            self._handle = nvml.nvmlDeviceGetHandleByUUID(uuid)
        except nvml.NVMLError as error:
            raise LookupError(f"{uuid}: {error}") from None

    def read(self) -> dict[str, float]:
        """Measure: utilisation, memory, temperature, power, under the names of `Vitals`."""
        nvml, found = self._nvml, dict[str, float]()
        if (use := self._ask(nvml.nvmlDeviceGetUtilizationRates)) is not None:
            found["gpu_use"] = float(use.gpu)
        if (memory := self._ask(nvml.nvmlDeviceGetMemoryInfo)) is not None:
            found |= {"gpu_memory": float(memory.used), "gpu_memory_total": float(memory.total)}
        if (heat := self._ask(nvml.nvmlDeviceGetTemperature, nvml.NVML_TEMPERATURE_GPU)) is not None:
            found["gpu_temperature"] = float(heat)
        if (power := self._ask(nvml.nvmlDeviceGetPowerUsage)) is not None:
            found["gpu_power"] = power / 1000
        return found

    def facts(self) -> dict[str, Any]:
        """Say what it is: name, memory, and the driver's version with the CUDA that it goes up to."""
        nvml, found = self._nvml, dict[str, Any]()
        if (name := self._ask(nvml.nvmlDeviceGetName)) is not None:
            found["gpu"] = _text(name)
        if (memory := self._ask(nvml.nvmlDeviceGetMemoryInfo)) is not None:
            found["gpu_memory"] = int(memory.total)
        try:
            found["driver"] = _text(nvml.nvmlSystemGetDriverVersion())
            version = int(nvml.nvmlSystemGetCudaDriverVersion())
            found["cuda"] = f"{version // 1000}.{version % 1000 // 10}"
        except nvml.NVMLError:
            pass
        return found

    def _ask(self, question: Callable[..., Any], *more: Any) -> Any:
        try:
            return question(self._handle, *more)
        except self._nvml.NVMLError:
            return None


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
