"""What the program takes with a thousand runs, and with a hundred thousand: `python -m benchmarks.scale`.

Everything is asked as the app and the command line ask it, of a store that was opened for it: nothing is known from
before but what lies in the system's cache. Process time: that of this process, without the imports.
"""

import contextlib
import io
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.alone import measure_alone
from benchmarks.big_store import fill_with_points, make_store
from benchmarks.calibration import REFERENCE, calibration
from benchmarks.figures import figures, milliseconds
from bertft_tui.core.journal import Event
from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import ledger, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.selecting import Selection, complete, groups
from bertft_tui.tui.cli import compare, listing, showing
from bertft_tui.tui.interests.curves import Curves
from bertft_tui.tui.interests.evaluated import Tested
from bertft_tui.tui.interests.interest import Source
from bertft_tui.tui.interests.page import RunsPage
from bertft_tui.tui.known_runs import MAX_RUNS, KnownRuns

#: Seconds of process time.
TARGET = 0.2

#: Runs; there are a hundred times as many points.
SIZES = (1_000, 10_000, 100_000)
_POINTS = 100

#: One run in so many was evaluated on its test split.
_TESTED = 10

#: So many runs are compared, with so many examples each.
_COMPARED, _EXAMPLES = 20, 1_000

_METRIC = evaluation_name("accuracy")


class Lab(NamedTuple):
    """A store under measurement, and what of its runs is asked for."""

    store: StorePath
    names: list[str]  # of all runs, the newest first
    long: str  # the id of a run with very many points
    ids: tuple[str, ...]  # of those that are compared


class App(NamedTuple):
    """The app's feed when its first rows are there."""

    db: Database
    source: Source


Deed = Callable[[Lab, App], object]


def measure(folder: Path, sizes: tuple[int, ...] = SIZES, repetitions: int = 7) -> dict[str, Any]:
    """Make a store of each size in a folder and measure everything on each: seconds of process time.

    Returns the sizes, and for each operation and size the median, the lowest and the highest; for grouping the median
    of the first time and of the second.
    """
    found: dict[str, dict[str, list[float]]] = {name: {} for name in _DEEDS}
    grouped: dict[str, list[float]] = {}
    slowness = []
    for runs in sizes:
        lab = make_lab(folder / f"runs-{runs}.db", runs)
        for name, deed in _DEEDS.items():
            _seconds(lab, deed)  # imports, and the first reading from the disk
            seconds = figures([_seconds(lab, deed) for _ in range(repetitions)])
            found[name][str(runs)] = [seconds.median, seconds.lowest, seconds.highest]
        grouped[str(runs)] = [figures(each).median for each in zip(*map(_grouping, [lab] * repetitions), strict=True)]
        slowness.append(calibration())
    seconds = {"operations": found, "grouped": grouped, "calibration": figures(slowness).median}
    return {"sizes": list(sizes), "points": _POINTS, **seconds}


def make_lab(file: Path, runs: int) -> Lab:
    """Make a store with so many runs and a hundred times as many points, predictions of some, and evaluations."""
    store = StorePath(file)
    names = make_store(store, runs)
    long = fill_with_points(store, runs * _POINTS)
    with Database.open(store, daily_backup=False) as db:
        newest = queries.list_runs(db, limit=3 * _COMPARED)
        ids = tuple(run.id for run in newest if _METRIC in run.metrics)[:_COMPARED]
        with db.read() as connection:
            rows = connection.exec_driver_sql("SELECT id, key FROM run ORDER BY key DESC LIMIT 100").all()
        keys = dict(rows)
        with db.write() as connection:
            connection.exec_driver_sql(_EVALUATE, (_TESTED,))
        for seed, run_id in enumerate(ids):
            ledger.save_predictions(db, keys[run_id], _predictions(seed))
    return Lab(store, names, long[0] if long else ids[0], ids)


