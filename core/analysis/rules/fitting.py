"""Rules about how far a training went: beyond what helps, not far enough, or with too few texts."""

from bertft_tui.core.analysis.rules.curves import trend
from bertft_tui.core.analysis.rules.evidence import Evidence, Point, figure
from bertft_tui.core.analysis.rules.rule import Finding
from bertft_tui.core.analysis.rules.settings import longer, until
from bertft_tui.core.analysis.rules.thresholds import (
    BY_HEART,
    ERRORS,
    LAST_PART,
    MOVED,
    MOVED_OF_GUESS,
    TREND_ERRORS,
)


def overfitting(evidence: Evidence) -> Finding | None:
    """The evaluation's loss has risen from its lowest and stayed up, while the training loss went on falling."""
    run, points = evidence.run, _trained(evidence.eval_loss)
    if len(points) < 2:
        return None
    lowest, last = min(points, key=lambda point: point.value), points[-1]
    peak = max(point.value for point in points if point.step >= lowest.step)
    if not _moved(evidence, lowest.value, last.value) or _moved(evidence, last.value, peak):
        return None  # what falls again has been thrown back, by too high a learning rate for example
    part = _part(evidence)
    before, after = (evidence.level(each.step - part, each.step) for each in (lowest, last))
    if before is None or after is None or after >= before or _still_gained(evidence, lowest.step):
        return None
    words = (
        f"It overfits since {evidence.when(lowest.step)}: the evaluation loss rose from {figure(lowest.value)} there "
        f"to {figure(last.value)} at {evidence.when(last.step)}, while the training loss fell from {figure(before)} "
        f"to {figure(after)}."
    )
    return Finding(words, until(run.config, lowest.step, run.epoch_of(lowest.step)))


def still_improving(evidence: Evidence) -> Finding | None:
    """The last evaluation is the best, by more than chance; else a loss still falls."""
    if evidence.has_left_little:
        return None
    words = _rising_score(evidence) or _falling_eval_loss(evidence) or _falling_loss(evidence)
    return Finding(words, longer(evidence.run.config)) if words is not None else None


def training_set_limits(evidence: Evidence) -> Finding | None:
    """The training texts are learnt by heart, the others are not, and there may be more of the first."""
    run, size = evidence.run, evidence.run.config.data.train_size
    if size == "all" or run.train_rows is None or run.config.training.class_weights != "none":
        return None
    best, points = evidence.best, _trained(evidence.eval_loss)
    if best is None or not points or evidence.has_left_little:
        return None
    evaluated = min(points, key=lambda point: abs(point.step - best.step)).value
    last = evidence.loss[-1].step if evidence.loss else 0
    trained = evidence.level(last * (1 - LAST_PART), last)
    if trained is None or trained > BY_HEART * evaluated or evaluated - trained < MOVED_OF_GUESS * evidence.guess:
        return None
    words = (
        f"The training set limits more than the model: on its {run.train_rows:,} texts the loss is {figure(trained)} "
        f"at the end, on the evaluation texts {figure(evaluated)}."
    )
    return Finding(words, {"data.train_size": 2 * size})


def _rising_score(evidence: Evidence) -> str | None:
    points, run = _trained(evidence.scores), evidence.run
    if len(points) < 2 or not _is_last(evidence, points[-1]) or evidence.best != points[-1]:
        return None
    there, last = _an_epoch_before(evidence, points), points[-1]
    earlier = max(
        (point for point in points if point.step <= there.step), key=lambda each: evidence.sign * each.value
    )
    error = evidence.error_of((earlier.value + last.value) / 2)
    if error is None or abs(last.value - earlier.value) <= ERRORS * error:
        return None
    return (
        f"It still improved at the end: {run.best_metric} went from {earlier.value:.3f} at "
        f"{evidence.when(earlier.step)} to {last.value:.3f} at {evidence.when(last.step)}; on {run.eval_rows:,} "
        f"texts {ERRORS * error:.3f} may be chance."
    )


def _falling_eval_loss(evidence: Evidence) -> str | None:
    points = _trained(evidence.eval_loss)
    if len(points) < 2 or not _is_last(evidence, points[-1]):
        return None
    earlier, last = _an_epoch_before(evidence, points), points[-1]
    if last.value > min(point.value for point in points) or not _moved(evidence, last.value, earlier.value):
        return None
    return (
        f"The evaluation loss still fell at the end: from {figure(earlier.value)} at {evidence.when(earlier.step)} "
        f"to {figure(last.value)} at {evidence.when(last.step)}."
    )


def _falling_loss(evidence: Evidence) -> str | None:
    """The training loss over the last half, where no two evaluations tell, while it is above half of guessing's."""
    if not evidence.loss or len(_trained(evidence.eval_loss)) > 1:
        return None
    last = evidence.loss[-1].step
    line = trend([point for point in evidence.loss if 2 * point.step >= last])
    if line is None or line.errors > -TREND_ERRORS or line.end < evidence.guess / 2:
        return None
    if not _moved(evidence, line.end, line.start):
        return None
    return (
        f"The training loss still fell at the end: a line through the last half of its {last:,} steps goes from "
        f"{figure(line.start)} to {figure(line.end)}."
    )


def _still_gained(evidence: Evidence, since: int) -> bool:
    """Whether the metric has gone on to improve by more than chance behind a step."""
    best = evidence.best
    then = next((value for step, value in evidence.scores if step == since), None)
    if best is None or then is None or best.step <= since:
        return False
    error = evidence.error_of((then + best.value) / 2)
    return error is not None and evidence.sign * (best.value - then) > ERRORS * error


def _moved(evidence: Evidence, low: float, high: float) -> bool:
    """Whether a loss lies above another by so much that it matters."""
    return high - low > MOVED * abs(low) and high - low > MOVED_OF_GUESS * evidence.guess


def _trained(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Evaluations of a model that has been trained: not the one before the first step."""
    return tuple(point for point in points if point.step > 0)


def _is_last(evidence: Evidence, point: Point) -> bool:
    return point.step >= evidence.run.progress.step > 0


def _an_epoch_before(evidence: Evidence, points: tuple[Point, ...]) -> Point:
    """The evaluation that lies nearest to an epoch before the last one; of at least two."""
    last, epoch = points[-1], evidence.run.progress.steps_per_epoch or 0
    return min(points[:-1], key=lambda point: (abs(last.step - epoch - point.step), -point.step))


def _part(evidence: Evidence) -> float:
    """The steps over which the training loss at a step is taken: half an epoch, at least a tenth of all."""
    return max((evidence.run.progress.steps_per_epoch or 0) / 2, evidence.run.progress.step / 10)
