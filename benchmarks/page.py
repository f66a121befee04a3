"""The page with all figures, made from those that were kept: each part says when and where it was measured."""

import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.calibration import load

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "benchmarks.md"
KEPT = DOCS / "benchmarks.json"

_HEAD = """# How fast it is

Written by `make bench`, from `benchmarks.json` beside it. What could not be measured on the machine is left out.
"""

_WHERE = """Measured on {day}: {system}, {cores} processor cores ({processor}), Python {python}, torch {torch}; load
before and after {before}, {after}."""


class CannotMeasure(Exception):
    """A part cannot be measured on this machine, for this reason. What was kept of it elsewhere stays."""


def circumstances() -> dict[str, Any]:
    """When and where something is measured; `before`: what the machine had to do when that began."""
    return {
        "day": time.strftime("%Y-%m-%d"),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "python": platform.python_version(),
        "torch": version("torch"),
        "before": load(),
    }


def keep(name: str, where: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Keep what was measured of a part, in the place of what was kept of it in the same number format."""
    key = f"{name} {found['precision']}" if "precision" in found else name
    kept = read_kept() | {key: {"where": {**where, "after": load()}, "found": found}}
    KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_kept() -> dict[str, Any]:
    """What is kept of each part; nothing where there is no file yet."""
    if not KEPT.exists():
        return {}
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def kept_of(name: str) -> list[dict[str, Any]]:
    """What is kept of a part: where it was measured and what was found, for each number format by itself."""
    return [each for key, each in sorted(read_kept().items()) if key.split(" ")[0] == name]


def page(sections: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Write the page. `sections`: each part's own words, its heading first, and its circumstances."""
    parts = [_HEAD]
    for text, where in sections:
        head, _, rest = text.strip().partition("\n")
        parts.append(f"{head}\n\n{_WHERE.format(**where)}\n\n{rest.strip()}\n")
    return "\n".join(parts)


def _processor() -> str:
    """What the system says that it is."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or sys.platform
