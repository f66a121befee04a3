"""What the devices are at just now: memory, how busy, how warm. What nobody says is unknown."""

import os
import time
from dataclasses import dataclass, field
from typing import Any

import psutil

from bertft_tui.core.nvml import DeviceProcess, gpu_called, opened
from bertft_tui.core.scheduling.devices import Device, inventory, torch_has_cuda

#: Seconds in which a processor is watched when somebody asks once.
_MOMENT = 0.2

#: The sensors of processors, as the kernels call them, in the order of preference.
_SENSORS = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "cpu-thermal", "soc_thermal", "acpitz")


@dataclass(frozen=True)
class Reading:
    """A device at one moment. Sizes in bytes."""

    device: Device
    used_bytes: int | None = None
    total_bytes: int | None = None
    utilisation: float | None = None  # share of the time in which it computed, 0 to 1
    load: float | None = None  # processes that want a core, on average over a minute; of a processor
    temperature: float | None = None  # °C
    power: float | None = None  # watts
    power_limit: float | None = None  # watts
    processes: tuple[DeviceProcess, ...] = ()
    trouble: str = ""  # why figures are missing


@dataclass(frozen=True)
class Readings:
    """All devices at one moment."""

    devices: tuple[Reading, ...] = ()
    trouble: str = ""  # why no NVIDIA GPU can be looked at
    at: float = field(default_factory=time.monotonic)


class Meter:
    """Reads the devices again and again. A processor's share is that since the reading before, so it is kept here."""

    def __init__(self) -> None:
        self._times: Any = None

    def read(self) -> Readings:
        """Look at every device; never fails. The first time nobody knows how busy the processor is."""
        devices = inventory()
        with opened() as trouble:
            found = tuple(self._reading(device, trouble) for device in devices)
        return Readings(found, trouble if torch_has_cuda() is not False else "")

    def read_once(self) -> Readings:
        """Watch for a moment, then look."""
        self._busy()
        time.sleep(_MOMENT)
        return self.read()

    def _reading(self, device: Device, trouble: str) -> Reading:
        if device.name == "cpu":
            return Reading(
                device,
                used_bytes=_difference(device.total_bytes, device.free_bytes),
                total_bytes=device.total_bytes,
                utilisation=self._busy(),
                load=_load(),
                temperature=_warmth(),
            )
        if not device.name.startswith("cuda"):
            return Reading(device, trouble="no figures of this device are to be had")
        return Reading(device, total_bytes=device.total_bytes, trouble=trouble) if trouble else _gpu_reading(device)

    def _busy(self) -> float | None:
        """The share of all cores' time that was not idle since the last call; None at the first."""
        before, now = self._times, psutil.cpu_times()
        self._times = now
        if before is None:
            return None
        spent = {name: max(0.0, getattr(now, name) - getattr(before, name)) for name in now._fields}
        total = sum(value for name, value in spent.items() if not name.startswith("guest"))  # others hold these
        idle = spent["idle"] + spent.get("iowait", 0.0)
        return min(1.0, max(0.0, 1 - idle / total)) if total > 0 else None


def _gpu_reading(device: Device) -> Reading:
    """What a GPU says; while the library is open."""
    try:
        gpu = gpu_called(device.visible_as)
    except LookupError as error:
        trouble = f"the driver does not know it any more: {error}"
        return Reading(device, total_bytes=device.total_bytes, trouble=trouble)
    found = gpu.figures()
    return Reading(
        device,
        used_bytes=found.used_bytes,
        total_bytes=found.total_bytes or device.total_bytes,
        utilisation=found.utilisation,
        temperature=found.temperature,
        power=found.power,
        power_limit=found.power_limit,
        processes=gpu.processes(),
    )


def _difference(total: int | None, free: int | None) -> int | None:
    return None if total is None or free is None else max(0, total - free)


def _load() -> float | None:
    try:
        return os.getloadavg()[0]
    except (OSError, AttributeError):
        return None


def _warmth() -> float | None:
    """The warmest sensor of the processor, in °C; None where the system has none, as most containers."""
    try:
        sensors = psutil.sensors_temperatures()
    except (AttributeError, OSError, ValueError):  # not on this system; a sensor that cannot be read
        return None
    name = next((name for name in _SENSORS if sensors.get(name)), None)
    degrees = [each.current for each in sensors[name] if each.current is not None] if name is not None else []
    return max(degrees, default=None)
