"""The manifest of a checkpoint: what its files were when it was whole. Written last, and whole or not at all."""

import json
from pathlib import Path
from typing import Any

from bertft_tui.core.whole_file import write_whole

MANIFEST = "manifest.json"

#: What only a training that goes on needs, beside the weights: two thirds of a checkpoint's bytes.
TRAINING_STATE = frozenset({"optimizer.pt", "optimizer.bin", "scheduler.pt", "scaler.pt", "rng_state.pth"})


def read_manifest(checkpoint: Path) -> dict[str, Any]:
    """Return a checkpoint's manifest: its step, and its files by name. Raises OSError, ValueError."""
    found = json.loads((checkpoint / MANIFEST).read_text(encoding="utf-8"))
    if not (isinstance(found, dict) and isinstance(found.get("files"), dict)):
        raise ValueError("no manifest")
    return found


def write_manifest(checkpoint: Path, document: dict[str, Any]) -> None:
    """Write a manifest, in one move. Raises OSError."""
    write_whole(checkpoint / MANIFEST, json.dumps(document, indent=1).encode(), sync=True)
