"""Whether a run is as sure as it should be: reliability, ECE, Brier score, and what a temperature would mend.

Of one class for each text every example is a decision, and its confidence is the probability of the class that was
predicted. Of several labels every label of every example is one, and what is looked at is the probability that the
label is there.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bertft_tui.core.analysis.classes import check_classes, is_right
from bertft_tui.core.analysis.intervals import Interval, wilson
from bertft_tui.core.errors import InputError
from bertft_tui.core.store.predictions import Predictions

if TYPE_CHECKING:  # numpy costs a tenth of a second; only who asks for a report pays it
    import numpy as np
    from numpy.typing import NDArray

#: Bins of equal width over the confidence.
BINS = 10

#: Parts that a temperature is fitted without, one after the other, and scored on.
FOLDS = 5

#: Of fewer examples a temperature would tell more about them than about the model.
FEWEST = 50

#: Temperatures that are tried; outside of them the probabilities say nothing, or everything.
COLDEST, HOTTEST = 0.05, 20.0

#: The search ends a little before its bounds.
_AT_BOUND = 1.02

#: Digits to which tenths of a confidence are told apart: float32 writes 0.1 as 0.10000000149.
_DIGITS = 6

#: Of a label's probability only the float32 is known, so that what it lacks of 1 is known to half of their distance.
_NEXT_TO_ONE = 2.0**-25


@dataclass(frozen=True)
class Bin:
    """The decisions whose confidence lies above `low`, up to `high`; the first bin has 0 too."""

    low: float
    high: float
    count: int
    confidence: float | None  # their mean; None without any
    observed: float | None  # the share that was right; with several labels, that have the label
    interval: Interval | None = None  # of that share; with several labels none: those of one text go together


@dataclass(frozen=True)
class Scores:
    """How well probabilities fit what is true; less is better."""

    ece: float  # expected calibration error, 0 to 1
    nll: float  # mean negative log-likelihood, in nats
    brier: float  # of one class: summed over all classes, 0 to 2; of several labels: for each decision, 0 to 1


@dataclass(frozen=True)
class Temperature:
    """What dividing the logits by one number would bring."""

    value: float  # fitted on all examples: the one to use
    folds: int
    after: Scores  # every example with a temperature that was fitted on the others' folds
    at_bound: bool  # a more extreme one would fit still better


@dataclass(frozen=True)
class Calibration:
    """The reliability of a run's probabilities. `temperature`: None of too few examples."""

    n: int  # examples that were looked at
    decisions: int  # n, or n times the number of labels
    left_out: int  # examples whose probabilities are no numbers
    bins: tuple[Bin, ...]
    scores: Scores
    temperature: Temperature | None

    @property
    def is_mended(self) -> bool:
        """Whether a temperature makes probabilities fit better, also on texts that it was not fitted on."""
        return self.temperature is not None and self.temperature.after.nll < self.scores.nll


@dataclass(frozen=True, eq=False)
class _Decisions:
    """n examples with what is true, log probabilities, and what a confidence is held against.

    truth: class ids (n,), or 0 and 1 for each label (n, k): places on the last axis of `logs`; logs: (n, k), or of
    each label that it is not there, and that it is (n, k, 2); hits: (n,) whether the class was right, or (n, k)
    whether the label is there.
    """

    truth: "NDArray[np.int64]"
    logs: "NDArray[np.float64]"
    hits: "NDArray[np.bool_]"

    def take(self, kept: "NDArray[np.bool_]") -> "_Decisions":
        return _Decisions(self.truth[kept], self.logs[kept], self.hits[kept])

    def nll(self, temperature: float = 1.0) -> float:
        """The mean negative log-likelihood of a decision, in nats."""
        import numpy as np

        logs = _warmed(self.logs, temperature)
        return abs(float(np.take_along_axis(logs, self.truth[..., None], axis=-1).mean()))


def calibration(said: Predictions, labels: tuple[str, ...], seed: int = 0) -> Calibration:
    """Hold probabilities against what is true. `seed`: of the folds that temperatures are fitted on.

    Raises InputError for numbers, which have no probabilities, and where no probability is a number.
    """
    import numpy as np

    check_classes(said, labels)
    finite = np.asarray(np.isfinite(said.probabilities).all(axis=1))
    if not finite.any():
        raise InputError(
            "There are no probabilities",
            f"Of the {len(said):,} examples none has probabilities that are numbers: the training went wrong.",
            "`bertft-tui show RUN` says what happened to it.",
        )
    every = _decisions(said).take(finite)
    n = len(every.truth)
    bins, scores = _judged(every)
    temperature = _temperature(every, seed) if n >= FEWEST else None
    return Calibration(n, every.truth.size, len(said) - n, bins, scores, temperature)


