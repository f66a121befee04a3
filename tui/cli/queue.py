"""The queue: what runs, what waits, and whether it is paused."""

from bertft_tui.core.scheduling.service import ensure_running
from bertft_tui.core.scheduling.truth import settle
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli.output import print_json, print_table, say
from bertft_tui.tui.format import duration
from bertft_tui.tui.progress import phase_words


def change_queue(db: Database, *, pause: bool, reason: str) -> None:
    """Pause the queue with a reason, or let it go on and see to it that a scheduler is at work."""
    if pause:
        commands.pause_queue(db, reason)
    else:
        commands.resume_queue(db)
        ensure_running(db)


def print_queue(db: Database, *, as_json: bool) -> None:
    """Print whether the queue is paused, what runs and what waits, in the order in which it will start."""
    gone = settle(db)
    state = queries.queue_state(db)
    runs = {run.id: run for run in queries.list_runs(db, limit=None) if not run.status.is_finished}
    alive = [run for run in runs.values() if run.status.is_alive and run.id not in gone]
    if as_json:
        print_json(
            {
                "paused": state.paused,
                "reason": state.reason,
                "running": [run.id for run in alive],
                "waiting": list(state.waiting),
            }
        )
        return
    say(f"Paused: {state.reason}. `bertft-tui queue --resume` lets runs start." if state.paused else "Not paused.")
    rows = [(run.id, run.name, phase_words(run), duration(run.duration_seconds)) for run in alive]
    rows += [(run_id, runs[run_id].name, f"waits, {place}.", "") for place, run_id in enumerate(state.waiting, 1)]
    if rows:
        print_table(("id", "name", "", "duration"), rows, right=("duration",))
