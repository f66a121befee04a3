"""Errors that nobody foresaw, as the libraries really raise them: each becomes words about what to do."""

import importlib
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import SafetensorError

from bertft_tui.core.training.failures import explain

#: A device whose disk is always full. Nothing may be moved to that place, only written.
_FULL = Path("/dev/full")

_MUCH = 10**15


def _write() -> None:
    with _FULL.open("wb", buffering=0) as file:
        file.write(b"x")


def _save() -> None:
    torch.save({"exp_avg": torch.zeros(100_000)}, _FULL)


def _safetensors() -> None:
    raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")


def _gpu() -> None:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nSee the docs.")


def _shared_object() -> None:
    raise OSError("libcudart.so.13: cannot open shared object file: No such file or directory")


def _pickle() -> None:
    raise pickle.UnpicklingError("Weights only load failed. Set `weights_only=False`, which will likely succeed.")


def _cublas() -> None:
    raise RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`")


def _metal() -> None:
    raise RuntimeError(
        "MPS backend out of memory (MPS allocated: 9.00 GB, other allocations: 1 MB, max allowed: 9 GB)"
    )


def _helper() -> None:
    raise RuntimeError("DataLoader worker (pid 4711) is killed by signal: Killed. ")


@pytest.mark.parametrize(
    ("fail", "title", "message", "hint"),
    [
        (_write, "The disk is full", "No space left on device", "then resume the run"),
        (_safetensors, "The disk is full", "No space left on device", "then resume the run"),
        (_save, "A file cannot be written whole", "unexpected pos", "The disk is full, most likely"),
        (lambda: torch.empty(_MUCH), "The machine is out of memory", "can't allocate memory", "Halve"),
        (lambda: np.ones(_MUCH), "The machine is out of memory", "Unable to allocate", "Halve"),
        (_gpu, "The GPU is out of memory", "Tried to allocate 2.00 GiB.", "Halve"),
        (_cublas, "The GPU is out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "Halve"),
        (_metal, "The GPU is out of memory", "MPS backend out of memory", "Halve"),
        (_helper, "A process that prepares batches was killed", "is killed by signal", "dataloader_num_workers = 0"),
        (
            lambda: importlib.import_module("no_such_library"),
            "A library cannot be loaded",
            "no_such_library",
            "doctor",
        ),
        (_shared_object, "A library cannot be loaded", "libcudart.so.13", "doctor"),
        (lambda: compile("def (:", "torch.py", "exec"), "A library cannot be loaded", "invalid syntax", "doctor"),
        (_pickle, "A file of the checkpoint would run code", "was not loaded", "delete its folder"),
        (lambda: int("x"), "Training failed", "ValueError: invalid literal for int()", "The log"),
        (lambda: next(iter(())), "Training failed", "StopIteration", "The log"),
    ],
)
def test_words(fail: Callable[[], object], title: str, message: str, hint: str) -> None:
    """What went wrong is named, its first line is kept, and the hint says what helps."""
    if fail in (_write, _save) and not _FULL.is_char_device():
        pytest.skip("there is no /dev/full here")
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each of them has another type
        fail()
    problem = explain(caught.value)
    assert problem.title == title
    assert message in problem.message
    assert "\n" not in problem.message
    assert hint in problem.hint
