"""The feed: what is quick to read does not wait for what is slow, and nothing is posted twice."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar

from acted_runs import ActedRun
from textual.app import App
from textual.message import Message

from bertft_tui.core.store.database import Database
from bertft_tui.tui import feed as module
from bertft_tui.tui.feed import Feed
from bertft_tui.tui.interests.interest import Interest, Source
from bertft_tui.tui.messages import SnapshotReady
from bertft_tui.tui.snapshot import Snapshot

#: Seconds in which any of this happens.
DEADLINE = 20.0


class Mailbox(App[None]):
    """An app that is never run: it keeps the snapshots that it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.snapshots: list[Snapshot] = []
        self._came = threading.Condition()

    def post_message(self, message: Message) -> bool:
        """Keep it."""
        if isinstance(message, SnapshotReady):
            with self._came:
                self.snapshots.append(message.snapshot)
                self._came.notify_all()
        return True

    def wait_for(self, interest: Interest[int], answer: int) -> Snapshot:
        """Return the first snapshot that has an answer."""
        with self._came:

            def first() -> Snapshot | None:
                return next((each for each in self.snapshots if each.answer(interest) == answer), None)

            assert self._came.wait_for(first, DEADLINE), [each.answers for each in self.snapshots]
            found = first()
            assert found is not None
            return found


@dataclass(frozen=True)
class Quick(Interest[int]):
    """How many runs there are."""

    def read(self, source: Source, before: int | None) -> int:
        """Count them."""
        return len(source.known.shown)


@dataclass(frozen=True)
class Slow(Interest[int]):
    """The same, but only when somebody lets it."""

    SLOW: ClassVar[bool] = True

    may: threading.Event = field(default_factory=threading.Event, compare=False)
    begun: list[int | None] = field(default_factory=list, compare=False)

    def read(self, source: Source, before: int | None) -> int:
        """Count them, late."""
        self.begun.append(before)
        assert self.may.wait(DEADLINE)
        return len(source.known.shown)


@contextmanager
def feeding(db: Database, *interests: Interest[int]) -> Iterator[tuple[Mailbox, Feed]]:
    """A feed at work."""
    box = Mailbox()
    feed = Feed(box, db, wake=lambda db: None)
    feed.watch(interests)
    feed.start()
    try:
        yield box, feed
    finally:
        for each in interests:
            if isinstance(each, Slow):
                each.may.set()
        feed.stop()


def test_what_is_slow_comes_behind_what_is_quick(db: Database) -> None:
    """A snapshot with the quick answer is there while the slow one is still computed."""
    ActedRun(db, "one")
    quick, slow = Quick(), Slow()
    with feeding(db, quick, slow) as (box, _):
        first = box.wait_for(quick, 1)
        assert first.answer(slow) is None
        slow.may.set()
        assert box.wait_for(slow, 1).answer(quick) == 1


def test_an_answer_that_is_the_same_is_not_posted_again(db: Database) -> None:
    """A run that changes is posted once: the slow answer is computed anew and comes to the same."""
    run = ActedRun(db, "one")
    quick, slow = Quick(), Slow()
    slow.may.set()
    with feeding(db, quick, slow) as (box, _):
        box.wait_for(slow, 1)
        posted = len(box.snapshots)
        run.start()
        for number in range(100):
            if len(slow.begun) > 1:
                break
            threading.Event().wait(DEADLINE / 100)
            assert number < 99
    assert len(box.snapshots) == posted + 1


def test_who_comes_back_finds_what_was_known(db: Database) -> None:
    """The answer of a screen that was left is in the first snapshot after it was come back to, and not read again."""
    ActedRun(db, "one")
    quick, slow = Quick(), Slow()
    slow.may.set()
    with feeding(db, slow) as (box, feed):
        box.wait_for(slow, 1)
        feed.watch((quick,))
        assert box.wait_for(quick, 1).answer(slow) is None
        box.snapshots.clear()
        feed.watch((slow,))
        assert box.wait_for(slow, 1) is box.snapshots[0]
    assert slow.begun == [None]


def test_what_is_not_asked_any_more_is_not_waited_for(db: Database) -> None:
    """When other questions come while one is computed, those behind it are left, and the new ones answered."""
    ActedRun(db, "one")
    first, left, other = Slow(), Later(), Quick()
    with feeding(db, first, left) as (box, feed):
        while not first.begun:
            threading.Event().wait(0.01)
        feed.watch((other,))
        first.may.set()
        box.wait_for(other, 1)
    assert left.begun == []


@dataclass(frozen=True)
class Later(Slow):
    """Another slow one."""


def test_kept_answers_are_bounded(db: Database) -> None:
    """Of many questions that were asked only the newest answers stay."""
    ActedRun(db, "one")
    with feeding(db) as (box, feed):
        for number in range(module.KEPT + 10):
            question = Numbered(number)
            feed.watch((question,))
            box.wait_for(question, number + 1)
        assert len(feed._answered) <= module.KEPT + 1


@dataclass(frozen=True)
class Numbered(Interest[int]):
    """One of many questions."""

    number: int

    def read(self, source: Source, before: int | None) -> int:
        """Count from one."""
        return self.number + 1
