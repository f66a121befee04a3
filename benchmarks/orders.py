"""Whether batches of like lengths cost accuracy in short trainings: `python -m benchmarks.orders`.

The same training in a random order and with like lengths together, over many seeds. Of each article its first tenth
is read: texts are short, so that many trainings are done soon, and their lengths are spread as those of the articles.
"""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.alone import measure_alone
from benchmarks.corpora import write_corpus
from benchmarks.training import run, say
from bertft_tui.core.analysis.groups import compare_groups

#: The orders that are held against each other; the second is said to be so much better or worse.
_ORDERS = ("random", "group_by_length")

_SEEDS, _EVALUATION, _SHARE, _BATCH = 16, 200, 0.1, 8


class Length(NamedTuple):
    """How long a training is."""

    texts: int
    epochs: int

    @property
    def steps(self) -> int:
        """Steps of it all."""
        return self.texts // _BATCH * self.epochs


LENGTHS = (Length(160, 1), Length(160, 2), Length(320, 2))


def measure(folder: Path, lengths: Sequence[Length] = LENGTHS, seeds: int = _SEEDS) -> dict[str, Any]:
    """Train in both orders, with every seed. Returns the accuracies by seed of each."""
    found = []
    for length in lengths:
        place = folder / f"{length.texts}-{length.epochs}"
        write_corpus(place, "news", length.texts, _EVALUATION, share=_SHARE)
        accuracies: dict[str, dict[int, float]] = {order: {} for order in _ORDERS}
        for seed in range(1, seeds + 1):
            for order in _ORDERS:
                settings = {"training.train_sampling_strategy": order}
                accuracies[order][seed] = run(place, f"{order}-{seed}", seed, length.epochs, settings).accuracy
            say(f"{length.steps} steps, seed {seed}: {[accuracies[order][seed] for order in _ORDERS]}")
        found.append({"texts": length.texts, "epochs": length.epochs, "accuracies": accuracies})
    return {"seeds": seeds, "evaluation": _EVALUATION, "lengths": found}


def markdown(found: dict[str, Any]) -> str:
    """Write the section of the page."""
    lines = [
        "## The order of the texts in short trainings",
        "",
        f"Accuracy on {found['evaluation']} texts after trainings of few steps, over {found['seeds']} seeds: the "
        "texts in a random order, and with like lengths together (`group_by_length`). The packaged MiniLM on the "
        "first tenth of news articles, batch 8, no padding, all else alike. The difference is that of the means, "
        "with a 95 % interval (paired t-test over the seeds).",
        "",
        "| steps | random: mean | deviation | lowest | like lengths: mean | deviation | lowest | points apart |",
        "|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    lines += [_row(each) for each in found["lengths"]]
    return "\n".join(lines)


def _row(found: dict[str, Any]) -> str:
    one, other = ({int(seed): value for seed, value in found["accuracies"][order].items()} for order in _ORDERS)
    cells = [f"{Length(found['texts'], found['epochs']).steps}", *_summary(one), *_summary(other)]
    apart = compare_groups(one, other)
    assert apart is not None
    if apart.low is None or apart.high is None:
        return f"| {' | '.join([*cells, f'{100 * apart.difference:+.1f}'])} |"
    within = f" ({100 * apart.low:+.1f} to {100 * apart.high:+.1f})"
    return f"| {' | '.join([*cells, f'{100 * apart.difference:+.1f}{within}'])} |"


def _summary(values: dict[int, float]) -> list[str]:
    each = list(values.values())
    return [f"{statistics.mean(each):.3f}", f"{statistics.stdev(each):.3f}", f"{min(each):.3f}"]


if __name__ == "__main__":
    measure_alone(measure, markdown)
