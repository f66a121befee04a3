"""A resumed run goes on with the rows that it was begun with, or not at all."""

import hashlib

import numpy as np

from bertft_tui.core.errors import DataError
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training.data.dataset import Datasets, labels_of
from bertft_tui.core.training.predictions import text_hashes


def note_rows(run: RunDirectory, rows: Datasets) -> None:
    """Write down which rows a training begins with."""
    run.rows_digest.write_text(_digest(rows) + "\n", encoding="ascii")


def check_rows(run: RunDirectory, rows: Datasets) -> None:
    """See that these are the rows that the training was begun with. Raises DataError.

    Runs of older versions have not written them down.
    """
    if run.rows_digest.exists() and run.rows_digest.read_text(encoding="ascii").strip() != _digest(rows):
        raise DataError(
            "The data has changed since the run began",
            f"Its checkpoint has learnt from other rows than the {len(rows.train):,} to train on and "
            f"{len(rows.evaluation):,} to evaluate that are drawn now.",
            "Put the data back as it was and resume, or start a new run with the same settings.",
        )


def _digest(rows: Datasets) -> str:
    """Return a digest (hex) of the rows' texts and labels, in their order."""
    digest = hashlib.sha256()
    for part in (rows.train, rows.evaluation):
        digest.update(text_hashes(part).tobytes())
        digest.update(np.ascontiguousarray(labels_of(part)).tobytes())
    return digest.hexdigest()
