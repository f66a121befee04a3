"""Whether the system killed a process for want of memory: its own counters before and after say so.

A process that is killed cannot say why, and its parent learns the signal alone: 9, as from a hand. Linux counts what
it kills for want of memory, for each control group (cgroup v2 `memory.events`, v1 `memory.oom_control`) and in all
(`/proc/vmstat`). Elsewhere nobody counts, and the cause stays unknown.
"""

from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_GROUPS = Path("/sys/fs/cgroup")

#: A limit above this is how a control group says that it has none.
_NO_LIMIT = 2**60


@dataclass(frozen=True)
class Kills:
    """How often the system has killed for want of memory, where that stands, and how much memory there is."""

    count: int
    source: str
    limit: int | None = None  # bytes


def count_kills(proc: Path = _PROC, groups: Path = _GROUPS) -> Kills | None:
    """Read the counter of this process's own control group, else the machine's; None where there is none."""
    for folder, counter, limit in _own_groups(proc, groups):
        if (count := _field(folder / counter, "oom_kill")) is not None:
            return Kills(count, f"{counter} of the control group", _limit(folder / limit))
    count = _field(proc / "vmstat", "oom_kill")
    return None if count is None else Kills(count, "the machine's", _total(proc / "meminfo"))


def lost_to_memory(before: Kills | None, now: Kills | None, signal: int | None) -> tuple[bool, str]:
    """Say whether a process that vanished was killed for want of memory, and a sentence on what speaks for it.

    `before`, `now`: the counter when the process was first seen and when it was gone; `signal`: what it died of, None
    when nobody saw it.
    """
    if signal not in (9, None):
        return False, ""
    if before is None or now is None or before.source != now.source:
        unknown = "Whether for want of memory is unknown: this system does not count such kills."
        return False, unknown if signal == 9 else ""
    risen = now.count - before.count
    if risen <= 0:
        none = "By hand or by another program: the system's counter of kills for want of memory did not rise."
        return False, none if signal == 9 else ""
    counter = f"the system's counter of kills for want of memory ({now.source}) rose by {risen} meanwhile"
    if signal is None:
        return False, f"It may have been killed for want of memory: {counter}."
    room = f"; there are {now.limit / 2**30:.1f} GiB" if now.limit is not None else ""
    return True, f"{counter[0].upper()}{counter[1:]}{room}."


def _own_groups(proc: Path, groups: Path) -> list[tuple[Path, str, str]]:
    """Return where this process's control groups for memory lie, with their files for counter and limit.

    Inside a container the path that /proc names may be one of the host's: then the mount itself is the group.
    """
    try:
        lines = (proc / "self" / "cgroup").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for number, controllers, path in (line.split(":", 2) for line in lines if line.count(":") >= 2):
        if number == "0" and not controllers:
            mount, files = groups, ("memory.events", "memory.max")
        elif "memory" in controllers.split(","):
            mount, files = groups / "memory", ("memory.oom_control", "memory.limit_in_bytes")
        else:
            continue
        found += [(folder, *files) for folder in (mount / path.lstrip("/"), mount)]
    return found


def _field(path: Path, name: str) -> int | None:
    """Read one number of a file of names and numbers."""
    try:
        pairs = (line.split() for line in path.read_text(encoding="ascii", errors="replace").splitlines())
        return next((int(pair[1]) for pair in pairs if len(pair) == 2 and pair[0] == name), None)
    except (OSError, ValueError):
        return None


def _limit(path: Path) -> int | None:
    try:
        limit = int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # `max`
        return None
    return limit if limit < _NO_LIMIT else None


def _total(path: Path) -> int | None:
    """Read how much memory the machine has."""
    try:
        words = path.read_text(encoding="ascii").split()
        return int(words[words.index("MemTotal:") + 1]) * 1024
    except (OSError, ValueError, IndexError):
        return None
