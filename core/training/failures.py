"""Exceptions that nobody foresaw, in words that a person understands."""

import errno
import os

from bertft_tui.core.errors import BertftError, Problem

_SMALLER = (
    "Halve training.per_device_train_batch_size and double training.gradient_accumulation_steps: the same training "
    "in less memory. A smaller data.max_length helps more."
)

_ROOM = "Free some space, then resume the run."

_LOG = "The log has the whole traceback."

#: What the system's loader says of a library of CUDA's, for example, that is not there or of another version.
_BROKEN_LIBRARY = ("cannot open shared object file", "undefined symbol", "invalid ELF header", "wrong ELF class")

_PICKLE = Problem(
    "A file of the checkpoint would run code",
    "It holds pickled objects that no state of a training has, and was not loaded; the log's traceback says which.",
    "Somebody changed the checkpoint: delete its folder, and resume takes the one before it, or starts again.",
)


def explain(error: Exception, what: str = "Training failed", hint: str = _LOG) -> Problem:
    """Turn any exception into a title, a message and a hint; `what` and `hint` are for those that nobody foresaw."""
    if isinstance(error, BertftError):
        return error.problem
    if type(error).__name__ == "UnpicklingError":  # torch's own words advise to switch the protection off
        return _PICKLE
    first_line = str(error).strip().partition("\n")[0]
    if known := _known(error, first_line):
        return Problem(known[0], first_line or type(error).__name__, known[1])
    return Problem(
        what,
        f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__,
        hint,
    )


def _known(error: Exception, first_line: str) -> tuple[str, str] | None:
    """Return title and hint of what can happen to any training."""
    if type(error).__name__ == "OutOfMemoryError" or "CUDA out of memory" in first_line:
        return "The GPU is out of memory", _SMALLER
    if isinstance(error, MemoryError) or "can't allocate memory" in first_line:
        return "The machine is out of memory", _SMALLER
    if os.strerror(errno.ENOSPC) in first_line:  # safetensors wraps the system's error in one of its own
        return "The disk is full", _ROOM
    if "inline_container" in first_line and "unexpected pos" in first_line:  # all that torch.save says of it
        return "A file cannot be written whole", f"The disk is full, most likely. {_ROOM}"
    if isinstance(error, ImportError | SyntaxError) or any(words in first_line for words in _BROKEN_LIBRARY):
        return "A library cannot be loaded", f"`bertft-tui doctor` checks the installation. {_LOG}"
    return None
