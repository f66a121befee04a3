"""Settings that name a file made for a test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


def written(name: str, content: bytes | str) -> Callable[[Path], dict[str, Any]]:
    """Make settings that name a file with this content."""

    def settings(folder: Path) -> dict[str, Any]:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return {"data.dataset": str(path), "data.eval_split": None}

    return settings
