"""TensorBoard's event files, written by tensorboardX as torch's own `SummaryWriter` writes them."""

import json
from pathlib import Path

from tensorboardX import SummaryWriter

from benchmarks.peers.workload import Run


class _Recording:
    def __init__(self, writer: SummaryWriter) -> None:
        self._writer = writer

    def log(self, step: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def finish(self) -> None:
        self._writer.close()


def record(folder: Path, run: Run) -> _Recording:
    """Begin a run; its settings are a text, as transformers leaves them there."""
    writer = SummaryWriter(str(folder / "logs" / run.name))
    writer.add_text("args", json.dumps(run.settings))
    return _Recording(writer)
