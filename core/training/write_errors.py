"""Writes that a disk refused, as the system and the libraries say it."""

import errno
import os

_ROOM = "Free some space, then resume the run."

#: Title and hint, by the system's number.
_WORDS = {
    errno.ENOSPC: ("The disk is full", _ROOM),
    errno.EDQUOT: ("The quota on the disk is used up", _ROOM),
    errno.EROFS: ("The disk is read-only", "Mount it writable again, then resume the run."),
    errno.EIO: ("The disk reports errors", "The system's log (`dmesg`) says more. Resume the run from a sound disk."),
}

#: What torch.save says when it cannot write: it keeps the system's words to itself.
_TORCH = ("inline_container", "PytorchStreamWriter", "Parent directory", "cannot be opened")


def write_words(first_line: str) -> tuple[str, str] | None:
    """Return title and hint for a write that the disk refused; the libraries wrap the system's words in their own."""
    for number, words in _WORDS.items():
        if os.strerror(number) in first_line:
            return words
    if "inline_container" in first_line and "unexpected pos" in first_line:  # all that torch.save says of it
        return "A file cannot be written whole", f"The disk is full, most likely. {_ROOM}"
    return None


def is_write_error(error: BaseException) -> bool:
    """Whether something that was to be written could not be."""
    if isinstance(error, OSError):
        return True
    if type(error).__name__ == "SafetensorError":
        return "os error" in str(error) or "I/O error" in str(error)
    return isinstance(error, RuntimeError) and any(word in str(error) for word in _TORCH)
