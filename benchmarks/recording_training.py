"""A real training whose recording is timed: `python recording_training.py RUN`, in a run directory that is launched.

Prints, in JSON, the seconds of each call, what all calls of a step took together, what of that the training's own
thread computed, and the seconds between steps.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import worker
from bertft_tui.core.training.callbacks import FlowCallback
from bertft_tui.core.training.control import Control
from bertft_tui.core.training.health import HealthCallback
from bertft_tui.core.training.journal_callback import JournalCallback
from bertft_tui.core.training.logged_journal import LoggedJournal
from bertft_tui.core.training.reporter import Reporter
from bertft_tui.core.training.trainer import RunTrainer

#: What of ours every step calls. `log` calls the `on_log` of all callbacks, those of transformers too.
_TIMED: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (RunTrainer, ("log",)),
    (JournalCallback, ("on_step_begin", "on_step_end")),
    (FlowCallback, ("on_step_end",)),
    (HealthCallback, ("on_step_end",)),
)


class Clock:
    """Adds up what calls took, for each step of a training."""

    def __init__(self) -> None:
        self.calls: dict[str, list[float]] = {}
        self.steps: dict[int, float] = {}
        self.computed: dict[int, float] = {}
        self.begun: list[float] = []

    def timed(self, kind: type[Any], name: str) -> None:
        """Time a method from now on."""
        method: Callable[..., Any] = getattr(kind, name)

        def call(this: Any, *args: Any, **kwargs: Any) -> Any:
            began, used = time.perf_counter(), time.thread_time()
            answer = method(this, *args, **kwargs)
            took, computed = time.perf_counter() - began, time.thread_time() - used
            trainer = this if kind is RunTrainer else this._trainer
            step = trainer.state.global_step + (name == "on_step_begin")
            self.calls.setdefault(f"{kind.__name__}.{name}", []).append(took)
            self.steps[step] = self.steps.get(step, 0.0) + took
            self.computed[step] = self.computed.get(step, 0.0) + computed
            if name == "on_step_begin":
                self.begun.append(began)
            return answer

        setattr(kind, name, call)


def main(run: RunDirectory) -> None:
    """Train, with the clocks on, and print what they show."""
    clock = Clock()
    for kind, names in _TIMED:
        for name in names:
            clock.timed(kind, name)
    with run.log.open("a", encoding="utf-8") as log:
        printed, sys.stdout = sys.stdout, log
        journal = LoggedJournal(run.events)
        worker.work(run, json.loads(run.launch.read_text(encoding="utf-8")), Reporter(journal, Control(run)))
        journal.close()
        sys.stdout = printed
    gaps = [after - before for before, after in zip(clock.begun, clock.begun[1:], strict=False)]
    steps, computed = (list(each.values())[5:] for each in (clock.steps, clock.computed))  # the first ones load code
    print(json.dumps({"calls": clock.calls, "steps": steps, "computed": computed, "gaps": gaps}))


if __name__ == "__main__":
    main(RunDirectory(Path(sys.argv[1])))
