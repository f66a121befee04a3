"""Why each run in the queue waits, and when it may start: what the scheduler will do, told beforehand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling.devices import Device, candidates
from bertft_tui.core.scheduling.holders import Holder
from bertft_tui.core.store.records import QueueState, RunRecord

#: Why runs wait that the pause alone keeps; its reason is the queue's, and the same for all.
PAUSED = "the queue is paused"


@dataclass(frozen=True)
class Wait:
    """One run that waits."""

    run_id: str
    place: int  # counted from 1
    why: str
    starts_in: float | None  # seconds; None when nobody can tell


@dataclass(frozen=True)
class Machine:
    """What the devices are doing for this store and for others."""

    path: StorePath
    devices: tuple[Device, ...]
    holders: Mapping[str, Holder]  # by the device's name
    alive: tuple[RunRecord, ...]  # this store's runs that have a process
    frees_in: Mapping[str, float | None]  # seconds until such a run is done, by its id; None: unknown
    usual: Callable[[RunRecord, str], float | None]  # seconds that a run takes on a device; None: unknown

    def run_on(self, device: str) -> RunRecord | None:
        """This store's run that has a device; one that still waits for another store to let it go comes last."""
        mine = [run for run in self.alive if run.device == device]
        holder = self.holders.get(device)
        holds = [run for run in mine if holder is not None and holder.directory == self.path.run(run.id)]
        return next(iter([*holds, *mine]), None)


def waits(queue: QueueState, waiting: Sequence[RunRecord], machine: Machine) -> tuple[Wait, ...]:
    """Say of each waiting run, in the order of the queue, why it does and when it may start."""
    line = _Line(machine)
    return tuple(_wait(place, run, queue, line) for place, run in enumerate(waiting, 1))


class _Line:
    """The devices as the runs before this one will leave them."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.busy = {run.device for run in machine.alive} | set(machine.holders)
        self.free_at = {device.name: self._free_at(device.name) for device in machine.devices}
        self.before: list[frozenset[str]] = []  # what each of those who come first may have

    def _free_at(self, device: str) -> float | None:
        if device not in self.busy:
            return 0.0
        run = self.machine.run_on(device)
        return None if run is None or _is_foreign(self.machine, device) else self.machine.frees_in.get(run.id)

    def take(self, run: RunRecord, possible: Sequence[Device]) -> float | None:
        """Give a run the device that is free first; return when that is. None: nobody can tell."""
        names = [device.name for device in possible]
        self.before.append(frozenset(names))
        moments = [self.free_at[name] for name in names]
        known = [moment for moment in moments if moment is not None]
        if not known or (len(known) < len(moments) and min(known) > 0):
            for name in names:  # which of them it takes is unknown, and so is when it gives it back
                self.free_at[name] = None
            return None
        start = min(known)
        name = names[moments.index(start)]
        lasts = self.machine.usual(run, name)
        self.free_at[name] = None if lasts is None else start + lasts
        self.busy.add(name)
        return start


def _wait(place: int, run: RunRecord, queue: QueueState, line: _Line) -> Wait:
    asked = run.config.hardware.device
    possible = candidates(asked, line.machine.devices)
    if not possible:
        names = ", ".join(device.name for device in line.machine.devices)
        return Wait(run.id, place, f"it asks for {asked}; this machine has {names}", None)
    ahead = sum(bool(names & {device.name for device in possible}) for names in line.before)
    is_free = any(device.name not in line.busy for device in possible)
    start = line.take(run, possible)
    if queue.paused:
        return Wait(run.id, place, PAUSED, None)
    if is_free:
        return Wait(run.id, place, "it starts within a moment", start)
    if ahead:
        others = "another" if ahead == 1 else f"{ahead} others"
        return Wait(run.id, place, f"its turn comes after {others}", start)
    return Wait(run.id, place, _taken(asked, possible, line.machine), start)


def _taken(asked: str, possible: Sequence[Device], machine: Machine) -> str:
    names = [device.name for device in possible]
    if len(names) == 1:
        return f"{names[0]} is taken by {taken_by(names[0], machine)}"
    foreign = sum(_is_foreign(machine, name) for name in names)
    whose = f", {foreign} of them by runs of other stores or other programs" if foreign else ""
    return f"all {len(names)} devices that it may have are taken{whose}"


def taken_by(device: str, machine: Machine) -> str:
    """Say who has a device, in words."""
    holder, run = machine.holders.get(device), machine.run_on(device)
    if run is not None and not _is_foreign(machine, device):
        return run.name
    if holder is None or holder.directory is None:
        return holder.words if holder is not None else "a run of another store"
    return f"{holder.words}, a run of another store: {holder.store or holder.directory.path.parent}"


def _is_foreign(machine: Machine, device: str) -> bool:
    """Whether a device's lock is held by something that is no run of this store."""
    holder = machine.holders.get(device)
    if holder is None:
        return False
    return holder.directory is None or holder.directory not in {machine.path.run(run.id) for run in machine.alive}
