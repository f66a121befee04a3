"""Which runs a look at many is about, what is known of their texts, and by which metric they are looked at."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from bertft_tui.core.analysis.comparability import EvaluatedTexts, texts_of
from bertft_tui.core.errors import InputError
from bertft_tui.core.metric_names import BEST_METRICS, TEST, evaluation_name
from bertft_tui.core.scheduling.truth import as_ended, settle
from bertft_tui.core.store import history, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.selecting import Selection, select


def runs_matching(db: Database, where: str = "", experiment: str | None = None) -> list[RunRecord]:
    """Return all runs that a filter matches, newest first, of one experiment if one is named. Raises FilterError."""
    found = select(db, Selection(where=where, limit=None))  # what is wrong with it is said before anybody waits
    gone = settle(db)
    runs = queries.records(db, [run_id for run_id, _ in found.runs])
    runs = [as_ended(run, db.path) if run.id in gone else run for run in runs]
    return [run for run in runs if experiment is None or run.experiment == experiment]


def known_texts(db: Database, runs: Iterable[RunRecord], metric: str | None) -> dict[str, EvaluatedTexts | None]:
    """Return what is known of the texts that a metric (its full name) of each run was measured on, by its id.

    None: a metric of the evaluation.
    """
    tested = metric is not None and metric.startswith(TEST)
    read = history.tested_predictions if tested else history.predictions
    return {run.id: texts_of(read(db, run.id)) for run in runs}


def texts_measured_on(db: Database, runs: Iterable[RunRecord], metric: str) -> dict[str, int | None]:
    """Return how many texts a metric (its full name) of each run was measured on; None where that is not known."""
    if not metric.startswith(TEST):
        return {run.id: run.eval_rows for run in runs}
    tested = {run.id: [each.rows for each in history.evaluations(db, run.id) if each.is_test] for run in runs}
    return {run_id: next(reversed(rows), None) for run_id, rows in tested.items()}


def by_metric(runs: Sequence[RunRecord], wanted: str | None) -> dict[str, list[RunRecord]]:
    """Put runs together by the metric (its full name) that they are looked at by: the wanted one, else each its own.

    Raises InputError for a metric that none of them has, or that is not one of an evaluation.
    """
    if wanted is not None:
        return {evaluated_metric(runs, wanted): list(runs)}
    found: dict[str, list[RunRecord]] = defaultdict(list)
    for run in runs:
        found[evaluation_name(run.best_metric)].append(run)
    return dict(found)


def evaluated_metric(runs: Sequence[RunRecord], wanted: str) -> str:
    """Return the full name of a metric of an evaluation: `loss` means `eval_loss`. Raises InputError."""
    name = metric_among(runs, wanted)
    if name.removeprefix("eval_").removeprefix(TEST) not in BEST_METRICS or not name.startswith(("eval_", TEST)):
        raise InputError(
            "No metric of an evaluation",
            f"{name} says nothing of how good a run is on texts that it was not trained on.",
            f"Name one of {', '.join(BEST_METRICS)}; with test_ in front, what `evaluate` found.",
        )
    return name


def metric_among(runs: Sequence[RunRecord], wanted: str) -> str:
    """Return the full name of a metric that one of the runs has: `loss` means `eval_loss` where there is one.

    Raises InputError, naming the nearest and what there is.
    """
    known = sorted({name for run in runs for name in run.metrics})
    for name in (evaluation_name(wanted), wanted):
        if name in known:
            return name
    if wanted.startswith(TEST) and wanted.removeprefix(TEST) in (*BEST_METRICS, "loss"):
        raise InputError(
            "No test split was scored yet",
            f"None of these runs has a metric {wanted!r}.",
            "`bertft-tui evaluate RUN` (E in the app) measures it on the rows that data.test_split names.",
        )
    short = {name.removeprefix("eval_"): name for name in known}
    near = get_close_matches(wanted, [*known, *short], n=1)
    said = f"Did you mean {near[0]!r}? " if near else ""
    there = f"They have: {', '.join(known)}." if known else "They have none yet."
    raise InputError("Unknown metric", f"None of these runs has a metric {wanted!r}.", said + there)
