"""Facts about the installation and the machine, found without importing the libraries."""

import os
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bertft_tui.core.training.gpu_meter import GpuMeter

_PACKAGES = ("torch", "transformers", "tokenizers", "datasets", "accelerate", "peft", "numpy", "bertft-tui")


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def machine(gpu: GpuMeter | None) -> dict[str, Any]:
    """Return what a run was made on: system, processor, memory in bytes, and the GPU with its driver."""
    found: dict[str, Any] = {"os": platform.platform(), "cpu": _processor(), "cores": os.cpu_count()}
    with suppress(OSError, ValueError):
        found["memory"] = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {name: value for name, value in (found | (gpu.facts() if gpu is not None else {})).items() if value}


def _processor() -> str:
    """The name of the processor: Linux alone keeps it in a file."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
