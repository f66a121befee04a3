"""A run in words: pure functions from its record to lines of safe Content."""

from collections.abc import Mapping

from textual.content import Content

from bertft_tui.core.adjustments import in_words
from bertft_tui.core.analysis.intervals import Interval
from bertft_tui.core.errors import Problem
from bertft_tui.core.metric_names import METRICS, evaluation_name
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.value_text import format_value
from bertft_tui.tui.describe_baseline import baseline_block
from bertft_tui.tui.describe_verdict import against_baseline, verdict_block
from bertft_tui.tui.device_words import device_words
from bertft_tui.tui.difference_words import half_width
from bertft_tui.tui.differences import differences
from bertft_tui.tui.format import NOTHING, START, clean, content, duration, metric, moment, number
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, FAINT, MUTED, STATUS_COLOURS, TEXT, WARNING, glyphs
from bertft_tui.tui.in_app import in_app
from bertft_tui.tui.interests.sure import intervals_in
from bertft_tui.tui.metric_choice import mark_of, mark_words
from bertft_tui.tui.progress import diverged_words, not_finite_words
from bertft_tui.tui.snapshot import Snapshot

#: Changed settings shown beside the table; the run's own screen shows all.
_MAX_CHANGES = 12

#: Sentences of the verdict shown beside the table: what was reached, and what matters most.
_SENTENCES = 2

#: Cells of a metric's name in the small table. With the longest name it is 44 cells wide: what a terminal of 120
#: leaves beside the table of runs.
_NAMES = 22

NEW_LINE = Content("\n")


def heading(run: RunRecord) -> Content:
    """Glyph and whole name."""
    return Content.assemble(
        (f"{glyphs().status[run.status]} ", STATUS_COLOURS[run.status]),
        content(run.name, f"{BRIGHT} bold", limit=300),
    )


def status_line(run: RunRecord, snapshot: Snapshot) -> Content:
    """Status, since when or how long, and what waits."""
    parts: list[Content] = [Content.styled(str(run.status), STATUS_COLOURS[run.status])]
    if run.status is RunStatus.QUEUED:
        parts.append(Content.styled(_queue_words(run, snapshot), MUTED))
    elif run.started_at is not None:
        parts.append(
            Content.styled(
                f"{'for' if run.status.is_alive else 'after'} {duration(run.duration_seconds + snapshot.age(run))}",
                TEXT,
            )
        )
        parts.append(Content.styled(moment(run.started_at), MUTED))
    if run.trashed_at is not None:
        parts.append(Content.styled("in the trash", WARNING))
    if run.attempt > 1:
        parts.append(Content.styled(f"attempt {run.attempt}", MUTED))
    parts.append(Content.styled(run.id, FAINT))
    return Content("  ").join(parts)


def _queue_words(run: RunRecord, snapshot: Snapshot) -> str:
    waiting = snapshot.queue.waiting
    place = waiting.index(run.id) + 1 if run.id in waiting else 0
    turn = f"{place} of {len(waiting)}" if place else "waits"
    return f"{turn}, the queue is paused" if snapshot.queue.paused else turn


def problem_block(problem: Problem, colour: str = ERROR) -> Content:
    """An error or warning with its three parts, a line each; what is to be done with the keys of the app."""
    lines = [content(problem.title, f"{colour} bold"), content(problem.message, TEXT, lines=True)]
    if problem.hint:
        lines.append(content(in_app(problem.hint), ACCENT, lines=True))
    return NEW_LINE.join(lines)


def turns_block(run: RunRecord) -> Content | None:
    """What did not go as it was asked for: NaN, divergence, what attempts changed to go on; None without any."""
    lines = []
    if words := not_finite_words(run):
        how = "Loss or gradient was NaN or infinite there; such a value is never the best."
        lines.append(Content.assemble((f"{glyphs().nan} {words}  ", ERROR), (how, MUTED)))
    if words := diverged_words(run):
        how = "The loss had risen far by then and stayed up; the events say how far."
        lines.append(Content.assemble((f"{glyphs().diverged} {words}  ", ERROR), (how, MUTED)))
    if run.adjustments:
        lines.append(content(in_words(run.adjustments), WARNING))
    return NEW_LINE.join(lines) if lines else None


def device_block(run: RunRecord) -> Content | None:
    """The device and why it was chosen; None before a run has one."""
    if run.device is None:
        return None
    device, rest = run.device, device_words(run).removeprefix(run.device)
    return Content.assemble(content(device, TEXT), content(rest, MUTED))


