"""Network file systems, told from the mount table: on them SQLite's write-ahead log does not work."""

import re
from pathlib import Path

from bertft_tui.core.errors import Problem
from bertft_tui.core.paths import StorePath

KINDS = frozenset({"nfs", "nfs4", "cifs", "smbfs", "smb3", "9p", "afs", "lustre", "gpfs", "ceph", "afpfs"}) | {
    "beegfs", "webdav", "davfs", "glusterfs", "fuse.glusterfs", "fuse.ceph-fuse", "fuse.sshfs", "fuse.s3fs"
}  # fmt: skip

_LINUX = Path("/proc/self/mounts")


def mounts() -> dict[Path, str]:
    """Return the kind of file system at each mount point; a later mount hides an earlier one."""
    try:
        lines = _LINUX.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        import psutil  # here: a hundredth of a second, and Linux does without

        return {Path(part.mountpoint): part.fstype for part in psutil.disk_partitions(all=True)}
    fields = [line.split(" ") for line in lines]
    return {Path(_plain(each[1])): each[2] for each in fields if len(each) > 2}


def _plain(place: str) -> str:
    """A mount point as it is called. Few have a blank, and the pattern takes a millisecond to compile."""
    return re.sub(r"\\([0-7]{3})", _character, place) if "\\" in place else place


def _character(octal: re.Match[str]) -> str:
    """Blanks in a mount point stand in the table as octal numbers."""
    return chr(int(octal[1], 8))


def network_kind(file: Path) -> str:
    """Return the kind of network file system that a file lies, or would lie, on; empty on a local disk."""
    table = mounts()
    place = file.resolve()
    kind = next((table[folder] for folder in (place, *place.parents) if folder in table), "")
    return kind if kind in KINDS else ""


def warning(path: StorePath) -> Problem | None:
    """Say that a store lies on a network file system, and what that means; None for a local disk."""
    kind = network_kind(path.file)
    if not kind:
        return None
    return Problem(
        "The store is on a network file system",
        f"{path.file} is on {kind}: slower, and its locks hold only as well as the server's.",
        "Use it from one machine at a time, or keep it on a local disk: --db or BERTFT_DB names another.",
    )
