"""All that is measured: `python -m benchmarks` writes `docs/benchmarks.md`, two hours on two cores.

`--only training,app` measures these parts anew, and takes the others from what was kept; `--page` measures nothing.
The machine should have nothing else to do.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.page import PAGE, CannotMeasure, circumstances, keep, kept_of, page

#: The modules that measure each part and write its section, in the order of the page.
PARTS = {
    "training": ("benchmarks.training", "benchmarks.training"),
    "gpu": ("benchmarks.gpu.measuring", "benchmarks.gpu.page"),
    "parts": ("benchmarks.recipe_parts", "benchmarks.recipe_parts"),
    "orders": ("benchmarks.orders", "benchmarks.orders"),
    "launch": ("benchmarks.launch", "benchmarks.launch"),
    "recording": ("benchmarks.recording", "benchmarks.recording"),
    "scale": ("benchmarks.scale", "benchmarks.scale"),
    "peers": ("benchmarks.peers.measuring", "benchmarks.peers.page"),
    "app": ("benchmarks.app", "benchmarks.app_page"),
}


def measure(name: str) -> None:
    """Measure a part in a folder of its own, and keep what came of it; what cannot be measured here is said."""
    where = circumstances()
    of: Callable[[Path], dict[str, Any]] = import_module(PARTS[name][0]).measure
    try:
        with tempfile.TemporaryDirectory() as folder:
            keep(name, where, of(Path(folder)))
    except CannotMeasure as reason:
        print(f"{name}: not measured, {reason}", file=sys.stderr, flush=True)


def written() -> str:
    """The page from all that is kept."""
    return page(
        (str(import_module(writer).markdown(each["found"])), each["where"])
        for name, (_, writer) in PARTS.items()
        for each in kept_of(name)
    )


def main(words: list[str]) -> int:
    """Measure, and write the page after each part: what is cut short has the parts before."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures how fast the program is.")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    parser.add_argument("--page", action="store_true", help="measure nothing")
    asked = parser.parse_args(words)
    names = [] if asked.page else [name.strip() for name in asked.only.split(",")]
    if unknown := [name for name in names if name not in PARTS]:
        parser.error(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        measure(name)
        PAGE.write_text(written(), encoding="utf-8")
    PAGE.write_text(written(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
