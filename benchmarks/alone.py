"""What a part does that is measured by itself: `python -m benchmarks.PART [--json]`."""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def measure_alone(measure: Callable[[Path], dict[str, Any]], markdown: Callable[[dict[str, Any]], str]) -> None:
    """Measure in a folder of its own, and print the section of the page; with `--json` all that was measured too."""
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    print(markdown(found))
    if "--json" in sys.argv:
        print(json.dumps(found, indent=1))
