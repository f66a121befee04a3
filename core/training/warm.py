"""The warm process: it has imported all that workers need, and forks them. Started by the scheduler, which asks it.

    python -P -X faulthandler -m bertft_tui.core.training.warm

Its standard input is the socket to the scheduler. It never begins with CUDA and starts no thread that would be missed
after a fork: so nothing is computed here.
"""

import importlib
import os
import sys
from contextlib import suppress
from pathlib import Path

from bertft_tui.core.training.fork_server import serve

#: What a worker imports on its way to the first step; the models are those that texts are most often classified with.
_NEEDED = (
    "bertft_tui.core.training.worker",
    "bertft_tui.core.training.attempt",
    "bertft_tui.core.training.figures",
    "bertft_tui.core.config_file",
    "tomlkit",
    *(
        f"transformers.models.{name}"
        for name in (
            "bert.modeling_bert",
            "bert.tokenization_bert",
            "roberta.modeling_roberta",
            "distilbert.modeling_distilbert",
            "deberta_v2.modeling_deberta_v2",
            "modernbert.modeling_modernbert",
        )
    ),
)


def prepare() -> None:
    """Import what workers need. A library that has no such module, in another version, does without."""
    from bertft_tui.core.training.quiet import quiet_environment

    quiet_environment(0)
    with suppress(ImportError, AttributeError):
        importlib.import_module("transformers.conversion_mapping").get_checkpoint_conversion_mapping("bert")
    for name in _NEEDED:
        with suppress(ImportError):
            importlib.import_module(name)


def work(directory: Path, ticket: str) -> int:
    """Be the worker; from the start again where a library has begun with CUDA, which does not outlive a fork."""
    import torch

    from bertft_tui.core.training import worker

    if torch.cuda._is_in_bad_fork():
        words = ["-P", "-X", "faulthandler", "-m", worker.__name__, ticket, str(directory)]
        os.execv(sys.executable, [sys.executable, *words])
    reseed()
    return worker.main(directory, ticket, start="warm")


def reseed() -> None:
    """Let what draws without a seed draw otherwise than in the worker before: names of cache files, above all.

    Python's own generator sees to this by itself, and a training sets the seeds that it draws by.
    """
    import numpy as np

    np.random.seed()
    with suppress(ImportError, AttributeError):
        importlib.import_module("datasets.fingerprint").fingerprint_rng.seed()


if __name__ == "__main__":
    code = serve(prepare, work)  # before all that takes time: it has to see the scheduler go

    from bertft_tui.core.training.downloads import exit_process

    exit_process(code)
