"""The columns that are always offered: what stands in each, and which give way when the terminal is narrow."""

import math
from collections.abc import Callable
from functools import partial

from bertft_tui.core.analysis.intervals import interval_of_best
from bertft_tui.core.metric_names import direction_of, evaluation_name
from bertft_tui.core.store.grouping import Group
from bertft_tui.core.store.records import MetricSummary, RunRecord
from bertft_tui.tui.baseline import difference_text
from bertft_tui.tui.columns.column import RunColumn, View
from bertft_tui.tui.difference_words import MARKS, half_width
from bertft_tui.tui.format import NOTHING, START, clean, duration, metric, moment, number, size
from bertft_tui.tui.glyphs import BRIGHT, TEXT, glyphs
from bertft_tui.tui.metric_choice import mark_of, metric_of


def _summary(run: RunRecord, view: View) -> MetricSummary | None:
    return run.metrics.get(evaluation_name(metric_of(run, view.metric)))


def _best(run: RunRecord, view: View) -> float | None:
    summary = _summary(run, view)
    return summary.best if summary else None


def _best_epoch(run: RunRecord, view: View) -> float | None:
    summary = _summary(run, view)
    return run.epoch_of(summary.best_step) if summary else None


def _epoch_text(epoch: float | None) -> str:
    if epoch is None:
        return NOTHING
    return number(round(epoch, 1), 3) if epoch else START


def _known(value: float | None) -> float:
    """What runs without a value are sorted behind."""
    return math.inf if value is None else value


def _last(run: RunRecord, view: View) -> float | None:
    summary = _summary(run, view)
    return summary.last if summary else None


def _better_first(value: Callable[[RunRecord, View], float | None]) -> Callable[[RunRecord, View], float]:
    """Order by a metric, better values first, runs without one last."""

    def order(run: RunRecord, view: View) -> float:
        found = value(run, view)
        if found is None or math.isnan(found):
            return math.inf
        return found if direction_of(metric_of(run, view.metric)) == "down" else -found

    return order


def _best_text(run: RunRecord, view: View) -> str:
    """The best value, with a mark when the rows that it was measured on also chose it."""
    summary = _summary(run, view)
    if summary is None:
        return NOTHING
    return f"{metric(summary.best)}{mark_of(summary) or ' '}{view.unlike(run)}"


def _spread_text(run: RunRecord, view: View) -> str:
    """Half of the interval of the best value: of an accuracy at once, of other metrics when it was computed."""
    summary = _summary(run, view)
    known = view.standing(run).interval or (interval_of_best(run, summary.name) if summary is not None else None)
    return half_width(known) or NOTHING


def _difference_text(run: RunRecord, view: View) -> str:
    """The difference to the baseline, and the mark of what it comes to where that was tested."""
    text, pair = difference_text(run, view.baseline, view.metric), view.standing(run).pair
    return text if pair is None else f"{text} {MARKS[pair.decision]}"


def tail_of(name: str) -> str:
    """The last part of a Hub id or a path."""
    return clean(name.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or name, limit=40)


def _rows(run: RunRecord) -> str:
    return number(run.train_rows) if run.train_rows is not None else str(run.config.data.train_size)


def _seconds(run: RunRecord, view: View) -> float | None:
    return run.duration_seconds + view.age(run) if run.started_at is not None else None


def _size_on_disk(run: RunRecord, view: View) -> str:
    return size(view.held.get(run.id))


def _shared(name: str, text: Callable[[str], str]) -> Callable[[Group], str]:
    """The value that all runs of a group have; nothing where they differ."""
    return lambda group: text(group.shared[name]) if name in group.shared else ""


def spread_of(group: Group) -> str:
    """Mean ± standard deviation of the best values, and of how many where not all have one."""
    if group.mean is None:
        return NOTHING
    spread = "" if group.std is None else f" {glyphs().plus_minus}{metric(group.std)}"
    of = "" if group.measured == group.n else f" of {group.measured}"
    return f"{metric(group.mean)}{spread}{of}"


def ends_of(group: Group) -> str:
    """The worst and the best of several best values; nothing of one."""
    if group.measured < 2 or group.worst is None or group.best is None:
        return ""
    return f"{metric(group.worst)} – {metric(group.best)}"