#: What the test splits of some runs were scored, a little worse than their best.
_EVALUATE = """
INSERT INTO evaluation (run_key, step, dataset, split, is_test, rows, metrics, created_at)
SELECT key, step, 'stanfordnlp/imdb', 'test', 1, 1000,
  json_object('accuracy', (key * 7919 % 1000) / 1000.0, 'loss', 0.5, 'f1', 0.8, 'precision', 0.8, 'recall', 0.8),
  ended_at
FROM run WHERE key % ? = 0
"""


def _predictions(seed: int) -> Predictions:
    """What a classifier of two classes says that is right nine times of ten, about the same examples each time."""
    draw = np.random.default_rng(seed)
    label = np.arange(_EXAMPLES, dtype="<i4") % 2
    predicted = np.where(draw.random(_EXAMPLES) < 0.9, label, 1 - label).astype("<i4")
    shares = np.where(predicted[:, None] == np.arange(2), 0.9, 0.1).astype("<f4")
    return Predictions(100, label, predicted, shares, np.arange(_EXAMPLES, dtype="<u8"))


def _seconds(lab: Lab, deed: Deed) -> float:
    """What a deed takes in a store that was just opened, whose newest runs the app has read."""
    with _opened(lab) as app:
        began = time.process_time()
        deed(lab, app)
        return time.process_time() - began


def _grouping(lab: Lab) -> tuple[float, float]:
    """What it takes to group all runs by their settings but the seed, the first time and again."""
    with Database.open(lab.store, daily_backup=False) as db:
        times = [time.process_time()]
        for _ in range(2):
            groups(db, Selection(sort="best", limit=MAX_RUNS), ("seed",))
            times.append(time.process_time())
    return times[1] - times[0], times[2] - times[1]


@contextlib.contextmanager
def _opened(lab: Lab) -> Iterator[App]:
    with Database.open(lab.store, daily_backup=False) as db:
        source = Source(db, KnownRuns(db))
        for _ in range(2):  # the first rows, then the others
            source.known.refresh(queries.revision(db))
        yield App(db, source)


def _look(db: Database, source: Source) -> None:
    """What the feed reads when the table of runs is on top."""
    with db.read():
        source.known.refresh(queries.revision(db))
        RunsPage(Selection(limit=MAX_RUNS)).read(source, None)
        queries.queue_state(db)
        queries.has_work(db)


def _open(looks: int) -> Deed:
    """Open the store and look so often: once for the first rows, once more for the others."""

    def deed(lab: Lab, app: App) -> None:
        with Database.open(lab.store, daily_backup=False) as db:
            source = Source(db, KnownRuns(db))
            for _ in range(looks):
                _look(db, source)

    return deed


def _page(**asked: Any) -> Deed:
    """Filter and sort, and read the rows of the table that are not known."""

    def deed(lab: Lab, app: App) -> None:
        with app.db.read():
            page = RunsPage(Selection(limit=MAX_RUNS, **asked)).read(app.source, None)
        assert page.problem is None, page.problem

    return deed


def _live(lab: Lab, app: App) -> None:
    """Take in what a run has written, and look again; its curve is on the screen too."""
    run = app.source.known.shown[0]
    step = run.progress.step + random.randrange(1, 10**6)
    with app.db.read() as connection:
        row = connection.exec_driver_sql("SELECT key, journal_seq, journal_offset FROM run WHERE id = ?", (run.id,))
        key, seq, offset = row.one()
    event = Event(seq + 1, time.time(), time.monotonic(), "metrics", {"step": step, "values": {"loss": 0.5}})
    take_in(app.db, key, [event], offset + 1)
    _look(app.db, app.source)
    Curves(run.id, ("loss",)).read(app.source, None)


def _printed(what: Callable[[Lab, Database], None]) -> Deed:
    """Do what a command does, and print into nothing."""

    def deed(lab: Lab, app: App) -> None:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            what(lab, app.db)

    return deed


