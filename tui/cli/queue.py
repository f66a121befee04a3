"""The queue: what runs, what waits and why, whether it is paused, and another order."""

from collections.abc import Mapping
from typing import Any

from bertft_tui.core.scheduling.devices import inventory
from bertft_tui.core.scheduling.readings import Reading, Readings
from bertft_tui.core.scheduling.truth import settle
from bertft_tui.core.scheduling.waiting import Wait
from bertft_tui.core.store import commands, queries, queue_order
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import Where
from bertft_tui.tui.cli.output import print_json, print_table, say
from bertft_tui.tui.format import duration
from bertft_tui.tui.outlook import Outlook, outlook, past_of
from bertft_tui.tui.progress import phase_words
from bertft_tui.tui.warm_choice import ensure_scheduler


def change_queue(db: Database, *, pause: bool, reason: str) -> None:
    """Pause the queue with a reason, or let it go on and see to it that a scheduler is at work."""
    if pause:
        commands.pause_queue(db, reason)
    else:
        commands.resume_queue(db)
        ensure_scheduler(db)


def move_in_queue(db: Database, name: str, where: Where) -> None:
    """Move a waiting run. Raises UnknownRunError, and RefusedError when it does not wait."""
    queue_order.move(db, queries.find_run(db, name).id, where)


def print_queue(db: Database, *, as_json: bool) -> None:
    """Print whether the queue is paused, what runs and what waits, in the order in which it will start, and why."""
    gone = settle(db)
    runs = {run.id: run for run in queries.list_runs(db, limit=None)}
    found = _outlook(db, runs, gone)
    if as_json:
        print_json(_document(found))
        return
    queue = found.queue
    say(f"Paused: {queue.reason}. `bertft-tui queue --resume` lets runs start." if queue.paused else "Not paused.")
    rows = [(run.id, run.name, phase_words(run), duration(run.duration_seconds)) for run in found.machine.alive]
    rows += [(each.run_id, runs[each.run_id].name, _words(each), "") for each in found.waiting]
    if rows:
        print_table(("id", "name", "", "duration"), rows, right=("duration",))


def _outlook(db: Database, runs: Mapping[str, RunRecord], gone: frozenset[str]) -> Outlook:
    queue = queries.queue_state(db)
    return outlook(
        db.path,
        Readings(tuple(map(Reading, inventory()))),
        queue=queue,
        alive=[run for run in runs.values() if run.status.is_alive and run.id not in gone],
        waiting=[runs[run_id] for run_id in queue.waiting if run_id in runs],
        past=past_of(runs.values()),
    )


def _words(wait: Wait) -> str:
    starts = f" (in about {duration(wait.starts_in)})" if wait.starts_in else ""
    return f"waits, {wait.place}{starts}: {wait.why}."


def _document(found: Outlook) -> dict[str, Any]:
    return {
        "paused": found.queue.paused,
        "reason": found.queue.reason,
        "running": [run.id for run in found.machine.alive],
        "waiting": list(found.queue.waiting),
        "waits": [
            {"id": each.run_id, "place": each.place, "why": each.why, "starts_in_seconds": each.starts_in}
            for each in found.waiting
        ],
    }
