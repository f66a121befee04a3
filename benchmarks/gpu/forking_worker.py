"""The program's warm process, with workers that say what they took of the GPU: a module that forks them."""

import importlib
import json
import os
from pathlib import Path
from typing import Any

from bertft_tui.core.training import warm
from bertft_tui.core.training.fork_server import serve

#: The variable that says whether attention may go to cuDNN, whatever the padding: 1 or 0.
CUDNN = "BENCH_CUDNN_ATTENTION"

#: The file of a run directory with the most bytes that tensors took, and those that were reserved for them.
MEMORY = "gpu-memory.json"


def work(directory: Path, ticket: str) -> int:
    """Be the worker, and leave its figures."""
    import torch

    if CUDNN in os.environ:
        attempt: Any = importlib.import_module("bertft_tui.core.training.attempt")
        attempt.settle_attention = lambda _: torch.backends.cuda.enable_cudnn_sdp(os.environ[CUDNN] == "1")
    code = warm.work(directory, ticket)
    if torch.cuda.is_initialized():
        figures = {"allocated": torch.cuda.max_memory_allocated(), "reserved": torch.cuda.max_memory_reserved()}
        (directory / MEMORY).write_text(json.dumps(figures), encoding="utf-8")
    return code


if __name__ == "__main__":
    ended = serve(warm.prepare, work)

    from bertft_tui.core.training.downloads import exit_process

    exit_process(ended)
