"""What the devices are at: the processor of this machine, and a GPU whose library is a stand-in."""

import sys
from typing import Any

import pytest
from nvml_stand_in import NvmlStandIn

from bertft_tui.core.nvml import DeviceProcess
from bertft_tui.core.scheduling import devices
from bertft_tui.core.scheduling.readings import Meter, Reading


def test_the_processor_is_read() -> None:
    """Memory and how busy it is lie within their bounds; how warm it is may be unknown."""
    found = Meter().read_once().devices[-1]
    assert found.device.name == "cpu"
    assert found.utilisation is not None
    assert 0 <= found.utilisation <= 1
    assert found.used_bytes is not None
    assert found.total_bytes is not None
    assert 0 < found.used_bytes < found.total_bytes
    assert found.load is not None
    assert found.temperature is None or -50 < found.temperature < 150


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Read a GPU whose library says nothing of some figures."""
    monkeypatch.setattr(devices, "torch_has_cuda", lambda: True)
    monkeypatch.setattr("bertft_tui.core.scheduling.readings.torch_has_cuda", lambda: True)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def read(*silent: str) -> tuple[Reading, str]:
        monkeypatch.setitem(sys.modules, "pynvml", NvmlStandIn(*silent))
        found = Meter().read()
        return found.devices[0], found.trouble

    return read


def test_a_gpu_is_read(gpu: Any) -> None:
    """Everything that its driver says, in bytes, shares, degrees and watts, and who is at work on it."""
    found, trouble = gpu()
    assert (found.device.name, found.device.title, trouble) == ("cuda:0", "H100", "")
    assert (found.used_bytes, found.total_bytes, found.utilisation) == (20_000, 80_000, 0.87)
    assert (found.temperature, found.power, found.power_limit) == (61.0, 310.2, 700.0)
    assert found.processes == (DeviceProcess(2**22 + 1, "", None),)
    assert found.device.capability == (9, 0)


def test_what_a_driver_does_not_say_is_unknown(gpu: Any) -> None:
    """One figure that cannot be had takes no other along; a GPU that is gone, or no driver at all, is a sentence."""
    found, _ = gpu("DeviceGetMemoryInfo", "DeviceGetTemperature", "DeviceGetComputeRunningProcesses")
    assert (found.used_bytes, found.temperature, found.processes) == (None, None, ())
    assert (found.utilisation, found.power) == (0.87, 310.2)
    found, _ = gpu("DeviceGetName", "DeviceGetCudaComputeCapability")
    assert found.device.capability is None
    assert (found.device.title, found.utilisation) == ("NVIDIA GPU", 0.87)
    found, _ = gpu("DeviceGetUUID")
    assert found.device.name == "cpu"
    found, _ = gpu("DeviceGetHandleByUUID")
    assert found.trouble == "the driver does not know it any more: DeviceGetHandleByUUID: not supported"
    found, trouble = gpu("Init")
    assert (found.device.name, trouble) == ("cpu", "Init: not supported")
