"""The order of the queue: any run to any place, by several at once, and back again."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from acted_runs import DEMO, ActedRun
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.errors import RefusedError, UnknownRunError
from bertft_tui.core.store import commands, ledger, queries, queue_order
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus, Where

_TARGET = {Where.UP: lambda place, last: place - 1, Where.DOWN: lambda place, last: place + 1,
           Where.FIRST: lambda place, last: 0, Where.LAST: lambda place, last: last}  # fmt: skip


def queued(db: Database, count: int) -> list[str]:
    """So many waiting runs, in the order of the queue."""
    return [commands.enqueue(db, DEMO, name=f"run {number}") for number in range(count)]


@examples(30)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(Where)), max_size=12))
def test_every_move_does_what_it_says(db: Database, moves: list[tuple[int, Where]]) -> None:
    """The queue is what a list would be, the scheduler's order is the same, and moves taken back undo each other."""
    if not queries.queue_state(db).waiting:
        queued(db, 5)
    before = order = list(queries.queue_state(db).waiting)
    done = []
    for number, where in moves:
        run_id = sorted(order)[number]
        place = order.index(run_id)
        moved = queue_order.move(db, run_id, where)
        order = [each for each in order if each != run_id]
        order.insert(min(max(_TARGET[where](place, 4), 0), 4), run_id)
        assert (moved.before, moved.after, moved.waiting) == (place + 1, order.index(run_id) + 1, 5)
        assert list(queries.queue_state(db).waiting) == order == [job.id for job in ledger.jobs(db, RunStatus.QUEUED)]
        done.append(moved)
    for moved in reversed(done):
        queue_order.put_at(db, moved.run_id, moved.before)
    assert list(queries.queue_state(db).waiting) == before


def test_a_move_is_seen_and_later_runs_come_last(db: Database) -> None:
    """Every move is a step of the revision, one that moves nothing is none; what comes later waits last."""
    first, second = queued(db, 2)
    revision = queries.revision(db)
    queue_order.move(db, second, Where.LAST)
    assert queries.revision(db) == revision
    queue_order.move(db, first, Where.LAST)
    assert [run.id for run in queries.list_runs(db, changed_since=revision)] == [first]
    for _ in range(60):  # neighbours come as near to each other as a float can tell, and are spread again
        queue_order.move(db, first, Where.UP)
        queue_order.move(db, second, Where.UP)
    third = commands.enqueue(db, DEMO)
    assert queries.queue_state(db).waiting == (second, first, third)


def test_only_what_waits_is_moved(db: Database) -> None:
    """A run that is alive has no place in the queue; one that there is not is named."""
    run = ActedRun(db).start()
    with pytest.raises(RefusedError, match="It is running"):
        queue_order.move(db, run.id, Where.FIRST)
    with pytest.raises(UnknownRunError):
        queue_order.put_at(db, "nowhere", 1)


def test_several_move_at_once(db: Database) -> None:
    """Four who move runs at the same time lose none and double none."""
    runs = queued(db, 4)

    def shuffle(run_id: str) -> None:
        with Database.open(db.path) as mine:
            for where in (Where.FIRST, Where.DOWN, Where.LAST, Where.UP) * 3:
                queue_order.move(mine, run_id, where)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(shuffle, runs))
    assert sorted(queries.queue_state(db).waiting) == sorted(runs)
