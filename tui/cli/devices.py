"""The devices of this machine, and which are taken."""

from bertft_tui.core.scheduling.devices import Device, inventory
from bertft_tui.core.scheduling.leases import busy_devices
from bertft_tui.tui.cli.output import print_json, print_table
from bertft_tui.tui.format import size


def print_devices(*, as_json: bool) -> None:
    """Print the devices with their memory, and whether a run of this user has them."""
    found = inventory()
    busy = busy_devices(found, ())
    if as_json:
        print_json([_document(device, busy) for device in found])
        return
    rows = [
        (device.name, device.title, _memory(device), "taken" if device.name in busy else "free", device.note)
        for device in found
    ]
    print_table(("device", "what it is", "memory", "state", "note"), rows)


def _document(device: Device, busy: frozenset[str]) -> dict[str, object]:
    return {
        "name": device.name,
        "title": device.title,
        "total_bytes": device.total_bytes,
        "free_bytes": device.free_bytes,
        "busy": device.name in busy,
        "note": device.note,
    }


def _memory(device: Device) -> str:
    if device.total_bytes is None:
        return "unknown"
    free = f"{size(device.free_bytes)} free of " if device.free_bytes is not None else ""
    return free + size(device.total_bytes)
