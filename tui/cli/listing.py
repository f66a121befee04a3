"""The list of runs: those that a filter matches, sorted by any field, as a table or for other programs."""

import math
import time
from dataclasses import dataclass
from typing import Any, Literal

from bertft_tui.core.analysis.comparability import obstacles
from bertft_tui.core.analysis.intervals import interval_of_best
from bertft_tui.core.filtering.fields import Field, FieldKind, Metric
from bertft_tui.core.metric_names import TEST, evaluation_name
from bertft_tui.core.scheduling.truth import as_ended, settle
from bertft_tui.core.store import queries, selecting
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import MetricSummary, RunRecord
from bertft_tui.core.store.selecting import Selected, Selection, as_text
from bertft_tui.tui.cli.documents import run_document
from bertft_tui.tui.cli.output import print_json, print_table, tell
from bertft_tui.tui.cli.sheets import print_sheet
from bertft_tui.tui.cli.tables import print_markdown
from bertft_tui.tui.difference_words import half_width
from bertft_tui.tui.format import count_of, duration, number
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.metric_choice import best_text, mark_of, mark_words

#: How a list is printed.
Form = Literal["table", "json", "csv", "markdown"]

_HEADERS = ("id", "status", "name", "best", "epoch", "duration", "created")
_RIGHT = ("epoch", "duration")

#: Columns that leave first where the terminal is narrow.
_GIVE_WAY = ("created", "duration", "epoch", "status")


@dataclass(frozen=True)
class Shown:
    """Runs as they are to be listed, and what they were selected from."""

    runs: list[RunRecord]
    selected: Selected
    sort: Field | None  # what they are sorted by
    values: list[Any]  # and what that is for each run


def chosen(db: Database, selection: Selection, selected: Selected | None = None) -> Shown:
    """Read the runs that a selection means; `selected`: where they are known. Raises FilterError, StoreError."""
    selected = selecting.select(db, selection) if selected is None else selected
    runs = queries.records(db, [run_id for run_id, _ in selected.runs])
    if not selection.sort:
        return Shown(runs, selected, None, [])
    values = selecting.values_of(db, selection.sort, [run.id for run in runs], selection.metric)
    return Shown(runs, selected, selecting.fields(db).find(selection.sort), values)


def print_list(db: Database, selection: Selection, form: Form) -> None:
    """Print the runs of a store. Raises FilterError for a filter or a field that is not understood."""
    revision = queries.revision(db)
    selected = selecting.select(db, selection)  # what is wrong is said before anybody waits for a scheduler
    gone = settle(db)
    shown = chosen(db, selection, selected if queries.revision(db) == revision else None)
    runs = [as_ended(run, db.path) if run.id in gone else run for run in shown.runs]
    if form == "json":
        print_json([run_document(run, db.path) for run in runs])
    elif form == "csv":
        print_sheet(runs)
    elif runs:
        _print_table(runs, shown, form)
    if form in ("table", "markdown"):
        if not shown.selected.total:
            hidden = queries.count_runs(db) > 0
            tell(
                "All runs are in the trash: `list --trash`."
                if hidden
                else "No runs yet. `bertft-tui demo` makes one."
            )
        tell_counts(shown.selected, selection)


def tell_counts(selected: Selected, selection: Selection) -> None:
    """Say how many runs a filter matches, of how many, and when not all of them are shown."""
    shown, matching, total = len(selected.runs), selected.matching, selected.total
    if selection.where and total:
        tell(
            f"{matching:,} of {count_of(total, 'run')} match{'' if shown == matching else f', {shown:,} are shown'}."
        )


def _print_table(runs: list[RunRecord], shown: Shown, form: Form) -> None:
    headers, rows = list(_HEADERS), [_cells(run) for run in runs]
    marked = [run.metrics.get(evaluation_name(run.best_metric)) for run in runs]
    field = shown.sort
    if field is not None and field.name not in (*_HEADERS, "age", "started"):
        source = field.source
        best = source.name if isinstance(source, Metric) and source.which == "best" else ""
        summaries = [run.metrics.get(best) for run in runs]
        texts = [value_text(field, value) for value in shown.values]
        headers.append(field.name)
        others = _scored_on_others(runs, summaries)
        rows = [
            [*row, text + mark_of(of) + glyphs().unlike * other]
            for row, text, of, other in zip(rows, texts, summaries, others, strict=True)
        ]
        marked += summaries
    if form == "markdown":
        print_markdown(headers, rows, right=_RIGHT)
    else:
        print_table(headers, rows, right=_RIGHT, give_way=_GIVE_WAY, shrinks="name")
    if any(mark_of(summary) for summary in marked):
        tell(f"{mark_words()}: the best of several evaluations on the same rows flatters.")


def _scored_on_others(runs: list[RunRecord], summaries: list[MetricSummary | None]) -> list[bool]:
    """Which runs of a ranking by a metric were scored on other texts than the first of them; say so."""
    first = next((run for run, summary in zip(runs, summaries, strict=True) if summary is not None), None)
    others = [
        first is not None and summary is not None and bool(obstacles(first, run, test=summary.name.startswith(TEST)))
        for run, summary in zip(runs, summaries, strict=True)
    ]
    if any(others) and first is not None:
        tell(f"{glyphs().unlike} scored on other texts or labels than {first.id}: no ranking with it.")
    return others


def _cells(run: RunRecord) -> list[str]:
    name = run.best_metric
    best = run.metrics.get(evaluation_name(name))
    spread = half_width(interval_of_best(run, evaluation_name(name)))
    return [
        run.id,
        f"{glyphs().status[run.status]} {run.status}",
        run.name,
        f"{name} {best_text(best)} {spread}".rstrip() if best else "",
        number(run.progress.epoch, 3) if run.progress.epoch is not None else "",
        duration(run.duration_seconds) if run.started_at else "",
        time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created_at)),
    ]


def value_text(field: Field, value: Any) -> str:
    """Write a value of a field for people; empty for none."""
    if field.kind is FieldKind.DURATION and value is not None:
        return duration(value)
    is_plain = isinstance(value, float) and (math.isfinite(value) or not field.words)
    return number(value) if is_plain and field.kind is FieldKind.NUMBER else as_text(field, value)
