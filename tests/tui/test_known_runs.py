"""The runs that the app knows: what has changed is put in its place, and only who comes or goes makes a new order."""

import pytest
from acted_runs import ActedRun

from bertft_tui.core.store import commands, queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.selecting import Selection
from bertft_tui.tui.interests.interest import Source
from bertft_tui.tui.interests.page import RunsPage
from bertft_tui.tui.interests.sizes import TrashSizes
from bertft_tui.tui.known_runs import MAX_RUNS, KnownRuns


def _names(known: KnownRuns) -> list[str]:
    return [run.name for run in known.shown]


def test_changes_stand_in_their_places(db: Database) -> None:
    """A run that goes on is another record in the same place; the others are the very same; who goes, goes."""
    runs = [ActedRun(db, name).start() for name in ("first", "second", "third")]
    known = KnownRuns(db)
    for _ in range(2):  # the first few, then all
        known.refresh(queries.revision(db))
    before, members = known.shown, known.members
    runs[1].train(4)
    commands.annotate(db, runs[0].id, name="another name")
    assert known.refresh(queries.revision(db))
    assert _names(known) == ["third", "second", "another name"]
    assert (known.members, known.shown[0]) == (members, before[0])
    assert known.shown[0] is before[0]
    assert known.shown[1].progress.step == 4
    assert known.by_id[runs[1].id] is known.shown[1]
    for run in runs:
        run.finish()
    trash.throw_away(db, [runs[2].id])
    ActedRun(db, "fourth")
    known.refresh(queries.revision(db))
    assert _names(known) == ["fourth", "second", "another name"]
    assert [run.name for run in known.trash] == ["third"]
    trash.take_out(db, [runs[2].id])
    known.refresh(queries.revision(db))
    assert _names(known) == ["fourth", "third", "second", "another name"]
    assert known.trash == ()
    assert known.members > members


def test_the_newest_runs_are_counted_when_one_comes_or_goes(db: Database) -> None:
    """Not when one goes on; the count is that of the store, of which more may lie than are known."""
    runs = [ActedRun(db, f"run {number}") for number in range(4)]
    source = Source(db, KnownRuns(db))
    page = RunsPage(Selection(limit=MAX_RUNS))

    def read() -> tuple[int, int]:
        nonlocal answer
        source.known.refresh(queries.revision(db))
        answer = page.read(source, answer)
        return answer.total, len(answer.ids)

    answer = None
    assert read() == read() == (4, 4)
    ids = answer.ids if answer else ()
    runs[0].start().train(2)
    assert read() == (4, 4)
    assert answer is not None
    assert answer.ids is ids
    runs[1].start().finish()
    trash.throw_away(db, [runs[1].id])
    assert read() == (3, 3)
    ActedRun(db, "another")
    assert read() == (4, 4)


def test_the_trash_is_read_whole_when_somebody_looks_into_it(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before that a few runs of it are known; afterwards all, also when others have been purged."""
    monkeypatch.setattr("bertft_tui.tui.known_runs.FIRST_RUNS", 2)
    thrown = [ActedRun(db, f"run {number}").start().finish().id for number in range(5)]
    trash.throw_away(db, thrown)
    source = Source(db, KnownRuns(db))
    for _ in range(2):  # the first few, then all
        source.known.refresh(queries.revision(db))
    assert len(source.known.trash) == 2
    assert len(TrashSizes().read(source, None)) == len(source.known.trash) == 5
    trash.forget(db, thrown[0], lambda: None)
    source.known.refresh(queries.revision(db))
    assert {run.id for run in source.known.trash} == set(thrown[1:])
