"""Exceptions that nobody foresaw, in words that a person understands."""

import errno

from bertft_tui.core.errors import BertftError, Problem

_SMALLER = (
    "Halve training.per_device_train_batch_size and double training.gradient_accumulation_steps: the same training "
    "in less memory. A smaller data.max_length helps more."
)

_LOG = "The log has the whole traceback."


def explain(error: Exception, what: str = "Training failed", hint: str = _LOG) -> Problem:
    """Turn any exception into a title, a message and a hint; `what` and `hint` are for those that nobody foresaw."""
    if isinstance(error, BertftError):
        return error.problem
    first_line = str(error).strip().partition("\n")[0]
    if type(error).__name__ == "OutOfMemoryError" or "CUDA out of memory" in first_line:
        return Problem("The GPU is out of memory", first_line, _SMALLER)
    if isinstance(error, MemoryError) or "can't allocate memory" in first_line:
        return Problem("The machine is out of memory", first_line or "An allocation failed.", _SMALLER)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Problem("The disk is full", str(error), "Free some space, then resume the run.")
    if isinstance(error, ImportError):
        return Problem("A library cannot be loaded", first_line, "`bertft-tui doctor` checks the installation.")
    return Problem(
        what,
        f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__,
        hint,
    )
