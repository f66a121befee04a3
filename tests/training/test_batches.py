"""Like lengths share a batch, every text comes once an epoch, and seed and epoch alone decide the order."""

import numpy as np
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bertft_tui.core.config import RunConfig
from bertft_tui.core.training.data.batches import LengthGroupedBatches, longest_first
from bertft_tui.core.training.data.lengths import saved_by_padding

_LENGTHS = st.lists(st.integers(1, 512), min_size=1, max_size=300).map(np.array)


@given(_LENGTHS, st.integers(1, 16), st.integers(1, 4), st.integers(0, 5))
@examples(80)
def test_each_text_once(lengths: NDArray[np.int64], batch: int, passes: int, epoch: int) -> None:
    """All texts come once; only the last step is smaller, and as many batches come as were announced."""
    batches = LengthGroupedBatches(lengths, batch, passes, seed=1)
    batches.set_epoch(epoch)
    found = list(batches)
    assert sorted(row for each in found for row in each) == list(range(len(lengths)))
    assert len(found) == len(batches)
    whole = len(lengths) // (batch * passes) * passes
    assert all(len(each) == batch for each in found[:whole])
    assert list(batches) == found


@given(_LENGTHS, st.integers(0, 3))
@examples(40)
def test_a_step_is_the_same_however_it_is_cut(lengths: NDArray[np.int64], seed: int) -> None:
    """8 × 1, 4 × 2 and 2 × 4 have the same texts in each step, the last one included."""
    steps = []
    for batch, passes in ((8, 1), (4, 2), (2, 4)):
        found = list(LengthGroupedBatches(lengths, batch, passes, seed))
        cut = [found[start : start + passes] for start in range(0, len(found), passes)]
        steps.append([sorted(row for each in step for row in each) for step in cut])
    assert steps[0] == steps[1] == steps[2]


def test_epochs_and_seeds_differ() -> None:
    """Another epoch or another seed means other batches; the same ones come again."""
    lengths = np.random.default_rng(1).integers(5, 200, 400)
    orders = {}
    for seed, epoch in ((1, 0), (1, 1), (2, 0), (2, 1)):
        batches = LengthGroupedBatches(lengths, 8, 1, seed)
        batches.set_epoch(epoch)
        orders[seed, epoch] = tuple(map(tuple, batches))
    assert len(set(orders.values())) == 4


def test_little_is_padded() -> None:
    """Of texts with lengths as reviews have them, a random order pads more than a fifth, and this one a twentieth."""
    draw = np.random.default_rng(2)
    lengths = np.clip(draw.lognormal(5, 0.6, 2000), 10, 512).astype(np.int64)

    def padded(batches: list[list[int]]) -> float:
        used = sum(len(each) * lengths[each].max() for each in batches)
        return float(1 - lengths.sum() / used)

    shuffled = draw.permutation(len(lengths)).reshape(-1, 8).tolist()
    assert padded(shuffled) > 0.2
    assert padded(list(LengthGroupedBatches(lengths, 8, 1, seed=1))) < 0.05


def test_the_longest_first() -> None:
    """The longest first, of equal ones the first; also among some rows only."""
    lengths = np.array([3, 9, 5, 9, 1])
    assert longest_first(lengths).tolist() == [1, 3, 2, 0, 4]
    assert longest_first(lengths, np.array([4, 3, 0])).tolist() == [3, 0, 4]


def test_what_a_form_says_is_saved() -> None:
    """The share that padding to a batch's longest text saves is that of the batches which a run would have."""
    draw = np.random.default_rng(2)
    lengths = np.clip(draw.lognormal(5, 0.6, 2000), 10, 900).astype(np.int64)
    kept = np.minimum(lengths, 512)

    def saved(**settings: object) -> float:
        flat = {f"{'data' if name == 'padding' else 'training'}.{name}": value for name, value in settings.items()}
        return saved_by_padding(lengths, RunConfig().with_settings(flat))

    none = 512 * len(lengths) / kept.sum()
    assert saved(padding="packed") == none
    assert 0.95 * none < saved(train_sampling_strategy="group_by_length") < none
    assert saved(train_sampling_strategy="random") < 0.8 * none
    random_steps = saved(train_sampling_strategy="batch_rebalance")
    assert random_steps == saved(train_sampling_strategy="random")  # one pass a step: there is nothing to share out
    assert saved(train_sampling_strategy="batch_rebalance", gradient_accumulation_steps=8) > 1.1 * random_steps
    assert saved(train_sampling_strategy="sequential") == saved(
        train_sampling_strategy="sequential", padding="dynamic"
    )
