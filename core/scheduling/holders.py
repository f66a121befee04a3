"""Who has a device: the process that holds its lock, and the run that it trains, of whichever store."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from bertft_tui.core import locks
from bertft_tui.core.paths import RunDirectory, device_lock, store_beside
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.worker_handle import process_of, worker_directory


@dataclass(frozen=True)
class Holder:
    """The process that has a device."""

    pid: int | None  # None when it is in another container, whose processes have no number here
    directory: RunDirectory | None = None  # of the run that it trains; None when it does something else
    run_name: str = ""  # as the run's directory has it
    program: str = ""  # what kind of process it is where it trains no run; empty when that cannot be told

    @property
    def store(self) -> Path | None:
        """The store that the run belongs to, as far as its directory tells."""
        return store_beside(self.directory.path.parent) if self.directory is not None else None

    @property
    def words(self) -> str:
        """Who it is, for people."""
        if self.pid is None:
            return "a process in another container"
        if self.directory is None:
            return f"{self.program or 'another program'} (process {self.pid})"
        return f"{self.run_name or self.directory.id} (process {self.pid})"


def holders_of(devices: Iterable[Device], before: Mapping[str, Holder] | None = None) -> dict[str, Holder]:
    """Return who has which device, by the device's name. `before`: an earlier answer, which saves asking again."""
    found = {device.name: _holder(device, (before or {}).get(device.name)) for device in devices}
    return {name: holder for name, holder in found.items() if holder is not None}


def _holder(device: Device, before: Holder | None) -> Holder | None:
    try:
        pid = locks.holder(device_lock(device.visible_as or device.name))
    except OSError:
        return None
    if pid is None:
        return None
    if pid <= 0:
        return Holder(None)
    return before if before is not None and _still(before, pid) else _described(pid)


def _still(before: Holder, pid: int) -> bool:
    """Whether the same process trains the same run."""
    return before.pid == pid and before.directory is not None and process_of(before.directory) == pid


def _described(pid: int) -> Holder:
    """Say what a process does: a worker has a run's directory, and holds that one's lock too."""
    directory = worker_directory(pid)
    if directory is not None and process_of(directory) == pid:
        return Holder(pid, directory, _name_in(directory))
    try:
        words = psutil.Process(pid).cmdline()
    except psutil.Error:
        return Holder(pid)
    return Holder(pid, program=_program(words))


def _program(words: list[str]) -> str:
    """What a process of ours is for, by the module that it runs."""
    module = words[words.index("-m") + 1] if "-m" in words[:-1] else ""
    room, _, name = module.rpartition(".")
    if room.endswith(".training.scoring"):
        return "a trial of texts" if name == "trying" else "an evaluation or a prediction"
    return ""


def _name_in(directory: RunDirectory) -> str:
    try:
        document = json.loads(directory.launched.read_text(encoding="utf-8"))
        return str(document["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
