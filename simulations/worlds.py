"""Two classifiers on made-up texts: how often each is right is known, and how often both are wrong together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from bertft_tui.core.analysis.resampling import sample_of
from bertft_tui.core.store.predictions import Predictions

#: Texts that the true value of a metric is told from, in rounds of so many.
_TRUE_TEXTS, _TRUE_ROUNDS = 200_000, 5


@dataclass(frozen=True)
class World:
    """Texts of some classes, and two classifiers of them.

    counts: how many texts of each class are evaluated; the first class is the easiest. accuracy: of the first
    classifier; the second's is higher by `gain`. alike: which part of what makes a text hard is the same for both.
    """

    counts: tuple[int, ...]
    accuracy: float
    gain: float = 0.0
    alike: float = 0.6

    @property
    def n(self) -> int:
        """The texts of one evaluation."""
        return sum(self.counts)

    @property
    def words(self) -> str:
        """What the page calls it."""
        shares = "/".join(f"{count / self.n:.0%}".rstrip("%") for count in self.counts)
        gain = f", the other {self.gain:+.1%}" if self.gain else ""
        return f"{len(self.counts)} classes ({shares} %), {self.accuracy:.0%} right{gain}"

    def evaluated(self, draw: np.random.Generator) -> tuple[Predictions, Predictions]:
        """What both say about so many new texts."""
        label = np.repeat(np.arange(len(self.counts), dtype=np.int32), self.counts)
        easier = np.linspace(0.05, -0.05, len(self.counts))
        ease = easier - np.average(easier, weights=self.counts)
        shared, error = draw.standard_normal(self.n), self._errors(draw)
        limits = (norm.ppf(np.clip(self.accuracy + gain + ease, 0.001, 0.999))[label] for gain in (0.0, self.gain))
        first, second = (self._said(draw, label, shared=shared, error=error, limit=limit) for limit in limits)
        return first, second

    def _errors(self, draw: np.random.Generator) -> NDArray[np.int64]:
        return draw.integers(1, len(self.counts), self.n)

    def _said(
        self,
        draw: np.random.Generator,
        label: NDArray[np.int32],
        *,
        shared: NDArray[np.float64],
        error: NDArray[np.int64],
        limit: NDArray[np.float64],
    ) -> Predictions:
        """Right where a text is no harder than its limit; else another class, half of the time that of the other."""
        hard = np.sqrt(self.alike) * shared + np.sqrt(1 - self.alike) * draw.standard_normal(self.n)
        wrong = np.where(draw.random(self.n) < 0.5, error, self._errors(draw))
        predicted = np.where(hard < limit, label, (label + wrong) % len(self.counts)).astype(np.int32)
        return Predictions(0, label, predicted, self._shares(draw, predicted), np.arange(self.n, dtype=np.uint64))

    def _shares(self, draw: np.random.Generator, predicted: NDArray[np.int32]) -> NDArray[np.float32]:
        """How sure of it: from half to nearly certain; the rest goes to the other classes in equal parts."""
        sure = draw.uniform(0.55, 0.99, self.n)
        shares = np.repeat((1 - sure)[:, None] / (len(self.counts) - 1), len(self.counts), axis=1)
        shares[np.arange(self.n), predicted] = sure
        return shares.astype(np.float32)

    def truth(self, metric: str) -> tuple[float, float]:
        """The value that a metric of each classifier has on ever more texts with the same balance of classes."""
        times = max(1, _TRUE_TEXTS // self.n)
        many = World(tuple(count * times for count in self.counts), self.accuracy, self.gain, self.alike)
        draw = np.random.default_rng(99)
        found = []
        for _ in range(_TRUE_ROUNDS):
            sample = sample_of(many.evaluated(draw), metric)
            assert sample is not None
            found.append(sample.values)
        mine, theirs = np.mean(found, axis=0)
        return float(mine), float(theirs if self.gain else mine)
