"""Which texts share a batch: in what order they train, and in what order they are evaluated."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Sampler

#: Steps whose texts are sorted by length together: enough for batches of like lengths, few enough that texts of all
#: lengths come throughout an epoch. As `LengthGroupedSampler` of `transformers` has it.
_STEPS_TOGETHER = 50


class LengthGroupedBatches(Sampler[list[int]]):
    """Batches of texts of like lengths, in an order that seed and epoch decide.

    The texts of one step are the same however many passes it is cut into. The last step of an epoch has what is left;
    no text comes twice in one. `lengths` (n): tokens of each text; `batch`: texts of a pass; `passes`: of a step.
    """

    def __init__(self, lengths: NDArray[np.int64], batch: int, passes: int, seed: int) -> None:
        self._lengths = lengths
        self._batch = batch
        self._step = batch * passes
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Order the texts as this epoch has them."""
        self._epoch = epoch

    def __len__(self) -> int:
        whole, rest = divmod(len(self._lengths), self._step)
        return whole * (self._step // self._batch) + -(-rest // self._batch)

    def __iter__(self) -> Iterator[list[int]]:
        for step in self._steps():
            for start in range(0, len(step), self._batch):
                yield step[start : start + self._batch].tolist()

    def _steps(self) -> list[NDArray[np.int64]]:
        draw = np.random.default_rng((self._seed, self._epoch))
        order = draw.permutation(len(self._lengths))
        whole, rest = divmod(len(order), self._step)
        drawn, last = order[: whole * self._step], order[whole * self._step :]
        together = self._step * min(_STEPS_TOGETHER, max(1, whole // 4))
        steps: list[NDArray[np.int64]] = []
        for start in range(0, len(drawn), together):
            part = longest_first(self._lengths, drawn[start : start + together])
            steps += np.split(part, len(part) // self._step)
        shuffled = [steps[place] for place in draw.permutation(len(steps))]
        return [*shuffled, longest_first(self._lengths, last)] if rest else shuffled


def longest_first(lengths: NDArray[np.int64], rows: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """Return rows (all, unless some are named) with the longest first; of equal ones the first."""
    chosen = np.arange(len(lengths)) if rows is None else rows
    return chosen[np.argsort(-lengths[chosen], kind="stable")]
