"""The plain script of the tutorial, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).with_name("plain_script.py")


def run_script(model: Path, folder: Path, output: Path, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Train with it, and return its figures. `output`: a file for them, beside which its log and caches lie."""
    command = [sys.executable, str(_SCRIPT), str(model), str(folder), str(output), json.dumps(settings)]
    with output.with_suffix(".log").open("wb") as log:
        subprocess.run(command, stdout=log, stderr=log, check=True)
    figures: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return figures