def _list(lab: Lab, db: Database) -> None:
    listing.print_list(db, Selection(where="lr<=3e-5 accuracy>0.8", sort="accuracy", limit=50), "table")


_DEEDS: dict[str, Deed] = {
    "open: the first rows": _open(1),
    "open: all rows of the first page": _open(2),
    "a live run's point, table and curve": _live,
    "filter by a setting": _page(where="lr<3e-5"),
    "filter by a metric": _page(where="accuracy>0.9"),
    "filter by a metric of the test split": _page(where="test_accuracy>0.9"),
    "filter by a tag": _page(where="tag:paper"),
    "filter by the best epoch": _page(where="best_epoch>2"),
    "find what a filter fails on": _page(where="lr<3e-5 name:zzzz accuracy>0.1"),
    "search for a word": _page(where="seed 2"),
    "filter by three, sort by a metric": _page(where="lr<3e-5 accuracy>0.8 tag:paper", sort="loss"),
    "sort by the best value": _page(sort="best"),
    "sort by a setting": _page(sort="lr"),
    "sort by name": _page(sort="name"),
    "the oldest first": _page(reverse=True),
    "values to complete a filter": lambda lab, app: complete(app.db, "model:b", 7),
    "a curve of 100,000 points": lambda lab, app: Curves(lab.long, ("loss",)).read(app.source, None),
    "compare twenty runs": lambda lab, app: Tested(lab.ids, lab.ids[0], _METRIC).read(app.source, None),
    "`list`, filtered and sorted": _printed(_list),
    "`show`, by name": _printed(lambda lab, db: showing.print_run(db, lab.names[0], as_json=False)),
    "`metrics` of a run": _printed(lambda lab, db: showing.print_metrics(db, lab.ids[0], None, as_json=False)),
    "`compare` of twenty": _printed(
        lambda lab, db: compare.print_comparison(db, lab.ids, baseline=None, metric="accuracy")
    ),
}


def markdown(found: dict[str, Any]) -> str:
    """Write the section of the page."""
    sizes = found["sizes"]
    heads = [f"{size:,} runs" for size in sizes]
    slowness = found["calibration"] / REFERENCE
    fewest, most = heads[0].removesuffix(" runs"), heads[-1]
    lines = [
        "## With a hundred thousand runs",
        "",
        f"Stores of {fewest} to {most}, each with {found['points']} times as many points. Process time (the median, "
        "the lowest and the highest), in a store that was just opened, its file in the system's cache; without "
        "imports, and with the rows that are shown, 500 in the app.",
        "",
        f"Target: ≤ {milliseconds(TARGET)} each. The calibration took {milliseconds(found['calibration'])}, "
        f"{slowness:.1f} times as long as on two cores that nobody disturbs. Where that is more than once, brackets "
        "say whether the target is reached without the machine's part.",
        "",
        f"| | {' | '.join(heads)} | reached |",
        f"|---|{'---:|' * len(heads)}---|",
    ]
    for name, by_size in found["operations"].items():
        cells = [_cell(by_size[str(size)]) for size in sizes]
        lines.append(f"| {name} | {' | '.join(cells)} | {_reached(by_size[str(sizes[-1])][0], slowness)} |")
    first, again = map(milliseconds, found["grouped"][str(sizes[-1])])
    lines += [
        "",
        "Groups are made of all runs, not of those shown: runs that differ in the seed alone are found among "
        f"{most} in {first} of process time, and again in {again}.",
    ]
    return "\n".join([*lines, ""])


def _cell(seconds: list[float]) -> str:
    median, low, high = map(milliseconds, seconds)
    return f"{median} ({low} to {high})"


def _reached(seconds: float, slowness: float) -> str:
    if seconds <= TARGET:
        return "yes"
    return "no (yes)" if slowness > 1 and seconds / slowness <= TARGET else "no"


if __name__ == "__main__":
    measure_alone(measure, markdown)
