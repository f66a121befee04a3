"""How a step is cut into passes: the same texts, as few passes as fit."""

from typing import Any

import pytest

from bertft_tui.core.sections import TrainingSection
from bertft_tui.core.training.batch_size import Cut, cuts_of


def _cuts(kind: str, longest: int = 512, before: Any = None, **settings: Any) -> list[tuple[int, int]]:
    training = TrainingSection(**{"per_device_train_batch_size": "auto", **settings})
    found = cuts_of(training, kind, longest, before or {})
    assert all(isinstance(way, Cut) for way in found.ways)
    return [(way.texts, way.passes) for way in found.ways]


def test_a_number_is_taken_as_it_is() -> None:
    """What was asked for is no choice, and needs no words."""
    training = TrainingSection(per_device_train_batch_size=4, gradient_accumulation_steps=3, train_batch_size=64)
    found = cuts_of(training, "cuda", 512, {"device": "cuda", "batch": 2})
    assert (found.ways, found.part) == ((Cut(4, 3),), None)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (8, [(8, 1), (4, 2), (2, 4), (1, 8)]),
        (12, [(12, 1), (6, 2), (3, 4), (1, 12)]),
        (7, [(7, 1), (1, 7)]),
        (1, [(1, 1)]),
    ],
)
def test_on_a_gpu_all_ways_are_tried(texts: int, expected: list[tuple[int, int]]) -> None:
    """The whole step first, then at most half of it; each way has the texts of a step in equal passes."""
    assert _cuts("cuda", train_batch_size=texts) == expected


def test_passes_that_are_asked_for_are_made() -> None:
    """Accumulation counts beside `auto` too: so many times the texts are a step, and none of its passes has more."""
    asked = {"train_batch_size": 6, "gradient_accumulation_steps": 2}
    assert _cuts("cuda", **asked) == [(6, 2), (3, 4), (1, 12)]
    assert _cuts("cpu", 4096, **asked) == [(3, 4)]


def test_on_a_processor_passes_are_of_so_many_tokens() -> None:
    """Long texts make more passes, and short ones a single one; a text is never cut."""
    assert _cuts("cpu", 512, train_batch_size=32) == [(32, 1)]
    assert _cuts("cpu", 512, train_batch_size=64) == [(32, 2)]
    assert _cuts("cpu", 30, train_batch_size=512) == [(512, 1)]
    assert _cuts("cpu", 100_000, train_batch_size=6) == [(1, 6)]


def test_a_resumed_run_keeps_its_passes() -> None:
    """As before on such a device; decided anew on another, or when the checkpoint does not say."""
    assert _cuts("cuda", before={"device": "cuda", "batch": 2}) == [(2, 4)]
    assert _cuts("cpu", before={"device": "cuda", "batch": 2}) == [(8, 1)]
    assert _cuts("cpu", before={"device": "cpu"}) == [(8, 1)]
