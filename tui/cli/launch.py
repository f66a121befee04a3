"""From the words of the command line to a run in the queue."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.grid import Grid, make_grid, parse_settings, read_grid
from bertft_tui.core.presets import preset as find_preset
from bertft_tui.core.scheduling import preflight
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.scheduling.service import ensure_running
from bertft_tui.core.series import with_series
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.new_runs import Said, new_runs
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.documents import full_document
from bertft_tui.tui.cli.output import print_json, print_problem, say, tell
from bertft_tui.tui.cli.progress import INTERRUPTED, wait_and_report
from bertft_tui.tui.warm_choice import as_chosen


def build_grid(
    file: Path | None,
    preset: str | None,
    settings: list[str],
    parent: RunRecord | None = None,
    *,
    seeds: int | None = None,
    sizes: str = "",
) -> Grid:
    """Lay the file over the preset, the parent's settings or the defaults, and the settings over both.

    Where a setting has a list of values there is a run for each; `seeds` and `sizes` are such lists. Raises
    ConfigError.
    """
    config = find_preset(preset).config if preset is not None else RunConfig()
    if parent is not None:
        config = parent.config
    lists: Mapping[str, Sequence[Any]] = {}
    if file is not None:
        config, lists = read_grid(file, base=config)
    typed = with_series(config, parse_settings(settings), seeds=seeds, sizes=sizes)
    return make_grid(config, {key: values for key, values in lists.items() if key not in typed} | typed)


def check(grid: Grid) -> tuple[Checked, ...]:
    """Look at data and model of all runs before anything is stored; warnings go to stderr. Raises InputError."""
    checks = preflight.check_all(grid.configs)
    for warning in dict.fromkeys(warning for checked in checks for warning in checked.warnings):
        print_problem(warning, label="Note")
    return checks


def enqueue(
    db: Database,
    grid: Grid,
    checks: Sequence[Checked],
    said: Said,
    *,
    parent: RunRecord | None = None,
) -> list[str]:
    """Put checked configs into the queue, all or none, and see to it that a scheduler is at work; return the ids."""
    warn_about(db)
    runs = new_runs(grid, [checked.config for checked in checks], said, parent)
    with as_chosen():
        run_ids = commands.enqueue_all(db, runs, parent=parent)
        ensure_running(db)
    queue = queries.queue_state(db)
    if queue.paused:
        tell(f"The queue is paused ({queue.reason}): `bertft-tui queue --resume` lets runs start.")
    return run_ids


def wait_for(db: Database, run_ids: list[str], *, quiet: bool = False) -> int:
    """Show runs until they have ended, one after the other.

    Returns 0 when all finished, else 1; ctrl-C looks away from all of them, and returns 130.
    """
    worst = 0
    for run_id in run_ids:
        code = wait_and_report(db, run_id, quiet=quiet)
        if code == INTERRUPTED:
            return code
        worst = max(worst, code)
    return worst


def warn_about(db: Database) -> None:
    """Say in a line on stderr what whoever starts runs in this store should know of it."""
    for problem in db.warnings:
        tell(f"Note: {problem.title}: {problem.message} {problem.hint}")


def report(db: Database, run_ids: list[str], *, as_json: bool, waited: bool) -> None:
    """Say what was enqueued; as JSON, the `show` document of the run as it now is, of several an array of them."""
    if as_json:
        documents = [full_document(db, run_id) for run_id in run_ids]
        print_json(documents[0] if len(documents) == 1 else documents)
    elif not waited:
        for run_id in run_ids:
            run = queries.get_run(db, run_id)
            say(f"{run.id}  {run.name}: {run.status}. `bertft-tui show {run.id}` shows it, `bertft-tui` watches it.")