def _decisions(said: Predictions) -> _Decisions:
    """A probability that float32 rounds to zero is as small as it can be: none is infinitely unlikely."""
    import numpy as np

    truth, shares = said.label.astype(np.int64), said.probabilities.astype(np.float64)
    least = float(np.finfo(np.float32).tiny)
    if said.problem_type != "multi_label_classification":
        return _Decisions(truth, np.log(shares.clip(least)), is_right(said))
    shares = shares.clip(least, 1 - _NEXT_TO_ONE)
    return _Decisions(truth, np.stack([np.log1p(-shares), np.log(shares)], axis=-1), truth == 1)


def _warmed(logs: "NDArray[np.float64]", temperature: float) -> "NDArray[np.float64]":
    """Divide logits by a temperature: log softmax(log p / T) over the last axis."""
    import numpy as np

    scaled = logs / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    return np.asarray(scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True)))


def _judged(every: _Decisions) -> tuple[tuple[Bin, ...], Scores]:
    """Return reliability bins and scores.

    ECE: the mean distance of confidence and share, weighted by the bins' counts (Guo et al., On Calibration of Modern
    Neural Networks, 2017). Brier score: squared differences summed over all classes, as Brier wrote it (1950); of a
    label its probability alone counts.
    """
    import numpy as np

    shares = np.exp(every.logs)
    if every.truth.ndim == 1:
        confidence = shares.max(axis=-1)
        wanted = np.zeros_like(shares)
        np.put_along_axis(wanted, every.truth[:, None], 1.0, axis=-1)
        squares = ((shares - wanted) ** 2).sum(axis=-1)
    else:
        confidence = shares[..., 1].reshape(-1)
        squares = (confidence - every.truth.reshape(-1)) ** 2
    place = np.ceil(np.round(confidence * BINS, _DIGITS)).astype(np.int64).clip(1, BINS) - 1
    counts = np.bincount(place, minlength=BINS)
    sure = np.bincount(place, weights=confidence, minlength=BINS)
    right = np.bincount(place, weights=every.hits.reshape(-1), minlength=BINS)
    ece = float(np.abs(sure - right).sum() / counts.sum())
    apart = every.truth.ndim == 1
    bins = tuple(_bin(*each, apart=apart) for each in zip(range(BINS), counts.tolist(), sure, right, strict=True))
    return bins, Scores(ece, every.nll(), float(squares.mean()))


def _bin(number: int, count: int, sure: float, right: float, *, apart: bool) -> Bin:
    """Make a bin of sums. `apart`: its decisions are about different texts."""
    low, high = number / BINS, (number + 1) / BINS
    if not count:
        return Bin(low, high, 0, None, None)
    interval = wilson(round(right), count) if apart else None
    return Bin(low, high, count, float(sure / count), float(right / count), interval)


def _temperature(every: _Decisions, seed: int) -> Temperature:
    """Fit a temperature (Guo et al. 2017), and score it on examples that it was not fitted on."""
    import numpy as np

    fold = np.random.default_rng(seed).permutation(len(every.truth)) % FOLDS
    warmed = np.empty_like(every.logs)
    for number in range(FOLDS):
        own = fold == number
        warmed[own] = _warmed(every.logs[own], _fitted(every.take(~own)))
    value = _fitted(every)
    at_bound = not _AT_BOUND * COLDEST < value < HOTTEST / _AT_BOUND
    return Temperature(value, FOLDS, _judged(_Decisions(every.truth, warmed, every.hits))[1], at_bound)


def _fitted(some: _Decisions) -> float:
    """Return the temperature with the least negative log-likelihood: there is one minimum, it is convex in 1/T."""
    from scipy.optimize import minimize_scalar

    bounds = (math.log(COLDEST), math.log(HOTTEST))
    found = minimize_scalar(lambda log_t: some.nll(math.exp(log_t)), bounds=bounds, method="bounded")
    return math.exp(float(found.x))
