"""What a run made of settings that are `auto`, in words."""

from collections.abc import Sequence

from bertft_tui.core.store.records import EventRecord
from bertft_tui.tui.format import clean


def recipe_of(plans: Sequence[EventRecord]) -> tuple[tuple[str, str], ...]:
    """Each setting with what it became and why, as the newest attempt planned; nothing of older versions.

    For example `padding` and `packed (texts end to end need no padding)`. `plans`: its plan events.
    """
    parts = plans[-1].fields.get("recipe") if plans else None
    found = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return tuple((clean(_name(part), limit=40), clean(_words(part), limit=200)) for part in found)


def _name(part: dict[str, object]) -> str:
    return str(part.get("setting", "")).rpartition(".")[2]


def _words(part: dict[str, object]) -> str:
    return f"{part.get('value', '')} ({part.get('reason', '')})"
