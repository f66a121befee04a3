"""One run in words: what it is, how it stands, what came out of it."""

import time
from difflib import get_close_matches

from bertft_tui.core.adjustments import in_words
from bertft_tui.core.analysis.kept import intervals_of
from bertft_tui.core.config import RunConfig
from bertft_tui.core.directories import usage
from bertft_tui.core.errors import InputError, Problem
from bertft_tui.core.metric_names import TEST, evaluation_name
from bertft_tui.core.scheduling.truth import as_ended, settle
from bertft_tui.core.store import history, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord, Series
from bertft_tui.core.value_text import format_value
from bertft_tui.tui.cli.documents import full_document, metrics_document, run_document, series_document
from bertft_tui.tui.cli.output import print_json, print_table, say
from bertft_tui.tui.cli.progress import metric_rows, print_metric_table
from bertft_tui.tui.device_words import device_words
from bertft_tui.tui.form.command import command_that_changes
from bertft_tui.tui.format import duration, number, size
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.judging import ADVISES, change_words, read_and_judge
from bertft_tui.tui.kept import kept_in_store
from bertft_tui.tui.metric_choice import mark_words
from bertft_tui.tui.progress import diverged_words, not_finite_words, phase_words
from bertft_tui.tui.recipe_words import recipe_of

#: Labels that are named.
_LABELS = 20


def print_run(db: Database, name: str, *, as_json: bool) -> None:
    """Print everything about a run. Raises UnknownRunError."""
    gone = settle(db)
    run = queries.find_run(db, name)
    run = as_ended(run, db.path) if run.id in gone else run
    if as_json:
        print_json({**full_document(db, run.id), **run_document(run, db.path)})
        return
    _print_facts(db, run)
    _print_verdict(db, run)
    _print_settings(run)
    if run.metrics:
        _heading("Metrics")
        _print_summaries(db, run)
    _print_history(db, run)


def print_metrics(db: Database, name: str, wanted: str | None, *, as_json: bool) -> None:
    """Print the metrics of a run, or the points of one. Raises UnknownRunError, InputError for an unknown metric."""
    gone = settle(db)
    run = queries.find_run(db, name)
    run = as_ended(run, db.path) if run.id in gone else run
    if wanted is None:
        if as_json:
            print_json(metrics_document(run))
        else:
            _print_summaries(db, run)
        return
    series = _series(db, run, _metric_name(run, wanted))
    if as_json:
        print_json(series_document(run, series))
        return
    points = zip(series.steps, series.values, series.seconds, strict=True)
    summary, mark = run.metrics[series.name], glyphs().selected
    chosen = summary.best_step if summary.is_selected else None
    rows = [
        (str(step), number(run.epoch_of(step), 4), number(value, 6), mark * (step == chosen), duration(seconds))
        for step, value, seconds in points
    ]
    print_table(("step", "epoch", series.name, "", "time"), rows, right=("step", "epoch", series.name, "time"))
    if chosen is not None:
        say(mark_words())


def _series(db: Database, run: RunRecord, name: str) -> Series:
    """The points of a metric; of one on the test split, what each evaluation found."""
    if not name.startswith(TEST):
        return plain_reading.series(db, run.id, name)
    key = name.removeprefix(TEST)
    scored = [each for each in history.evaluations(db, run.id) if each.is_test and key in each.metrics]
    return Series(
        name,
        tuple(each.step for each in scored),
        tuple(each.metrics[key] for each in scored),
        tuple(each.created_at - (run.started_at or each.created_at) for each in scored),
    )


def _metric_name(run: RunRecord, wanted: str) -> str:
    """Return the full name of a metric: `accuracy` means `eval_accuracy`. Raises InputError."""
    for name in (wanted, evaluation_name(wanted)):
        if name in run.metrics:
            return name
    near = get_close_matches(wanted, run.metrics, n=1)
    known = ", ".join(sorted(run.metrics)) or "none yet"
    hint = f"Did you mean {near[0]!r}?" if near else f"It has: {known}."
    raise InputError("Unknown metric", f"{run.id} ({run.name}) has no metric {wanted!r}.", hint)


