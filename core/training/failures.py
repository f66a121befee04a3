"""Exceptions that nobody foresaw, in words that a person understands."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bertft_tui.core.adjustments import OUT_OF_MEMORY
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.training.write_errors import write_words

_SMALLER = (
    "Halve training.per_device_train_batch_size (training.train_batch_size, where that is 'auto') and double "
    "training.gradient_accumulation_steps: the same training in less memory. A smaller data.max_length helps more."
)

_LESS = (
    "A batch of one text is the smallest there is. A smaller data.max_length helps most; so do model.freeze_layers, "
    "model.lora_r, hardware.precision = 'bf16', a smaller model, and a GPU that nobody else uses."
)

_SMALLER_EVALUATION = "Set a smaller training.per_device_eval_batch_size: the figures stay the same."

_TOO_LARGE = "The model alone does not fit: take a smaller one, or a GPU that is larger or that nobody else uses."

_FEWER_AT_ONCE = "So do hardware.dataloader_num_workers = 0 and fewer rows (data.train_size)."

_FEWER = (
    "Most likely the machine was out of memory: set hardware.dataloader_num_workers = 0, or take fewer rows. Then "
    "resume the run."
)

_LOG = "The log has the whole traceback."

#: What the system's loader says of a library of CUDA's, for example, that is not there or of another version.
_BROKEN_LIBRARY = ("cannot open shared object file", "undefined symbol", "invalid ELF header", "wrong ELF class")

_PICKLE = Problem(
    "A file of the checkpoint would run code",
    "It holds pickled objects that no state of a training has, and was not loaded; the log's traceback says which.",
    "Somebody changed the checkpoint: delete its folder, and resume takes the one before it, or starts again.",
)


def _of_memory(error: Exception, first_line: str) -> tuple[str, str] | None:
    """Return title and hint of the ways in which memory can be short."""
    if is_device_memory(error):
        return "The GPU is out of memory", _SMALLER
    if isinstance(error, MemoryError) or "can't allocate memory" in first_line:
        return "The machine is out of memory", f"{_SMALLER} {_FEWER_AT_ONCE}"
    if "DataLoader worker" in first_line and "killed by signal" in first_line:
        return "A process that prepares batches was killed", _FEWER
    return None


class AttemptFailed(BertftError):
    """An end that a further attempt may answer by itself: `facts` stand in the closing event."""

    def __init__(self, problem: Problem, **facts: Any) -> None:
        super().__init__(problem.title, problem.message, problem.hint)
        self.facts = facts


def facts_of(error: Exception) -> dict[str, Any]:
    """Return what the `failed` event says beside the error's words."""
    return error.facts if isinstance(error, AttemptFailed) else {}


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
    if (memory := _of_memory(error, first_line)) is not None:
        return memory
    if isinstance(error, ImportError | SyntaxError) or any(words in first_line for words in _BROKEN_LIBRARY):
        return "A library cannot be loaded", f"`bertft-tui doctor` checks the installation. {_LOG}"
    return write_words(first_line)


#: What torch, cuBLAS, cuDNN and Metal say when a device has no more memory.
_NO_DEVICE_MEMORY = re.compile(
    r"(CUDA|HIP|MPS backend)( error:)? out of memory|(CUBLAS|CUDNN)_STATUS_(ALLOC_FAILED|INTERNAL_ERROR_DEVICE_ALLOC)"
)


def is_device_memory(error: Exception) -> bool:
    """Whether a device, not the machine, had no memory left."""
    named = type(error).__name__ == "OutOfMemoryError"
    return named or (isinstance(error, RuntimeError) and _NO_DEVICE_MEMORY.search(str(error)) is not None)


@dataclass
class Load:
    """What lies on the device just now, for the words of an error: the newest batch, and how full the device was."""

    rows: int = 0
    tokens: int = 0  # of the longest text
    used: Callable[[], tuple[float, float] | None] = lambda: None  # bytes at the peak and in all; None when unknown


@contextmanager
def memory_named(during: str, load: Load) -> Iterator[None]:
    """Turn a device's lack of memory into an AttemptFailed that says what was asked for, by what, and when."""
    try:
        yield
    except RuntimeError as error:
        if not is_device_memory(error):
            raise
        problem = Problem("The GPU is out of memory", _evidence(str(error), during, load), _way_out(during, load))
        raise AttemptFailed(
            problem, reason=OUT_OF_MEMORY, during=during, rows=load.rows, tokens=load.tokens
        ) from error


def _evidence(text: str, during: str, load: Load) -> str:
    asked = re.search(r"Tried to allocate ([\d.]+ \w+)", text)
    parts = [f"{asked[1]} more were asked for" if asked else text.strip().partition("\n")[0].rstrip(".")]
    doing = "trying the longest batch" if during == "probe" else during
    batch = f" {load.rows} texts of up to {load.tokens} tokens at once" if load.rows else ""
    parts.append(f"while {doing}{',' * bool(batch)}{batch}")
    sentence = " ".join(parts) + "."
    if (used := load.used()) is not None:
        peak, total = (size / 2**30 for size in used)
        sentence += f" This run had up to {peak:.2f} GiB of the GPU's {total:.2f} GiB."
    return sentence


def _way_out(during: str, load: Load) -> str:
    if during == "loading":
        return _TOO_LARGE
    if load.rows == 1:
        return _LESS
    return _SMALLER_EVALUATION if during == "evaluating" else _SMALLER
