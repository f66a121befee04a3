"""Which boot of which machine this is: process ids and the monotonic clock mean something only within one."""

from pathlib import Path

_LINUX = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Return what tells this boot of the machine from every other."""
    try:
        return _LINUX.read_text(encoding="ascii").strip()
    except OSError:
        import psutil

        return str(round(psutil.boot_time(), -1))
