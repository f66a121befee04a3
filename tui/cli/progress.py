"""Waiting for a run: its progress until it ends, then a small table."""

import time
from collections.abc import Iterator, Mapping

from rich.console import Console

from bertft_tui.core import locks
from bertft_tui.core.adjustments import in_words
from bertft_tui.core.analysis.intervals import Interval
from bertft_tui.core.analysis.kept import intervals_of
from bertft_tui.core.disk import DiskWatch
from bertft_tui.core.metric_names import METRICS, TEST
from bertft_tui.core.scheduling.truth import Vanishings, as_ended
from bertft_tui.core.store import history, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.cli.display import progress_display
from bertft_tui.tui.cli.output import print_problem, print_table, say, tell
from bertft_tui.tui.difference_words import half_width
from bertft_tui.tui.format import duration, metric, number
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.metric_choice import best_text, mark_words
from bertft_tui.tui.warm_choice import ensure_scheduler

INTERVAL = 0.25
ADOPT_EVERY = 0.5

#: Seconds that a process may take to end behind its closing event, and those for its exit code to be seen then: of a
#: worker that another scheduler started nobody learns it.
PATIENCE = 20.0
SEEN_WITHIN = 4.0

#: The figures that a run is judged by.
_MERITS = [f"{prefix}_{name}" for prefix in ("eval", "test") for name in (*METRICS, "loss")]

#: What a shell reports for a command that ctrl-C ended.
INTERRUPTED = 130


def wait_and_report(db: Database, run_id: str, *, quiet: bool = False) -> int:
    """Show a run until it ends; return 0 when it finished, else 1. Ctrl-C only looks away, and returns 130.

    When `quiet`, the progress goes to stderr and no table is printed: stdout is for a document.
    """
    console = Console(stderr=quiet, highlight=False)
    try:
        run = _follow(db, run_id, console)
        _let_go(db, run_id)
    except KeyboardInterrupt:
        tell(f"The run goes on. `bertft-tui show {run_id}` shows it, `bertft-tui stop {run_id}` stops it.")
        return INTERRUPTED
    if not quiet:
        print_result(run)
    if run.error is not None:
        print_problem(run.error)
    return 0 if run.status is RunStatus.FINISHED else 1


def watch(db: Database, run_id: str) -> Iterator[RunRecord]:
    """Yield a run at each change until it has ended, and keep a scheduler at work meanwhile.

    When its disk is full, that is said on stderr: the run cannot say so through a journal that waits in memory.
    """
    seen, looked = -1, 0.0
    disk, vanishings = DiskWatch(db.path.file.parent, db.path.runs), Vanishings(db.path)
    while True:
        if disk.has_news():
            tell(disk.trouble.message if disk.trouble else "The disk is well again.")
        now = time.monotonic()
        if now - looked >= ADOPT_EVERY:
            ensure_scheduler(db)
            looked = now
        revision = queries.revision(db)
        if revision != seen:
            seen = revision
            run = queries.get_run(db, run_id)
            yield run
            if run.status.is_finished:
                return
        elif vanishings.look([run]):
            yield as_ended(run, db.path)
            return
        time.sleep(INTERVAL)


def _let_go(db: Database, run_id: str) -> None:
    """Wait a moment for the process itself to end: its journal says so a little before, its exit code comes after."""
    lock, began = db.path.run(run_id).lock, time.monotonic()
    lived = began
    while (now := time.monotonic()) - began < PATIENCE and now - lived < SEEN_WITHIN:
        attempts = history.attempts(db, run_id)
        if not attempts or attempts[-1].exit_code is not None or attempts[-1].exit_signal is not None:
            return
        if locks.holder(lock) is not None:
            lived = now
        time.sleep(INTERVAL)


def _follow(db: Database, run_id: str, console: Console) -> RunRecord:
    """Show a run until it ends; return its last record."""
    run = queries.get_run(db, run_id)
    with progress_display(console) as show:
        for run in watch(db, run_id):
            show(run)
    return run


def print_result(run: RunRecord) -> None:
    """Print how a run ended and a table of its evaluation metrics."""
    say(f"{run.id}  {run.name}: {run.status} in {duration(run.duration_seconds)} on {run.device or 'no device'}.")
    if run.adjustments:
        say(f"It went on with {in_words(run.adjustments)}.")
    rows = metric_rows(run, _MERITS, intervals_of(run))
    if rows:
        print_metric_table(run, rows)


def print_metric_table(run: RunRecord, rows: list[tuple[str, str, str, str, str]]) -> None:
    """Print rows of `metric_rows`, and what their mark means when one has it."""
    print_table(("metric", "best", "95 %", "epoch", "last"), rows, right=("best", "95 %", "epoch", "last"))
    if any(glyphs().selected in best for _, best, *_ in rows):
        say(f"{mark_words()}: {_advice(run)}")


def _advice(run: RunRecord) -> str:
    """Say how to get a figure that flatters nobody."""
    if any(name.startswith(TEST) for name in run.metrics):
        return "the test figures are those of rows that chose nothing."
    if run.config.data.test_split is not None:
        return f"`bertft-tui evaluate {run.id}` scores split {run.config.data.test_split!r}, which chose nothing."
    return "the best of several evaluations on the same rows flatters; data.test_split names rows for a fair figure."


def metric_rows(
    run: RunRecord, names: list[str], intervals: Mapping[str, Interval]
) -> list[tuple[str, str, str, str, str]]:
    """Return name, best, how sure that is, the best's epoch and last of those metrics that a run has.

    Only figures of merit have a best: nobody means the largest gradient by it. One that the rows also chose is
    marked.
    """
    rows = []
    for each in (run.metrics[name] for name in names if name in run.metrics):
        merit = each.name == "loss" or each.name in _MERITS
        best, epoch = (best_text(each), number(run.epoch_of(each.best_step), 3)) if merit else ("", "")
        rows.append((each.name, best, half_width(intervals.get(each.name)), epoch, metric(each.last)))
    return rows
