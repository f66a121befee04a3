"""Keeps the libraries' progress bars, telemetry and walls of warnings out of the log."""

import os
import warnings


def quiet_environment(dataloader_workers: int) -> None:
    """Set what the libraries read when they are imported.

    Tokenizers run in parallel unless data-loader processes are forked, which would inherit their locks.
    """
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false" if dataloader_workers else "true"


def quiet_libraries() -> None:
    """Leave errors in the log; what a person should know is said by warnings of our own."""
    import datasets
    import transformers

    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    datasets.logging.set_verbosity_error()
    datasets.disable_progress_bars()
