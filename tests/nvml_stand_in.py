"""NVIDIA's library without a driver."""

from types import ModuleType
from typing import Any


class NvmlStandIn(ModuleType):
    """The library with one GPU; asked for what is in `silent`, it raises its error, as drivers do."""

    NVML_TEMPERATURE_GPU = 0

    class NVMLError(Exception):
        """The library's own."""

    class _Figures:
        total, free, gpu, pid, usedGpuMemory = 80_000, 60_000, 87, 2**22 + 1, None

    def __init__(self, *silent: str) -> None:
        super().__init__("pynvml")
        figures = self._Figures()
        for name, answer in {
            "Init": None,
            "Shutdown": None,
            "SystemGetDriverVersion": "570.1",
            "SystemGetCudaDriverVersion": 12080,
            "DeviceGetCount": 1,
            "DeviceGetHandleByIndex": "handle",
            "DeviceGetHandleByUUID": "handle",
            "DeviceGetName": b"H100",
            "DeviceGetUUID": "GPU-a",
            "DeviceGetCudaComputeCapability": (9, 0),
            "DeviceGetMemoryInfo": figures,
            "DeviceGetUtilizationRates": figures,
            "DeviceGetTemperature": 61,
            "DeviceGetPowerUsage": 310_200,
            "DeviceGetEnforcedPowerLimit": 700_000,
            "DeviceGetComputeRunningProcesses": [figures],
        }.items():
            setattr(self, f"nvml{name}", self._asked(name, answer, silent))

    def _asked(self, name: str, answer: Any, silent: tuple[str, ...]) -> Any:
        def ask(*_: Any) -> Any:
            if name in silent:
                raise self.NVMLError(f"{name}: not supported")
            return answer

        return ask
