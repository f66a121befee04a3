"""The devices of this machine, what they are at, and who has them."""

from collections.abc import Mapping
from typing import Any

from bertft_tui.core.errors import Problem
from bertft_tui.core.scheduling.holders import Holder, holders_of
from bertft_tui.core.scheduling.readings import Meter, Reading
from bertft_tui.tui.cli.output import print_json, print_problem, print_table
from bertft_tui.tui.format import NOTHING, percent, size


def print_devices(*, as_json: bool) -> None:
    """Print the devices with memory, how busy and how warm they are, and which run of this user has them."""
    found = Meter().read_once()
    holders = holders_of(reading.device for reading in found.devices)
    if as_json:
        print_json([_document(reading, holders.get(reading.device.name)) for reading in found.devices])
        return
    headers = ("device", "what it is", "memory", "busy", "°C", "state", "note")
    print_table(headers, [_row(reading, holders) for reading in found.devices], right=("busy", "°C"))
    if found.trouble:
        print_problem(Problem("No NVIDIA GPU can be looked at", f"NVML: {found.trouble}."), label="Note")


def _row(reading: Reading, holders: Mapping[str, Holder]) -> tuple[str, ...]:
    device, holder = reading.device, holders.get(reading.device.name)
    return (
        device.name,
        device.title,
        _memory(reading),
        percent(reading.utilisation),
        NOTHING if reading.temperature is None else f"{reading.temperature:.0f}",
        "free" if holder is None else f"taken by {holder.words}",
        reading.trouble or device.note,
    )


def _document(reading: Reading, holder: Holder | None) -> dict[str, Any]:
    device = reading.device
    return {
        "name": device.name,
        "title": device.title,
        "total_bytes": device.total_bytes,
        "free_bytes": device.free_bytes,
        "used_bytes": reading.used_bytes,
        "utilisation": reading.utilisation,
        "load": reading.load,
        "temperature": reading.temperature,
        "power_watts": reading.power,
        "power_limit_watts": reading.power_limit,
        "processes": [vars(each) for each in reading.processes],
        "busy": holder is not None,
        "holder": None if holder is None else _holder(holder),
        "note": reading.trouble or device.note,
    }


def _holder(holder: Holder) -> dict[str, Any]:
    directory, store = holder.directory, holder.store
    return {
        "pid": holder.pid,
        "run": directory.id if directory is not None else None,
        "run_name": holder.run_name or None,
        "directory": str(directory.path) if directory is not None else None,
        "store": str(store) if store is not None else None,
        "what": holder.words,
    }


def _memory(reading: Reading) -> str:
    if reading.total_bytes is None:
        return "unknown"
    used = f"{size(reading.used_bytes)} used of " if reading.used_bytes is not None else ""
    return used + size(reading.total_bytes)
