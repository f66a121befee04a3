"""Metrics of predictions: of the examples as they are, and of examples drawn again from them (the bootstrap).

Equal examples are one kind: of 25,000 reviews in two classes, judged by two runs, there are eight. A draw is how
often each kind comes, so it costs as much as there are kinds.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bertft_tui.core.store.predictions import Predictions

if TYPE_CHECKING:  # numpy costs a tenth of a second; only who asks for predictions pays it
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: Draws that a figure is told from: enough for a p-value of 0.0004. Where kinds are many they are fewer.
ROUNDS, FEWEST_ROUNDS, MOST_CELLS = 5_000, 1_000, 20_000_000

#: Draws that are held in memory at once, times the kinds.
_AT_ONCE = 2_000_000

_SEED = 20_231_117

#: A metric of weighted kinds: weights (draws, kinds) → values (draws,).
Statistic = Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class Sample:
    """The examples that some runs were evaluated on, as kinds of them, and a metric of each run.

    counts: (kinds,) how many examples are of each; strata: (kinds,) which part each is drawn within.
    """

    counts: "NDArray[np.int64]"
    strata: "NDArray[np.int64]"
    statistics: tuple[Statistic, ...]

    @property
    def values(self) -> tuple[float, ...]:
        """The metric of each run, of the examples as they are."""
        return tuple(float(statistic(self.counts[None, :])[0]) for statistic in self.statistics)

    def draws(self) -> "Floats":
        """The metric of each run for many draws, (runs, draws): as many examples again, within their strata.

        The same sample always gives the same draws.
        """
        import numpy as np

        parts = [[statistic(weights) for statistic in self.statistics] for weights in self._weights()]
        return np.concatenate([np.asarray(part, np.float64) for part in parts], axis=1)

    def _weights(self) -> "Iterator[NDArray[np.int64]]":
        import numpy as np

        draw, kinds = np.random.default_rng(_SEED), len(self.counts)
        left = max(FEWEST_ROUNDS, min(ROUNDS, MOST_CELLS // kinds))
        places = [np.flatnonzero(self.strata == stratum) for stratum in np.unique(self.strata)]
        while left:
            rounds = min(left, max(1, _AT_ONCE // kinds))
            weights = np.zeros((rounds, kinds), np.int64)
            for of in places:
                total = int(self.counts[of].sum())
                weights[:, of] = draw.multinomial(total, self.counts[of] / total, rounds)
            yield weights
            left -= rounds


def sample_of(runs: Sequence[Predictions], metric: str) -> Sample | None:
    """Put together what some runs say about the same n examples, in the same order, and a metric of each.

    `metric`: its plain name, `f1`. Examples of several classes are drawn within their class (stratified); those with
    any number of labels, and numbers, from all. None without examples, and for a metric that the task does not have.
    """
    if not runs or not len(runs[0]):
        return None
    kind = runs[0].problem_type
    if metric == "loss" or kind == "regression":
        return _of_each(runs, metric)
    if kind == "multi_label_classification":
        return _of_labels(runs, metric)
    return _of_classes(runs, metric)


def _of_classes(runs: Sequence[Predictions], metric: str) -> Sample | None:
    """One class of several: an example is its class, and what each run takes it for."""
    import numpy as np

    if (score := _CLASS_SCORES.get(metric)) is None:
        return None
    order = _same_order(runs)
    columns = np.stack([runs[0].label, *(runs[place].predicted for place in order)], 1)
    kinds, counts = np.unique(columns, axis=0, return_counts=True)
    one_of = np.eye(max(int(kinds.max()) + 1, *(run.probabilities.shape[1] for run in runs)))
    truth = one_of[kinds[:, 0]]
    said = [one_of[kinds[:, 1 + order.index(place)]] for place in range(len(runs))]
    return Sample(counts, kinds[:, 0], tuple(partial(_summed, score, _sums(truth, each)) for each in said))


def _same_order(runs: Sequence[Predictions]) -> list[int]:
    """The places of runs in an order that does not depend on theirs: A against B draws what B against A draws."""
    return sorted(range(len(runs)), key=lambda place: runs[place].predicted.tobytes())


def _of_labels(runs: Sequence[Predictions], metric: str) -> Sample | None:
    """Any number of labels: an example is its labels, and those that each run gives it."""
    import numpy as np

    if (score := _LABEL_SCORES.get(metric)) is None:
        return None
    labels = runs[0].label.shape[1]
    order = _same_order(runs)
    columns = np.concatenate([runs[0].label, *(runs[place].predicted for place in order)], 1)
    kinds, counts = np.unique(columns, axis=0, return_counts=True)
    truth, *parts = (kinds[:, at : at + labels].astype(np.float64) for at in range(0, kinds.shape[1], labels))
    said = [parts[order.index(place)] for place in range(len(runs))]
    scores = [partial(_summed, score, _sums(truth, each)) for each in said]
    return Sample(counts, np.zeros(len(counts), np.int64), tuple(scores))


def _sums(truth: "Floats", predicted: "Floats") -> "Floats":
    """What one example of each kind adds for each class: hit, predicted, true; and whether all of it is right."""
    import numpy as np

    right = (truth == predicted).all(axis=1, keepdims=True)
    return np.concatenate([truth * predicted, predicted, truth, right], 1)


def _summed(score: Callable[..., Any], cells: "Floats", weights: "NDArray[np.int64]") -> Any:
    """A metric of what the drawn examples add up to."""
    import numpy as np

    sums = weights @ cells
    hit, predicted, true = np.split(sums[:, :-1], 3, axis=1)
    return score(hit, predicted, true, sums[:, -1], weights.sum(axis=1))


def _share(above: Any, below: Any) -> Any:
    """A quotient; 0 where nothing is below, as scikit-learn's `zero_division=0`."""
    import numpy as np

    return np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below > 0)


