"""The real worker on a device that runs out of memory when a batch has more rows than it can hold.

Run as `python starved_worker.py TICKET RUN_DIR`. `STARVED_TRAIN`: how many rows it holds at once; `STARVED_FROM`: the
pass from which on it is so short of memory.
"""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import torch


def starved(forward: Callable[..., Any], *, train: int = 1000, evaluation: int = 1000, since: int = 0) -> Any:
    """Return a model's forward pass that fails for batches of more texts, in training from one pass on."""
    passes = 0

    @wraps(forward)  # the Trainer reads the names of its arguments
    def pass_or_fail(self: Any, input_ids: Any = None, **rest: Any) -> Any:
        nonlocal passes
        passes += self.training
        ends = rest.get("cu_seq_lens_q")
        texts = len(input_ids) if ends is None else len(ends) - 1
        if texts > (train if self.training else evaluation) and (passes >= since or not self.training):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has no more.")
        return forward(self, input_ids=input_ids, **rest)

    return pass_or_fail


def main(directory: Path, ticket: str) -> None:
    """Make the model's forward pass fail for large batches, then work as ever."""
    from transformers import BertForSequenceClassification

    from bertft_tui.core.training import worker
    from bertft_tui.core.training.downloads import exit_process

    forward = BertForSequenceClassification.forward
    train, since = int(os.environ["STARVED_TRAIN"]), int(os.environ["STARVED_FROM"])
    BertForSequenceClassification.forward = starved(forward, train=train, since=since)
    exit_process(worker.main(directory, ticket))


if __name__ == "__main__":
    main(Path(sys.argv[2]), sys.argv[1])