def difference_block(run: RunRecord, snapshot: Snapshot) -> Content:
    """The settings in which a run differs from what it came from."""
    found = differences(run, snapshot)
    if not found.changes:
        return Content.assemble(("as ", MUTED), content(found.origin, TEXT, limit=200))
    lines = [Content.assemble(("differs from ", MUTED), content(found.origin, TEXT, limit=200))]
    width = max(len(change.name) for change in found.changes[:_MAX_CHANGES])
    for change in found.changes[:_MAX_CHANGES]:
        old, new = (format_value(value) or NOTHING for value in (change.old, change.new))
        lines.append(
            Content.assemble(
                (f"  {change.name.ljust(width)}  ", MUTED), content(f"{old} → ", MUTED), content(new, BRIGHT)
            )
        )
    if len(found.changes) > _MAX_CHANGES:
        lines.append(Content.styled(f"  and {len(found.changes) - _MAX_CHANGES} more", MUTED))
    return NEW_LINE.join(lines)


def data_block(run: RunRecord) -> Content | None:
    """How many rows, and which classes; None before the data was read."""
    if run.train_rows is None:
        return None
    names = [clean(label, limit=30) for label in run.labels[:8]]
    more = ", …" if len(run.labels) > len(names) else ""
    classes = f", {len(run.labels)} classes: {', '.join(names)}{more}" if names else ""
    rows = f"{number(run.train_rows)} texts to train on, {number(run.eval_rows)} to evaluate"
    return Content.assemble((rows, TEXT), (classes, MUTED))


def metrics_block(run: RunRecord, intervals: Mapping[str, Interval], *, narrow: bool = False) -> Content | None:
    """Best and last of every evaluation metric, in a small table; None before the first evaluation.

    `intervals`: how sure the best values are, as far as that is known by now. `narrow`: they stand in the place of
    the last values.
    """
    names = [*METRICS, "loss", *(f"test_{name}" for name in (*METRICS, "loss"))]
    found = [(name, run.metrics[evaluation_name(name)]) for name in names if evaluation_name(name) in run.metrics]
    if not found:
        return None
    longest = max(len(name) for name, _ in found)
    indent = "  " if longest <= _NAMES - 2 else ""
    width = max(_NAMES, longest)
    before = any(summary.best_step == 0 for _, summary in found)
    at = len(START) + 1 if before else 4
    spreads = {name: half_width(intervals.get(evaluation_name(name))) for name, _ in found}
    room = max(map(len, spreads.values()))
    has_last = not (narrow and room)
    heads = f"{'evaluation':{width}}{'best':>7} {'95 %' if room else '':>{room}}{'at':>{at}}"
    lines = [Content.styled(heads + (f"{'last':>7}" if has_last else ""), MUTED)]
    for name, summary in found:
        epoch = run.epoch_of(summary.best_step)
        where = START if summary.best_step == 0 else f"{epoch:.3g}" if epoch is not None else NOTHING
        last = f"{metric(summary.last):>7}" if has_last else ""
        lines.append(
            Content.assemble(
                (f"{indent + name:{width}}", TEXT),
                (f"{metric(summary.best):>7}", BRIGHT),
                (f"{mark_of(summary) or ' '}{spreads[name]:>{room}}{where:>{at}}{last}", MUTED),
            )
        )
    if before:
        lines.append(Content.styled(f"  {START}: before training", MUTED))
    if any(summary.is_selected for _, summary in found):
        lines.append(Content.styled(f"  {mark_words()}", MUTED))
    return NEW_LINE.join(lines)


def said_block(run: RunRecord) -> Content | None:
    """Tags and note; None when nothing was said."""
    lines = []
    if run.tags:
        lines.append(content(" ".join(f"#{tag}" for tag in run.tags), ACCENT, limit=300))
    if run.note:
        lines.append(content(run.note, TEXT, lines=True))
    return NEW_LINE.join(lines) if lines else None


def run_blocks(run: RunRecord, snapshot: Snapshot, choice: str) -> Content:
    """All that stands under the charts of the highlighted run; `choice`: the metric."""
    baseline = snapshot.baseline
    blocks = [
        problem_block(run.error) if run.error is not None else None,
        turns_block(run),
        said_block(run),
        verdict_block(run, snapshot, _SENTENCES),
        baseline_block(run, baseline, choice, against_baseline(run, snapshot)),
        difference_block(run, snapshot) if baseline is None or baseline.id == run.id else None,
        metrics_block(run, intervals_in(snapshot.answers, run), narrow=True),
        data_block(run),
        device_block(run),
    ]
    return Content("\n\n").join([block for block in blocks if block is not None])
