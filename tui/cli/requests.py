"""Stop, cancel and resume: ask, wait a moment for the effect, and say what happened."""

import time

from bertft_tui.core.errors import RefusedError
from bertft_tui.core.scheduling.asking import ask as request
from bertft_tui.core.scheduling.launcher import check_settings
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import Request, RunStatus, in_trash, refusal
from bertft_tui.tui.cli.documents import run_document
from bertft_tui.tui.cli.launch import warn_about
from bertft_tui.tui.cli.output import print_json, say, tell
from bertft_tui.tui.warm_choice import ensure_scheduler

#: Seconds to wait for the effect; a worker that loads its model may take longer to listen.
PATIENCE = 5.0


def ask(db: Database, kind: Request, names: list[str], *, as_json: bool) -> None:
    """Ask something of runs, all or none. Raises UnknownRunError, and RefusedError when one of them cannot.

    Raises ConfigError too, for a run to resume whose settings were changed by hand.
    """
    before = {run.id: run for run in (queries.find_run(db, name) for name in names)}
    for run in before.values():
        refused = in_trash(kind) if run.trashed_at is not None else refusal(kind, run.status)
        if refused is not None:
            problem = refused.problem
            raise RefusedError(problem.title, f"{run.id} ({run.name}): {problem.message}", problem.hint)
        if kind is Request.RESUME:
            check_settings(db.path.run(run.id), run.config)
    if kind is Request.RESUME:
        warn_about(db)
    for run_id in before:
        if words := request(db, run_id, kind):
            tell(words)
    ensure_scheduler(db)
    after = [_wait(db, kind, run, time.monotonic() + PATIENCE) for run in before.values()]
    if as_json:
        print_json([run_document(run, db.path) for run in after])
    else:
        for run in after:
            say(f"{run.id}  {run.name}: {outcome(kind, run)}")


def _wait(db: Database, kind: Request, before: RunRecord, deadline: float) -> RunRecord:
    """Look until the request has had its effect, or patience ends."""
    run = before
    while not _done(kind, before, run) and time.monotonic() < deadline:
        time.sleep(0.1)
        run = queries.get_run(db, before.id)
    return run


def _done(kind: Request, before: RunRecord, run: RunRecord) -> bool:
    if kind is Request.RESUME:
        return run.status is not before.status or run.attempt > before.attempt
    return run.status.is_finished


def outcome(kind: Request, run: RunRecord) -> str:
    """Say what a request came to, and what can be done next."""
    if kind is Request.RESUME:
        waits = run.status in (RunStatus.STOPPED, RunStatus.FAILED, RunStatus.LOST)
        return "asked to go on; the scheduler has not answered yet." if waits else f"{run.status}; it goes on."
    if run.status is RunStatus.STOPPED:
        return f"stopped at step {run.progress.step}; `bertft-tui resume {run.id}` goes on."
    if run.status is RunStatus.CANCELLED:
        return "cancelled; nothing was saved."
    if run.status.is_finished:
        return f"{run.status} before it could {kind}."
    return f"asked to {kind}; it is {run.phase or run.status} and does so as soon as it can."