BUILTIN: tuple[RunColumn, ...] = (
    RunColumn(
        "name", "name",
        lambda run, view: clean(run.name, limit=300),
        BRIGHT, right=False, sort="name",
        order=lambda run, view: run.name.casefold(),
        help="what the run is called",
    ),
    RunColumn(
        "experiment", "experiment",
        lambda run, view: clean(run.experiment or NOTHING, limit=40),
        right=False, hides=True, gives_way=12, sort="experiment", only="runs",
        group=_shared("experiment", partial(clean, limit=40)),
        help="the group of runs it belongs to",
    ),
    RunColumn(
        "model", "model",
        lambda run, view: tail_of(run.config.model.name_or_path),
        right=False, gives_way=8, sort="model", group=_shared("model", tail_of),
        order=lambda run, view: run.config.model.name_or_path,
        help="the pretrained model",
    ),
    RunColumn(
        "data", "data",
        lambda run, view: tail_of(run.config.data.dataset),
        right=False, gives_way=10, sort="data", group=_shared("data", tail_of),
        order=lambda run, view: run.config.data.dataset,
        help="the data set",
    ),
    RunColumn(
        "train_rows", "texts",
        lambda run, view: _rows(run), gives_way=9, sort="train_rows",
        group=_shared("train_rows", lambda text: number(float(text))),
        order=lambda run, view: -(run.train_rows or 0),
        help="how many texts it is trained on",
    ),
    RunColumn(
        "batch_size", "batch_size",
        lambda run, view: number(run.config.training.effective_batch),
        gives_way=2, sort="batch_size", only="runs",
        help="how many texts make a step",
    ),
    RunColumn(
        "best", "best", _best_text, BRIGHT, sort="best", order=_better_first(_best), group=spread_of,
        help="the best value of the chosen metric; of a group mean and deviation",
    ),
    RunColumn(
        "ends", "worst – best", lambda run, view: "", hides=True, gives_way=3, only="runs", group=ends_of,
        help="of a group the worst and the best value; nothing of a run",
    ),
    RunColumn(
        "interval", "95 %", _spread_text, hides=True, gives_way=1, only="runs",
        help="half of the best value's 95 % interval: so far it may be off",
    ),
    RunColumn(
        "difference", "Δ base", _difference_text, TEXT, hides=True, gives_way=2, only="runs",
        help="the best value against the baseline's (p), in points; + better, − worse, = a tie, ? undecided",
    ),
    RunColumn(
        "epoch", "at",
        lambda run, view: _epoch_text(_best_epoch(run, view)),
        gives_way=6, sort="best_epoch", order=lambda run, view: _known(_best_epoch(run, view)),
        help=f"the epoch of the best value; {START}: before training",
    ),
    RunColumn(
        "last", "last", lambda run, view: metric(_last(run, view)), TEXT,
        gives_way=4, sort="last", order=_better_first(_last), group=lambda group: metric(group.last),
        help="the last value of the chosen metric; of a group the mean",
    ),
    RunColumn(
        "duration", "time", lambda run, view: duration(_seconds(run, view)),
        gives_way=3, sort="duration", only="runs", ticks=True, group=lambda group: duration(group.seconds),
        help="how long it trained, all attempts together; of a group the mean",
    ),
    RunColumn(
        "device", "device", lambda run, view: clean(run.device or NOTHING, limit=20),
        right=False, gives_way=7, sort="device", only="runs", group=_shared("device", partial(clean, limit=20)),
        help="what it runs on",
    ),
    RunColumn(
        "created", "created", lambda run, view: moment(run.created_at),
        gives_way=13, sort="created", only="runs", ticks=True,
        help="when it was launched",
    ),
    RunColumn(
        "tags", "tags", lambda run, view: clean(" ".join(f"#{tag}" for tag in run.tags), limit=60),
        right=False, hides=True, gives_way=11, only="runs",
        help="its tags",
    ),
    RunColumn(
        "note", "note", lambda run, view: clean(run.note, limit=60),
        right=False, hides=True, gives_way=14, only="runs",
        help="the beginning of its note",
    ),
    RunColumn(
        "held", "on disk", _size_on_disk, BRIGHT, only="trash",
        order=lambda run, view: -(view.held.get(run.id) or 0),
    ),
    RunColumn(
        "disk", "disk", _size_on_disk, gives_way=5, only="runs",
        help="what its directory holds on the disk",
    ),
    RunColumn(
        "deleted", "deleted", lambda run, view: moment(run.trashed_at or 0.0),
        gives_way=4, only="trash", ticks=True,
        order=lambda run, view: -(run.trashed_at or 0.0),
    ),
)  # fmt: skip