def _mean_of_classes(shares: Any, predicted: Any, true: Any) -> Any:
    """The mean over the classes that are there or were predicted, as scikit-learn takes it."""
    there = (predicted + true) > 0
    return _share((shares * there).sum(axis=1), there.sum(axis=1))


def _accuracy(hit: Any, predicted: Any, true: Any, right: Any, n: Any) -> Any:
    return right / n


def _f1(hit: Any, predicted: Any, true: Any, right: Any, n: Any) -> Any:
    return _mean_of_classes(_share(2 * hit, predicted + true), predicted, true)


def _precision(hit: Any, predicted: Any, true: Any, right: Any, n: Any) -> Any:
    return _mean_of_classes(_share(hit, predicted), predicted, true)


def _recall(hit: Any, predicted: Any, true: Any, right: Any, n: Any) -> Any:
    return _mean_of_classes(_share(hit, true), predicted, true)


def _matthews(hit: Any, predicted: Any, true: Any, right: Any, n: Any) -> Any:
    """The correlation coefficient of several classes (Gorodkin 2004); 0 where one side has one class only."""
    import numpy as np

    covariance = right * n - (predicted * true).sum(axis=1)
    spread = (n**2.0 - (predicted**2).sum(axis=1)) * (n**2.0 - (true**2).sum(axis=1))
    return _share(covariance, np.sqrt(np.maximum(spread, 0)))


def _f1_micro(hit: Any, predicted: Any, true: Any, right: Any, n: Any) -> Any:
    return _share(2 * hit.sum(axis=1), (predicted + true).sum(axis=1))


def _f1_macro(hit: Any, predicted: Any, true: Any, right: Any, n: Any) -> Any:
    return _share(2 * hit, predicted + true).mean(axis=1)


_CLASS_SCORES: dict[str, Callable[..., Any]] = {
    "accuracy": _accuracy,
    "f1": _f1,
    "precision": _precision,
    "recall": _recall,
    "matthews_correlation": _matthews,
}

_LABEL_SCORES: dict[str, Callable[..., Any]] = {
    "subset_accuracy": _accuracy,
    "f1_micro": _f1_micro,
    "f1_macro": _f1_macro,
}


def _of_each(runs: Sequence[Predictions], metric: str) -> Sample | None:
    """Losses and numbers: each example is a kind of its own."""
    import numpy as np

    if runs[0].problem_type == "regression":
        if (score := _NUMBER_SCORES.get(metric)) is None:
            return None
        pairs = [(run.label.astype(np.float64), run.predicted.astype(np.float64)) for run in runs]
        scores = [partial(score, *pair) for pair in pairs]
    else:
        scores = [partial(_mean, _losses(run)) for run in runs]
    classes = runs[0].label if runs[0].problem_type == "single_label_classification" else np.zeros(len(runs[0]))
    return Sample(np.ones(len(runs[0]), np.int64), classes.astype(np.int64), tuple(scores))


def _losses(run: Predictions) -> "Floats":
    """The cross-entropy of each example, (n,): of several labels the mean of theirs."""
    import numpy as np

    shares = np.maximum(run.probabilities.astype(np.float64), np.finfo(np.float32).tiny)
    if run.problem_type == "single_label_classification":
        return np.asarray(-np.log(shares[np.arange(len(run)), run.label.astype(np.int64)]))
    others = np.maximum(1 - run.probabilities.astype(np.float64), np.finfo(np.float32).tiny)
    return np.asarray(-np.where(run.label.astype(bool), np.log(shares), np.log(others)).mean(axis=1))


def _mean(each: "Floats", weights: "NDArray[np.int64]") -> Any:
    return weights @ each / weights.sum(axis=1)


def _squared_error(true: "Floats", predicted: "Floats", weights: "NDArray[np.int64]") -> Any:
    return _mean((true - predicted) ** 2, weights)


def _pearson(true: "Floats", predicted: "Floats", weights: "NDArray[np.int64]") -> Any:
    """The correlation of weighted pairs, from values that are near 0 so that no figure is lost; NaN for constants."""
    import numpy as np

    x, y = true - true.mean(), predicted - predicted.mean()
    mean_x, mean_y = _mean(x, weights), _mean(y, weights)
    spread_x, spread_y = _mean(x * x, weights) - mean_x**2, _mean(y * y, weights) - mean_y**2
    below = np.sqrt(np.maximum(spread_x, 0) * np.maximum(spread_y, 0))
    above = _mean(x * y, weights) - mean_x * mean_y
    return np.divide(above, below, out=np.full(len(weights), np.nan), where=below > 0)


def _spearman(true: "Floats", predicted: "Floats", weights: "NDArray[np.int64]") -> Any:
    """Pearson's correlation of ranks, the mean one for equal values: those of a draw depend on all of it."""
    import numpy as np

    x, y = (np.unique(values, return_inverse=True)[1] for values in (true, predicted))
    return np.array([_pearson(_ranks(x, row), _ranks(y, row), row[None, :])[0] for row in weights])


def _ranks(place: "NDArray[np.intp]", weights: "NDArray[np.int64]") -> "Floats":
    """The mean rank of each value, (n,), by its place among them and how often it comes."""
    import numpy as np

    many = np.bincount(place, weights)
    return np.asarray((np.cumsum(many) - many + (many + 1) / 2)[place])


_NUMBER_SCORES: dict[str, Callable[..., Any]] = {
    "mse": _squared_error,
    "loss": _squared_error,
    "pearsonr": _pearson,
    "spearmanr": _spearman,
}
