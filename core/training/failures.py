"""Exceptions that nobody foresaw, in words that a person understands."""

from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.training.write_errors import write_words

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
    if isinstance(error, ImportError):
        return "A library cannot be loaded", "`bertft-tui doctor` checks the installation."
    return write_words(first_line)
