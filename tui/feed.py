"""The feed: looks at the store some three times a second and posts a snapshot when something has changed."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from textual.app import App

from bertft_tui.core.disk import DiskWatch
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.tui.interests.interest import Interest, Source
from bertft_tui.tui.known_runs import KnownRuns
from bertft_tui.tui.messages import FeedFailed, SnapshotReady
from bertft_tui.tui.snapshot import Snapshot

#: Seconds between two looks: while nothing is written, and from one that found something to the next. With the
#: scheduler's part of it, what a worker writes is seen within half a second.
INTERVAL = 0.3

#: Seconds between two glances at whether the store was written: what the scheduler has just taken in is read at once.
GLANCE = 0.05
ADOPT_EVERY = 0.5

#: Answers that are kept, also of screens that were left: who comes back, or goes up and down, finds them.
KEPT = 64

#: Seconds that a kind of answer may take so that the others wait for it: the screen is then drawn once, not twice.
QUICK = 0.03

#: What the screen on top wants to know.
Interests = tuple[Interest[Any], ...]


@dataclass(frozen=True, eq=False)
class _Answered:
    """An answer, and what it holds for: it is read again when that is another."""

    stamp: object
    read_at: float  # monotonic seconds
    answer: Any


class Feed:
    """Looks at the store in a thread of its own, whenever it was written, and reads only what changed."""

    def __init__(self, app: App[Any], db: Database, wake: Callable[[Database], None]) -> None:
        self._app, self._db, self._wake = app, db, wake
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="feed")
        self._asked = threading.Event()  # somebody wants a look now
        self._interests: Interests = ()
        self._source = Source(db, KnownRuns(db))
        self._answered: OrderedDict[Interest[Any], _Answered] = OrderedDict()  # the last asked for at the end
        self._paces: dict[type[Interest[Any]], float] = {}  # seconds that the last answer of each kind took
        self._snapshot = Snapshot()
        self._stopped = False
        self._looked_at = 0.0
        self._written = self._glimpsed = (0, 0)  # when the store was written: at the last look, at the last glance
        self._found_at = 0.0  # monotonic seconds, of the last look for what was written
        self._adopted = 0.0  # monotonic seconds
        self._disk = DiskWatch(db.path.file.parent, db.path.runs)
        self._failure: Problem | None = None

    def start(self) -> None:
        """Take a first look at once, then go on. Work is adopted a little later: it would delay the first rows."""
        self._adopted = time.monotonic()
        self._asked.set()
        # An error that has no sentence is a fault of ours: it must not pass unseen.
        self._thread.submit(self._watch).add_done_callback(lambda done: self._app.call_later(done.result))

    def stop(self) -> None:
        """Look no more, and wait for a look under way."""
        self._stopped = True
        self._asked.set()
        self._thread.shutdown(wait=True)

    def watch(self, interests: Interests) -> None:
        """Say what the next snapshots should hold; the next comes at once."""
        if interests != self._interests:
            self._interests = interests
            self.look()

    def look(self) -> None:
        """Look now, or right behind a look under way."""
        self._asked.set()

    def _watch(self) -> None:
        while not self._stopped:
            found = time.monotonic() - self._found_at  # seconds ago; too soon after it nothing is read again
            is_asked = self._asked.wait(max(GLANCE, INTERVAL - GLANCE - found))
            self._asked.clear()  # first: interests that come now are for the next look
            if is_asked:
                self._look(self._interests)
            else:
                self._look_in_time(self._interests)

    def _look_in_time(self, interests: Interests) -> None:
        """Look when the store was written since the last look, else now and then: there is more than the store."""
        now, written = time.monotonic(), self._db.path.last_written
        is_resting, self._glimpsed = written == self._glimpsed, written  # the scheduler writes run after run
        if written != self._written and is_resting:
            is_time = now - self._found_at >= INTERVAL
            self._found_at = now if is_time else self._found_at
        else:
            is_time = now - self._looked_at >= (INTERVAL if is_resting else 2 * INTERVAL)
            if is_time and now - self._found_at < 2 * INTERVAL:  # runs write: what is new comes in a moment
                self._source.known.notice_vanished()
                is_time = False
        if is_time:
            self._look(interests)

    def _look(self, interests: Interests) -> None:
        self._looked_at, self._written = time.monotonic(), self._db.path.last_written
        if self._disk.has_news():  # first: on a disk that is full the store may not be readable
            self._snapshot = replace(self._snapshot, disk=self._disk.trouble)
            self._app.post_message(SnapshotReady(self._snapshot))
        try:
            self._adopt()
            with self._db.read():  # all that a snapshot holds is of one moment
                self._refresh(interests)
            self._failure = None
        except BertftError as error:
            if error.problem != self._failure:  # said once, not several times a second
                self._failure = error.problem
                self._app.post_message(FeedFailed(error.problem))

    def _adopt(self) -> None:
        """While there is work, see to it that a scheduler runs: the last one may have been killed."""
        now = time.monotonic()
        if now - self._adopted < ADOPT_EVERY:
            return
        self._adopted = now
        if queries.has_work(self._db):
            self._wake(self._db)

    def _refresh(self, interests: Interests) -> None:
        """Read, and post what is quick to read before what has to be computed."""
        revision = queries.revision(self._db)
        changed = self._source.known.refresh(revision)
        slow = [each for each in interests if each.SLOW and self._paces.get(type(each), QUICK) >= QUICK]
        watched = frozenset(self._snapshot.answers)
        for interest in interests:
            if interest not in slow:
                self._answer(interest, revision, watched)
        self._post(revision, changed, {interest: self._known(interest) for interest in interests})
        for interest in slow:
            if self._asked.is_set():
                return  # something else may be asked by now; the next look, which comes at once, goes on
            self._answer(interest, revision, watched)
        if slow:
            self._post(revision, False, {interest: self._known(interest) for interest in interests})
        while len(self._answered) > max(KEPT, len(interests)):
            self._answered.popitem(last=False)

    def _post(self, revision: int, changed: bool, answers: Mapping[Interest[Any], Any]) -> None:
        """Post a snapshot when it is another than the last."""
        answers = {interest: answer for interest, answer in answers.items() if answer is not None}
        if not changed and not _is_news(answers, self._snapshot.answers):
            return
        known = self._source.known
        self._snapshot = replace(
            self._snapshot,
            revision=revision,
            runs=known.shown,
            trash=known.trash,
            known=known.by_id,
            read_at=known.read_at,
            queue=queries.queue_state(self._db) if changed else self._snapshot.queue,
            answers=answers,
        )
        self._app.post_message(SnapshotReady(self._snapshot))

    def _known(self, interest: Interest[Any]) -> Any:
        """What can be said of an interest now."""
        before = self._answered.get(interest)
        answer = before.answer if before is not None else None
        return interest.at_once(self._source, answer) if interest.SLOW else answer

    def _answer(self, interest: Interest[Any], revision: int, watched: Set[Interest[Any]]) -> None:
        """Read an answer, unless the one that is kept still holds, or may rest, which it does not on coming back."""
        stamp = (interest.revision(self._source, revision), interest.stamp(self._source))
        before, now = self._answered.get(interest), time.monotonic()
        answer = before.answer if before is not None else None
        is_resting = interest in watched and before is not None and now < before.read_at + interest.rest(answer)
        if before is None or (before.stamp != stamp and not is_resting):
            answer = interest.read(self._source, answer)
            self._answered[interest] = _Answered(stamp, now, answer)
            self._paces[type(interest)] = time.monotonic() - now
        self._answered.move_to_end(interest)


def _is_news(answers: Mapping[Interest[Any], Any], before: Mapping[Interest[Any], Any]) -> bool:
    """Whether answers are others. Those that took long are compared: what was computed anew is often the same."""
    if answers.keys() != before.keys():
        return True
    pairs = ((interest, answer, before[interest]) for interest, answer in answers.items())
    return any(now is not old and not (interest.SLOW and now == old) for interest, now, old in pairs)
