"""How far a live run is: numbers and words, all pure functions of its record."""

import math

from bertft_tui.core.adjustments import in_words
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import clean, duration, number
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, FAINT, MUTED, WARNING, Glyphs
from bertft_tui.tui.widgets.braille import Span

#: The phases between which training goes to and fro.
_TRAINING = ("training", "evaluating", "saving")


def seconds_left(run: RunRecord, age: float = 0.0) -> float | None:
    """Estimate the seconds that a run still takes; `age` is how old the record is. None when unknown.

    Evaluations to come count as much as the last one took; before the first one nobody knows, and they do not count.
    """
    progress, training = run.progress, run.config.training
    if not progress.max_steps or not progress.samples_per_second or run.phase not in _TRAINING:
        return None
    texts, passes = training.cut
    left = (progress.max_steps - progress.step) * texts * passes / progress.samples_per_second
    measured = run.metrics.get("eval_runtime")
    if measured is not None and 0 < measured.last < math.inf:
        left += measured.last * evaluations_left(run, progress.max_steps)
    return max(0.0, left - age)


def evaluations_left(run: RunRecord, max_steps: int) -> float:
    """How many evaluations are to come; of one under way the share that is left.

    One that is due at the present step and not done yet counts, so that the estimate does not jump between the two.
    """
    step, training = run.progress.step, run.config.training
    by = {"epoch": run.progress.steps_per_epoch, "steps": training.eval_steps}
    every = max(1, int(by.get(training.eval_strategy) or max_steps))
    later = max_steps // every - step // every + (1 if max_steps % every and step < max_steps else 0)
    last = run.metrics.get("eval_loss")
    due = step > 0 and (step % every == 0 or step >= max_steps) and (last is None or last.last_step < step)
    if not due and run.phase != "evaluating":
        return later
    done = run.progress.evaluated
    return later + (1 - done[0] / done[1] if done and done[1] else 1)


def phase_words(run: RunRecord) -> str:
    """What a live run is doing: its phase, how far an evaluation or a download is, or what it was asked for."""
    if run.pending_request in ("stop", "cancel"):
        return "stopping…" if run.pending_request == "stop" else "cancelling…"
    if run.phase_detail:
        return clean(run.phase_detail)
    phase = run.phase or str(run.status)
    done = run.progress.evaluated
    return f"{phase} {done[0]}/{done[1]}" if phase == "evaluating" and done and done[1] else phase


def not_finite_words(run: RunRecord) -> str:
    """Since when a run's figures are no numbers; empty when they are."""
    return "" if run.not_finite_step is None else f"NaN at step {run.not_finite_step}"


def diverged_words(run: RunRecord) -> str:
    """Since when a run's loss is known to stay up; empty when it does not."""
    return "" if run.diverged_step is None else f"diverged at step {run.diverged_step}"


def health_words(run: RunRecord) -> str:
    """What is wrong with a run's figures, and since when; empty when nothing is."""
    return ", ".join(words for words in (not_finite_words(run), diverged_words(run)) if words)


def health_mark(run: RunRecord, shapes: Glyphs) -> Span:
    """What is wrong with a run's figures in one cell, NaN before a loss that stays up; blank when nothing is."""
    if run.not_finite_step is not None:
        return shapes.nan, ERROR
    return (" ", "") if run.diverged_step is None else (shapes.diverged, ERROR)


def epoch_words(run: RunRecord) -> str:
    """The epoch out of all: `1.4/2`; empty before the plan is known."""
    progress = run.progress
    total = run.epoch_of(progress.max_steps)
    epoch = progress.epoch if progress.epoch is not None else run.epoch_of(progress.step)
    if total is None or epoch is None:
        return ""
    return f"{epoch:.1f}/{number(round(total, 2), 3)}"


def bar(fraction: float, width: int, shapes: Glyphs) -> list[Span]:
    """A progress bar of exactly `width` cells; what is no number is nothing."""
    done = round(min(1.0, max(0.0, fraction)) * width)
    return [(shapes.bar[0] * done, ACCENT), (shapes.bar[1] * (width - done), FAINT)]


def progress_spans(run: RunRecord, age: float, width: int, shapes: Glyphs) -> list[Span]:
    """A live run in one line: bar, share, phase, epoch, throughput, time left; what fits into `width` cells."""
    room = width - 10
    fraction = run.fraction_done or 0.0
    speed = run.progress.samples_per_second
    left = seconds_left(run, age)
    step = f"step {run.progress.step}/{run.progress.max_steps}" if run.progress.max_steps else ""
    pieces = [
        (f"{fraction:4.0%}", BRIGHT),
        (not_finite_words(run), ERROR),
        (diverged_words(run), ERROR),
        (clean(phase_words(run), limit=max(8, room - 9)), WARNING if run.pending_request else ACCENT),
        (f"ETA {duration(left)}" if left is not None else "", BRIGHT),
        (f"epoch {epoch_words(run)}" if epoch_words(run) else "", MUTED),
        (f"{number(speed, 3)}/s" if speed else "", MUTED),
        (step, MUTED),
        (in_words(run.adjustments), MUTED),
    ]
    words: list[Span] = []
    for text, colour in pieces:
        if text and len(text) + 2 <= room:
            words.append((f"  {text}", colour))
            room -= len(text) + 2
    return bar(fraction, min(24, 10 + room), shapes) + words
