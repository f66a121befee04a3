"""The worker's voice: phases, warnings and events into the journal, with a look at `control/` on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from bertft_tui.core.errors import Problem
from bertft_tui.core.journal import EventType, JournalWriter
from bertft_tui.core.redaction import redact
from bertft_tui.core.training.control import Control

Phase = Literal["loading", "tokenizing", "training", "evaluating", "saving"]


class Reporter:
    """Writes to a run's journal, and raises Cancelled when a phase would begin after the request."""

    def __init__(self, journal: JournalWriter, control: Control) -> None:
        self.journal = journal
        self.control = control
        self._phase: Phase | None = None
        self._told = ""

    def phase(self, phase: Phase) -> None:
        """Say what the worker does now; nothing when it does that already."""
        self.control.check_cancel()
        self._switch(phase)

    def _switch(self, phase: Phase) -> None:
        if phase != self._phase:
            self._phase = phase
            self._told = ""
            self._write("phase", phase=phase)

    def tell(self, text: str) -> None:
        """Say in words what the phase is about just now, until it changes; empty takes the words back."""
        if text != self._told:
            self._told = text
            self._write("progress", detail=redact(text))

    @contextmanager
    def during(self, phase: Phase) -> Iterator[None]:
        """Do something in another phase, then go back to the one before."""
        before = self._phase
        self.phase(phase)
        try:
            yield
        finally:
            self._switch(before or phase)

    def warn(self, *problems: Problem, **facts: Any) -> None:
        """Write warnings about the data, the model, a checkpoint or the figures, each with the same facts beside."""
        for problem in problems:
            self._write("warning", **problem.as_dict(), **facts)

    def metrics(self, step: int, epoch: float, values: dict[str, Any]) -> None:
        """Write the metrics of one step."""
        self._write("metrics", step=step, epoch=epoch, values=values)

    def _write(self, kind: EventType, **fields: Any) -> None:
        """Write an event whole, whoever asks for something meanwhile."""
        self.control.undisturbed(lambda: self.journal.write(kind, **fields))
