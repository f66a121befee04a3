"""The trash on the command line: what goes in, what comes out, and what is gone for good."""

import sys
import time
from dataclasses import asdict

from bertft_tui.core.directories import run_usage, usage
from bertft_tui.core.errors import InputError, Problem, RefusedError, UnknownRunError
from bertft_tui.core.scheduling.disk_ledger import take_stock
from bertft_tui.core.scheduling.purge import Purged, purge
from bertft_tui.core.scheduling.slimming import refusal_to_slim, slim
from bertft_tui.core.store import plain_reading, queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.selecting import Selection
from bertft_tui.tui.cli.documents import run_document, utc
from bertft_tui.tui.cli.listing import Form, chosen, tell_counts
from bertft_tui.tui.cli.output import print_json, print_problem, print_table, say, tell
from bertft_tui.tui.cli.sheets import print_sheet
from bertft_tui.tui.cli.tables import print_markdown
from bertft_tui.tui.format import count_of, size
from bertft_tui.tui.glyphs import glyphs


def delete_runs(db: Database, names: list[str], *, as_json: bool) -> None:
    """Move runs into the trash, all or none. Raises UnknownRunError, and RefusedError when one of them cannot."""
    runs = _find(db, names, trashed=False)
    trash.throw_away(db, [run.id for run in runs])
    if as_json:
        _print_documents(db, runs)
        return
    for run in runs:
        say(f"{run.id}  {run.name}: in the trash; `bertft-tui restore {run.id}` takes it out.")
    say("The trash frees no disk space; `bertft-tui purge` does.")


def restore_runs(db: Database, names: list[str], *, as_json: bool) -> None:
    """Take runs out of the trash, all or none. Raises UnknownRunError, RefusedError."""
    runs = _find(db, names, trashed=True)
    trash.take_out(db, [run.id for run in runs])
    if as_json:
        _print_documents(db, runs)
        return
    for run in runs:
        say(f"{run.id}  {run.name}: out of the trash, {run.status}.")


def purge_runs(db: Database, names: list[str], *, yes: bool, as_json: bool) -> int:
    """Purge runs, without names the whole trash; return 1 when something could not be removed, else 0.

    Raises UnknownRunError, RefusedError for what is not in the trash, InputError when nobody can be asked.
    """
    runs = _find(db, names, trashed=True) if names else queries.list_runs(db, limit=None, trashed=True)
    for run in runs:
        if run.trashed_at is None:
            refused = trash.not_in_trash(f"{run.id} ({run.name})").problem
            raise RefusedError(refused.title, refused.message, refused.hint)
    if runs and not yes:
        ids, ledger = {run.id for run in runs}, take_stock(db)
        freed = sum(held.usage.total for held in ledger.trash if held.id in ids) + ledger.leftovers
        if not _agreed(count_of(len(runs), "run"), freed):
            return 0
    purged = purge(db, [run.id for run in runs])
    if purged.gone and not purged.runs:
        raise UnknownRunError("Already gone", f"{', '.join(purged.gone)}: somebody else purged it.", "")
    if as_json:
        print_json(asdict(purged))
    else:
        _report(purged)
    return int(bool(purged.problems))


def purge_optimizers(db: Database, names: list[str], *, yes: bool, as_json: bool) -> int:
    """Free what only a training that goes on needs, of finished runs; return 1 when something is stuck, else 0.

    Raises UnknownRunError, RefusedError for a run that may go on, InputError when nobody can be asked.
    """
    every = {run.id: run for run in plain_reading.outlines(db)}
    named = [every[run.id] for run in _find(db, names, trashed=False)]
    for run in named:
        if (refused := refusal_to_slim(run)) is not None:
            raise refused
    runs = named or [run for run in every.values() if not run.trashed and refusal_to_slim(run) is None]
    freed = sum(run_usage(db.path.run(run.id)).training_state for run in runs)
    if freed and not yes and not _agreed(f"the optimizer's state of {count_of(len(runs), 'finished run')}", freed):
        return 0
    removed = slim(db, runs)
    if as_json:
        print_json({"runs": [run.id for run in runs], "bytes": removed.bytes, "problems": _as_dicts(removed.stuck)})
        return int(bool(removed.stuck))
    for problem in removed.stuck:
        print_problem(problem)
    say(f"{size(removed.bytes)} freed; the models are as they were.")
    return int(bool(removed.stuck))


def print_trash(db: Database, selection: Selection, form: Form) -> None:
    """Print the runs in the trash, each with what it holds on the disk. Raises FilterError."""
    shown = chosen(db, selection)
    runs = shown.runs
    held = {run.id: usage(db.path.run(run.id).path) for run in runs}
    if form == "json":
        print_json([{**run_document(run, db.path), "bytes": held[run.id]} for run in runs])
        return
    if form == "csv":
        print_sheet(runs, {"bytes": list(held.values()), "trashed_at": [utc(run.trashed_at) for run in runs]})
        return
    if not shown.selected.total:
        tell("The trash is empty.")
    tell_counts(shown.selected, selection)
    if not runs:
        return
    rows = [
        (run.id, f"{glyphs().status[run.status]} {run.status}", run.name, size(held[run.id]), moment(run.trashed_at))
        for run in runs
    ]
    headers = ("id", "status", "name", "on disk", "deleted")
    if form == "markdown":
        print_markdown(headers, rows, right=("on disk",))
    else:
        print_table(headers, rows, right=("on disk",), give_way=("deleted", "status"), shrinks="name")
    tell(f"Only `bertft-tui purge` frees these {size(sum(held.values()))}; `bertft-tui restore RUN` takes a run out.")


def moment(seconds: float | None) -> str:
    """A time by the clock on the wall; empty when there is none."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)) if seconds is not None else ""


def _find(db: Database, names: list[str], *, trashed: bool) -> list[RunRecord]:
    """Find runs by their names, each once. `trashed`: which are meant where a name fits both kinds."""
    found = {run.id: run for run in (queries.find_run(db, name, trashed=trashed) for name in names)}
    return list(found.values())


def _agreed(what: str, freed: int) -> bool:
    """Ask whether something is to go for good. Raises InputError where there is no terminal to ask on."""
    import typer

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InputError(
            "A purge cannot be undone",
            f"It would remove {what} and free {size(freed)}; there is no terminal to ask on.",
            "Add --yes to purge without being asked.",
        )
    agreed = typer.confirm(f"Purge {what}? This frees {size(freed)} and cannot be undone.", err=True)
    if not agreed:
        tell("Nothing was purged.")
    return agreed


def _as_dicts(problems: list[Problem]) -> list[dict[str, str]]:
    return [problem.as_dict() for problem in problems]


def _report(purged: Purged) -> None:
    for run_id in purged.gone:
        tell(f"{run_id}: gone already; somebody else purged it.")
    for problem in purged.problems:
        print_problem(problem)
    if purged.runs or purged.bytes:
        say(f"{count_of(len(purged.runs), 'run')} purged, {size(purged.bytes)} freed.")
    elif not purged.problems:
        say("The trash is empty.")


def _print_documents(db: Database, runs: list[RunRecord]) -> None:
    print_json([run_document(queries.get_run(db, run.id), db.path) for run in runs])
