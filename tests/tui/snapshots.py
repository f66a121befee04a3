"""Plain-text snapshots: what a drawing looked like when somebody last looked at it.

`UPDATE_SNAPSHOTS=1 pytest tests/tui` writes them anew; read the difference before it is committed.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "snapshots"


def assert_matches(name: str, text: str) -> None:
    """Compare a text with its snapshot; trailing blanks do not count."""
    file = FOLDER / f"{name}.txt"
    seen = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(seen, encoding="utf-8")
    assert file.is_file(), f"there is no snapshot {name}; UPDATE_SNAPSHOTS=1 writes one"
    assert seen == file.read_text(encoding="utf-8")
