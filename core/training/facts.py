"""Facts about the machine and the installation, found without importing the libraries."""

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PACKAGES = ("torch", "transformers", "datasets", "accelerate", "bertft-tui")


def boot_id() -> str:
    """Return what changes when the machine starts again: Linux's boot id, elsewhere the time of the start."""
    if _BOOT_ID.exists():
        return _BOOT_ID.read_text().strip()
    return str(int(psutil.boot_time()))


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
