"""Which devices are taken: by this store's runs, or by those of any other store of this user."""

from collections.abc import Iterable

from bertft_tui.core import locks
from bertft_tui.core.paths import device_lock
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.worker_handle import WorkerHandle


def busy_devices(devices: Iterable[Device], workers: Iterable[WorkerHandle]) -> frozenset[str]:
    """Return the names of devices that a worker has; a worker that is about to end still has its own."""
    ours = {handle.device for handle in workers}
    others = {device.name for device in devices if locks.is_held(device_lock(device.visible_as or device.name))}
    return frozenset(ours | others)
