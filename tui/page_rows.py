"""From what was selected to the rows of the table."""

from collections.abc import Iterable
from itertools import chain

from bertft_tui.core.store.grouping import SEED, Group
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import NOTHING, clean
from bertft_tui.tui.interests.page import Page
from bertft_tui.tui.rows import GroupRow, Row
from bertft_tui.tui.snapshot import Snapshot


def page_rows(page: Page, by: tuple[str, ...], snapshot: Snapshot, opened: frozenset[str]) -> list[Row]:
    """The runs of a page in its order, pinned ones first; where it has groups, these, with the runs of open ones."""
    if page.groups:
        return list(chain.from_iterable(_group_rows(group, by, snapshot, opened) for group in page.groups))
    runs = _known(page.ids, snapshot)
    matching = snapshot.known.values() if page.matching == page.total else runs
    pinned = [run for run in matching if run.pinned_at is not None and run.trashed_at is None]
    pinned.sort(key=_pinned_at)
    shown = {run.id for run in pinned}
    return [*pinned, *(run for run in runs if run.id not in shown)]


def _group_rows(group: Group, by: tuple[str, ...], snapshot: Snapshot, opened: frozenset[str]) -> Iterable[Row]:
    """A group and, when it is open, its runs. Of seeds, a group of one is its run.

    Seeds are called as the oldest of them: the others were made from it, and are called by what they change.
    """
    runs, of_seeds = _known(group.runs, snapshot), by == (SEED,)
    if of_seeds and group.n == 1 and runs:
        return runs
    key = "group:" + "\x1f".join(group.key)
    title = runs[-1].name if of_seeds and runs else ", ".join(map(_shared, by, group.key))
    row = GroupRow(key, clean(title or NOTHING, limit=200), group, key in opened)
    return (row, *runs) if row.is_open else (row,)


def _shared(field: str, value: str) -> str:
    """What the runs of a group share: a number alone does not say which setting it is the value of."""
    return f"{field.rpartition('.')[2]} {value or NOTHING}" if "." in field else value


def _known(ids: Iterable[str], snapshot: Snapshot) -> list[RunRecord]:
    return [run for run in map(snapshot.known.get, ids) if run is not None and run.trashed_at is None]


def _pinned_at(run: RunRecord) -> float:
    return run.pinned_at or 0.0
