"""Runs without a process: the events of a worker, written into a real store by the scheduler's own functions."""

import math
import time
from functools import cached_property
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import Problem
from bertft_tui.core.journal import Event
from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands, ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.records import EvaluationRecord, RunRecord
from bertft_tui.core.store.status import RunStatus

DEMO = preset("demo").config
STEPS, PER_EPOCH = 76, 38


class ActedRun:
    """One run; what its worker would say is said here."""

    def __init__(
        self, db: Database, name: str | None = None, config: RunConfig = DEMO, parent: RunRecord | None = None
    ) -> None:
        self._db = db
        self._seq = 0
        self._began = time.monotonic()
        self.id = commands.enqueue(db, config, name=name, parent=parent)

    def say(self, kind: str, **fields: Any) -> "ActedRun":
        """Write one event of the worker."""
        return self._write(self._event(kind, **fields))

    def _event(self, kind: str, **fields: Any) -> Event:
        self._seq += 1
        return Event(self._seq, time.time(), self._began + self._seq * 0.5, kind, fields)

    def _write(self, *events: Event) -> "ActedRun":
        """Take events in at once, as the scheduler does with what has come since it last looked."""
        take_in(self._db, self.key, list(events), self._seq)
        return self

    @cached_property
    def key(self) -> int:
        """The run's key in the store."""
        return next(job.key for job in ledger.jobs(self._db, *RunStatus) if job.id == self.id)

    def start(self, device: str = "cpu", reason: str = "no GPU was found") -> "ActedRun":
        """Let the worker begin and read its data."""
        job = next(job for job in ledger.jobs(self._db, RunStatus.QUEUED) if job.id == self.id)
        self._db.path.run(self.id).create()
        ledger.take(self._db, job, device, reason)
        self.say(
            "attempt", number=1, pid=7, host="here", device=device, device_reason=reason, versions={"torch": "2"}
        )
        self.say("phase", phase="loading")
        self.say(
            "plan",
            max_steps=STEPS,
            steps_per_epoch=PER_EPOCH,
            train_rows=300,
            eval_rows=200,
            labels=["business", "entertainment", "politics", "sport", "tech"],
        )
        return self.say("phase", phase="training")

    def later(self, seconds: float) -> "ActedRun":
        """Let the worker say what comes so many seconds later."""
        self._began += seconds
        return self

    def train(self, until: int = STEPS, since: int = 0, best: float = 0.94) -> "ActedRun":
        """Train some steps, with an evaluation and a checkpoint at every epoch's end."""
        events: list[Event] = []
        for step in range(since + 1, until + 1):
            loss, epoch = 1.6 * math.exp(-step / 25) + 0.08 * math.sin(step * 2.3) + 0.12, step / PER_EPOCH
            events.append(self._event("progress", step=step, max_steps=STEPS, epoch=epoch, samples_per_second=12.5))
            events.append(self._event("metrics", step=step, epoch=epoch, values={"loss": loss}))
            if step % PER_EPOCH == 0:
                events += self._evaluated(step, best - 0.06 * (1 - step / STEPS))
        return self._write(*events)

    def evaluate(self, step: int, accuracy: float) -> "ActedRun":
        """Report an evaluation and its checkpoint."""
        return self._write(*self._evaluated(step, accuracy))

    def _evaluated(self, step: int, accuracy: float) -> list[Event]:
        values = {"eval_loss": 1.2 - accuracy, "eval_accuracy": accuracy, "eval_f1": accuracy - 0.004}
        checkpoint = {"step": step, "path": f"checkpoint-{step}", "bytes": 273_000_000, "best": True}
        metrics = self._event("metrics", step=step, epoch=step / PER_EPOCH, values=values)
        return [metrics, self._event("checkpoint", **checkpoint)]

    def finish(self) -> "ActedRun":
        """End well."""
        return self.say("finished")

    def fail(self, title: str, message: str, hint: str = "") -> "ActedRun":
        """End with an error."""
        return self.say("error", title=title, message=message, hint=hint).say("failed")

    def lose(self, title: str, message: str, hint: str = "") -> "ActedRun":
        """Let the process vanish."""
        ledger.end(self._db, self.key, RunStatus.LOST, problem=Problem(title, message, hint), exit_signal=9)
        return self


def table_of_runs(db: Database) -> list[ActedRun]:
    """A store as it looks after a day: one run of each kind, the newest alive."""
    slow = DEMO.with_settings({"training.learning_rate": 3e-5, "training.num_train_epochs": 4})
    long = DEMO.with_settings({"data.max_length": 256})
    runs = [ActedRun(db, "tutorial").start().train().finish()]
    runs.append(ActedRun(db, "learning_rate 3e-5, four epochs", slow).start().train(best=0.955).finish())
    runs.append(ActedRun(db, "max_length 256", long).start().train(50).say("stopped"))
    failed = ActedRun(db, "lr 1e-2").start().train(40)
    runs.append(failed.fail("The loss is not a number", "NaN at step 41.", "Try a smaller learning_rate."))
    lost = ActedRun(db, "distil, lr 5e-5").start().train(44)
    runs.append(lost.lose("The process vanished", "Killed by signal 9 at step 44.", "r goes on from step 38."))
    runs.append(ActedRun(db, "full data").start().say("cancelled"))
    runs.append(ActedRun(db, "lr 3e-5, batch 32").start("cuda:0", "the first free GPU").train(52))
    runs.append(ActedRun(db, "lr 5e-5, batch 32"))
    return runs


def scored(db: Database, run_id: str, accuracy: float) -> None:
    """Let a run's checkpoint be scored on its test split; its loss there is no number."""
    metrics = {"accuracy": accuracy, "loss": math.nan}
    commands.record_evaluation(db, run_id, EvaluationRecord(2, "demo", "test", True, 9, metrics, time.time()))
