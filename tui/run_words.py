"""How runs are called in a sentence."""

from collections.abc import Sequence

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import clean, count_of


def called(runs: Sequence[RunRecord]) -> str:
    """One run by its name, several by how many they are."""
    return clean(runs[0].name, limit=80) if len(runs) == 1 else count_of(len(runs), "run")
