"""Small trainings for the tests: a run directory, an attempt in this process, and what its journal says."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import to_toml
from bertft_tui.core.journal import Event, EventType, JournalWriter, read_events
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import worker
from bertft_tui.core.training.control import Control
from bertft_tui.core.training.reporter import Reporter

#: All that is fast switched off: the recipe of a plain Trainer script.
PLAIN = {
    "model.attention_dropout": None,
    "model.dropout_masks": "torch",
    "model.trained_embeddings": "all",
    "model.last_layer": "all_tokens",
    "data.padding": "max_length",
    "data.load_from_cache_file": False,
    "training.train_sampling_strategy": "random",
    "training.eval_sampling_strategy": "sequential",
    "hardware.precision": "fp32",
}

#: Figures that measure time: no two runs agree on them.
_CLOCKS = ("runtime", "per_second")


class Prompter(JournalWriter):
    """A journal that makes a request when a certain event is written, as a person looking at it would."""

    def __init__(self, run: RunDirectory, request: Path, kind: str, **fields: Any) -> None:
        super().__init__(run.events)
        self._request = request
        self._awaited = (kind, fields)

    def write(self, kind: EventType, **fields: Any) -> None:
        """Write the event, then make the request if it was the awaited one."""
        super().write(kind, **fields)
        awaited_kind, awaited = self._awaited
        if kind == awaited_kind and all(fields.get(name) == value for name, value in awaited.items()):
            self._request.touch()


class Acting(JournalWriter):
    """A journal that does something before certain events, as the world around a training does."""

    def __init__(self, run: RunDirectory, *acts: tuple[str, dict[str, Any], Callable[[], object]]) -> None:
        super().__init__(run.events)
        self._acts = acts

    def write(self, kind: EventType, **fields: Any) -> None:
        """Do what belongs to this event, then write it."""
        for awaited, expected, act in self._acts:
            if kind == awaited and all(str(value) in str(fields.get(name)) for name, value in expected.items()):
                act()
        super().write(kind, **fields)


def make_run(path: Path, config: RunConfig) -> RunDirectory:
    """Make a run directory that is ready for its first attempt."""
    run = RunDirectory(path)
    run.create()
    run.config.write_text(to_toml(config))
    launch(run, 1)
    return run


def launch(run: RunDirectory, attempt: int, **changes: Any) -> Any:
    """Write what the scheduler would decide for an attempt, with its ticket; return the launch."""
    decided = {
        "attempt": attempt,
        "device": "cpu",
        "torch_device": "cpu",
        "device_reason": "no GPU",
        "device_lock": "",
        "resume": attempt > 1,
        "seq": 0,
        "adjustments": {},
    } | changes
    run.launch.write_text(json.dumps(decided))
    run.start_ticket(attempt).touch()
    return decided


def worker_command(run: RunDirectory) -> list[str]:
    """Return the command by which the launched attempt's worker is started."""
    ticket = run.start_ticket(json.loads(run.launch.read_text())["attempt"])
    return [sys.executable, "-P", "-m", "bertft_tui.core.training.worker", ticket.name, str(run.path)]


def start_worker(run: RunDirectory) -> subprocess.Popen[bytes]:
    """Start the launched attempt's worker as the scheduler does: in a session of its own, its output in the log."""
    with run.log.open("ab") as log:
        return subprocess.Popen(
            worker_command(run),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=run.path,
        )


def attempt(run: RunDirectory, number: int = 1, journal: JournalWriter | None = None, **changes: Any) -> str:
    """Make one attempt in this process; return the type of its closing event."""
    journal = journal or JournalWriter(run.events)
    worker.work(run, launch(run, number, **changes), Reporter(journal, Control(run)))
    journal.close()
    return events(run)[-1].type


def events(run: RunDirectory, kind: str | None = None) -> list[Event]:
    """Return the run's events, of one type if named."""
    return [event for event, _ in read_events(run.events) if kind in (None, event.type)]


def points(run: RunDirectory, *, again: bool = False) -> dict[tuple[str, int], float]:
    """Return every metric point as (name, step) → value, without those that measure time. None comes twice.

    `again`: the run was killed, so some do, and have the same value.
    """
    found: dict[tuple[str, int], float] = {}
    for event in events(run, "metrics"):
        for name, value in event.fields["values"].items():
            if name.endswith(_CLOCKS):
                continue
            key = (name, event.fields["step"])
            assert key not in found or (again and found[key] == value), f"{key} was written twice"
            found[key] = value
    return found


def weights(run: RunDirectory, step: int) -> bytes:
    """Return the bytes of a checkpoint's weights."""
    return (run.checkpoints / f"checkpoint-{step}" / "model.safetensors").read_bytes()
