"""An evaluation example in words: its labels, the beginning of its text, what a run says of it."""

from typing import Any

from bertft_tui.core.scheduling.texts_again import EvaluatedText
from bertft_tui.core.scheduling.trying import Verdict
from bertft_tui.tui.format import NOTHING, clean
from bertft_tui.tui.interests.examples import Side

#: Characters of a text in which its first line is looked for.
_BEGINNING = 2000


def labels_of(value: Any, labels: tuple[str, ...]) -> tuple[str, ...]:
    """The label with an id, or those that are 1 in a row of k, of all k `labels`."""
    if value.ndim:
        return tuple(label for label, given in zip(labels, value.tolist(), strict=True) if given)
    return (labels[int(value)],)


def label_words(value: Any, labels: tuple[str, ...]) -> str:
    """The same in one safe line."""
    return ", ".join(clean(label, limit=100) for label in labels_of(value, labels)) or NOTHING


def first_line(text: EvaluatedText) -> str:
    """The first line of a text that says something, of a pair those of both, as one safe line."""
    return " | ".join(_first_line(part) for part in text.parts)


def _first_line(text: str) -> str:
    lines = text[:_BEGINNING].strip().splitlines()
    return clean(lines[0] if lines else "", limit=400)


def verdict_of(side: Side, position: int, labels: tuple[str, ...]) -> Verdict:
    """What a run says of the example at a position, as one that is asked about a text says it."""
    shares = zip(labels, side.said.probabilities[position].tolist(), strict=True)
    predicted = labels_of(side.said.predicted[position], labels)
    return Verdict(
        side.run.id,
        step=side.said.step,
        predicted=predicted,
        shares=tuple(sorted(shares, key=lambda share: -share[1])),
    )
