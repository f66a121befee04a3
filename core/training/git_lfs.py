"""Git LFS's notes of where a file's content is, which stand in its place until it is fetched."""

from pathlib import Path

_BEGINNING = b"version https://git-lfs"

#: What to do about one.
FETCH = "In that folder: git lfs pull."


def is_note(path: Path) -> bool:
    """Say whether a file is such a note. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(_BEGINNING)) == _BEGINNING
