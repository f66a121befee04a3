"""Stores that come with the program to be looked at: opened in a copy, so that the file never changes."""

from hashlib import sha256

from bertft_tui.core.errors import Problem, StoreError
from bertft_tui.core.paths import EXAMPLE_END, StorePath, copy_of_example
from bertft_tui.core.store.sentences import sentences
from bertft_tui.core.store.write_lock import WriteLock
from bertft_tui.core.whole_file import write_whole

_SQLITE = b"SQLite format 3\x00"


def usable(path: StorePath) -> StorePath:
    """Return a store as it is; of an example the user's copy, which is made at its first opening.

    Later openings go on with that copy: what was noted, launched or thrown away in it is still there, and two windows
    show the same. Another version of the example, with another content, has a copy of its own.

    Raises StoreError when there is no such example, or no copy can be made.
    """
    if not path.is_example:
        return path
    try:
        content = path.file.read_bytes()
    except OSError as error:
        raise StoreError(
            "There is no such example",
            f"{path.file}: {error.strerror}.",
            f"Names that end in {EXAMPLE_END} are examples, which are only looked at. Name a store: --db FILE.",
        ) from None
    if not content.startswith(_SQLITE):
        raise StoreError("This is no example", f"{path.file} is not a store.", "Fetch it again.")
    copy = copy_of_example(sha256(content).hexdigest()[:12])
    with sentences(copy):
        _make(copy, content)
    return copy


def _make(copy: StorePath, content: bytes) -> None:
    copy.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with WriteLock(copy.write_lock):
        if not copy.file.exists():
            for left in copy.companions:  # of a copy that somebody has deleted
                left.unlink(missing_ok=True)
            write_whole(copy.file, content)


def note(path: StorePath) -> Problem:
    """Say of a copy that it is one, and how to begin afresh."""
    return Problem(
        "This is a copy of the example",
        f"What you change and launch here stays in {path.file.parent}; the example is as it was.",
        "Delete that folder to begin afresh.",
    )