def _print_facts(db: Database, run: RunRecord) -> None:
    lasted = f" in {duration(run.duration_seconds)}" if run.started_at else ""
    phase = f", {phase_words(run)}" if run.status.is_alive else ""
    facts = {
        "name": run.name,
        "id": run.id,
        "status": f"{glyphs().status[run.status]} {run.status}{phase}{lasted}",
        "progress": _progress_words(run),
        "data": _data_words(run),
        "numbers": f"{words}, or infinite" if (words := not_finite_words(run)) else "",
        "loss": diverged_words(run),
        "changed": in_words(run.adjustments),
        "device": device_words(run),
        "recipe": "\n".join(map(" ".join, recipe_of(history.events(db, run.id, kind="plan")))),
        "experiment": run.experiment or "",
        "made from": f"{run.parent}: {run.change_note or 'no setting changed'}" if run.parent else "",
        "tags": ", ".join(run.tags),
        "note": run.note,
        "trash": _trash_words(run),
        "created": _moment(run.created_at),
        "directory": str(db.path.run(run.id).path),
        "on disk": size(usage(db.path.run(run.id).path)),
    }
    for label, text in facts.items():
        for place, line in enumerate(text.splitlines()):
            say(f"{'' if place else label:<12}{line}")
    if run.error is not None:
        _print_problem(run.error)


def _trash_words(run: RunRecord) -> str:
    if run.trashed_at is None:
        return ""
    return f"in it since {_moment(run.trashed_at)}; `bertft-tui restore {run.id}` takes it out"


def _progress_words(run: RunRecord) -> str:
    if not run.progress.max_steps:
        return ""
    epoch = f", epoch {number(run.progress.epoch, 3)}" if run.progress.epoch is not None else ""
    return f"step {run.progress.step} of {run.progress.max_steps}{epoch}"


def _data_words(run: RunRecord) -> str:
    if run.train_rows is None:
        return ""
    more = ", …" if len(run.labels) > _LABELS else ""
    labels = f"; {len(run.labels)} labels: {', '.join(run.labels[:_LABELS])}{more}" if run.labels else ""
    if run.problem_type == "regression":
        labels = f"; a number: {run.labels[0]}"
    return f"{run.train_rows} texts to train on, {number(run.eval_rows)} to evaluate{labels}"


def _print_verdict(db: Database, run: RunRecord) -> None:
    said = read_and_judge(db, run)
    if said:
        _heading("Verdict")
    for advice in said:
        say(advice.sentence)
        if advice.changes:
            say(f"  {ADVISES} {change_words(run, advice)}: {command_that_changes(run, advice.changes)}")


def _print_settings(run: RunRecord) -> None:
    changes = RunConfig().diff(run.config)
    _heading("Settings that are not the defaults" if changes else "Settings: all are the defaults")
    for change in changes:
        say(f"{change.field:<42}{format_value(change.new) or 'empty'}")


def _print_summaries(db: Database, run: RunRecord) -> None:
    intervals = intervals_of(run, kept_in_store(db, run.id))
    print_metric_table(run, metric_rows(run, sorted(run.metrics), intervals))


def _print_history(db: Database, run: RunRecord) -> None:
    """Print processes, requests, checkpoints and what the run wanted to say; each part only when there is some."""
    if attempts := history.attempts(db, run.id):
        _heading("Attempts")
        rows = [
            (
                str(each.number),
                _moment(each.started_at),
                each.outcome or "under way",
                each.device or "",
                _exit_words(each.exit_code, each.exit_signal),
                in_words(each.adjustments or {}),
            )
            for each in attempts
        ]
        print_table(("number", "started", "outcome", "device", "exit", "changed"), rows, right=("number",))
    if requests := history.requests(db, run.id):
        _heading("Requests")
        rows3 = [
            (
                each.kind,
                _moment(each.requested_at),
                each.requested_by,
                "waits" if each.closed_at is None else _moment(each.closed_at),
            )
            for each in requests
        ]
        print_table(("kind", "asked", "by", "closed"), rows3)
    if checkpoints := history.checkpoints(db, run.id):
        _heading("Checkpoints")
        rows2 = [(str(each.step), size(each.bytes), "best" if each.best else "", each.path) for each in checkpoints]
        print_table(("step", "size", "", "path"), rows2, right=("step", "size"))
    for event in history.events(db, run.id):
        if event.type == "warning":
            _print_problem(Problem(*(str(event.fields.get(part, "")) for part in ("title", "message", "hint"))))


def _exit_words(code: int | None, signal: int | None) -> str:
    if signal is not None:
        return f"signal {signal}"
    return "" if code is None else f"code {code}"


def _print_problem(problem: Problem) -> None:
    _heading(problem.title)
    for line in (*problem.message.splitlines(), *problem.hint.splitlines()):
        say(line)


def _heading(text: str) -> None:
    print()
    say(text)


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
