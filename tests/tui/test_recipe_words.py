"""What settings that are `auto` became is told, whatever a journal says."""

from typing import Any

import pytest

from bertft_tui.core.store.records import EventRecord
from bertft_tui.tui.recipe_words import recipe_of

_PACKED = {"setting": "data.padding", "value": "packed", "reason": "texts end to end need no padding"}


def _plan(**fields: Any) -> EventRecord:
    return EventRecord(seq=1, time=0.0, type="plan", fields=fields)


def test_the_newest_plan_counts() -> None:
    """Each setting by its own name, with what it became and why."""
    older = _plan(recipe=[_PACKED | {"value": "dynamic"}])
    assert recipe_of([older, _plan(recipe=[_PACKED])]) == (("padding", "packed (texts end to end need no padding)"),)
    assert recipe_of([]) == ()


@pytest.mark.parametrize("recipe", [None, 3, "packed", [3, None, [_PACKED]], {"setting": "data.padding"}])
def test_nonsense_is_passed_over(recipe: Any) -> None:
    """What is no list of parts says nothing."""
    assert recipe_of([_plan(recipe=recipe)]) == ()


def test_escapes_do_not_reach_the_screen() -> None:
    """A hostile journal's words come without control characters, and not endlessly."""
    ((name, words),) = recipe_of([_plan(recipe=[{"setting": "\x1b[2J", "value": "\x1b]0;x", "reason": "y" * 900}])])
    assert "\x1b" not in name + words
    assert len(words) < 210
