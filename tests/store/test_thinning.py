"""A long curve with fewer points still shows what one would look for, and is read again only where it may change."""

import math
import tracemalloc
from collections.abc import Iterable, Iterator
from random import Random

import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from sql_work import counted

from bertft_tui.core.config import RunConfig
from bertft_tui.core.journal import Event, EventType
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import commands, ledger, plain_reading, restore
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.records import Series
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.store.thinning import Thinned, thinned

LONG = 60_000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One store for many runs: to make one takes longer than the rest of an example."""
    with Database.open(StorePath(tmp_path_factory.mktemp("s") / "experiments.db"), daily_backup=False) as database:
        yield database


class Told:
    """A run whose worker's events are written here: attempts that go on from a step, and their losses."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.id = commands.enqueue(db, RunConfig())
        self.key = next(job.key for job in ledger.jobs(db, RunStatus.QUEUED) if job.id == self.id)
        self._seq = self._attempts = 0

    def begin(self, step: int) -> None:
        """Let an attempt begin that goes on from a step."""
        self._attempts += 1
        restore.begin_attempt(self.db, self.key, self._attempts, 1.0, {})
        self._say([("attempt", {"number": self._attempts}), ("plan", {"start_step": step, "max_steps": 100})])

    def log(self, losses: Iterable[tuple[int, float]]) -> None:
        """Write losses, by their steps."""
        self._say([("metrics", {"step": step, "values": {"loss": value}}) for step, value in losses])

    def _say(self, said: list[tuple[EventType, dict[str, object]]]) -> None:
        first = self._seq + 1
        self._seq += len(said)
        events = [Event(seq, float(seq), float(seq), kind, fields) for seq, (kind, fields) in enumerate(said, first)]
        take_in(self.db, self.key, events, self._seq)

    def read(self, most: int, before: Thinned | None = None) -> Thinned:
        """Read the thinned curve."""
        return thinned(self.db, self.id, "loss", most, before)


def finite(values: Iterable[float]) -> list[float]:
    """Those that are numbers."""
    return [value for value in values if math.isfinite(value)]


def check(kept: Series, whole: Series, most: int) -> None:
    """See that the thinned curve is a part of the whole one that has all that it promises."""
    points = dict(zip(whole.steps, whole.values, strict=True))
    assert kept.steps == tuple(sorted(set(kept.steps)))
    assert all(repr(points[step]) == repr(value) for step, value in zip(kept.steps, kept.values, strict=True))
    assert (kept.steps[0], kept.steps[-1]) == (whole.steps[0], whole.steps[-1])
    assert len(kept.steps) <= 2 * most + 5
    assert len(whole.steps) > most or kept == whole
    if numbers := finite(points.values()):
        assert min(finite(kept.values)) == min(numbers)
        assert max(finite(kept.values)) == max(numbers)
    assert (len(finite(kept.values)) < len(kept.values)) == (len(numbers) < len(points))


@examples(25)
@given(values=st.lists(st.floats(), min_size=1, max_size=300), apart=st.integers(1, 500), most=st.integers(10, 100))
def test_ends_extremes_and_gaps_stay(store: Database, values: list[float], apart: int, most: int) -> None:
    """First, last, lowest and highest points are there, in order, and a NaN or infinity where there was one."""
    run = Told(store)
    run.begin(0)
    run.log((7 + apart * number, value) for number, value in enumerate(values))
    check(run.read(most).series, plain_reading.series(store, run.id, "loss"), most)


ATTEMPTS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 120)), min_size=1, max_size=4)


@examples(25)
@given(
    attempts=ATTEMPTS,
    batch=st.integers(5, 40),
    random=st.randoms(use_true_random=False),
    most=st.sampled_from([20, 1000]),
)
def test_a_curve_that_is_read_on_is_that_which_is_read_anew(
    store: Database, attempts: list[tuple[int, int]], batch: int, random: Random, most: int
) -> None:
    """Looked at now and then while attempts do steps again, it never shows a point that was replaced."""
    run, before, last = Told(store), None, 0
    for start, steps in attempts:
        begin = min(start, last)
        run.begin(begin)
        for first in range(begin + 1, begin + steps + 1, batch):
            run.log((step, random.gauss(0, 1)) for step in range(first, first + batch))
            last = max(last, first + batch - 1)
            if random.random() < 0.7:
                before = run.read(most, before)
                assert before.series == run.read(most).series


def test_steps_done_again_are_drawn_as_they_are_now(db: Database) -> None:
    """A look while a resumed run is on its way shows what it wrote so far, the step that it went on from too."""
    run = Told(db)
    run.begin(0)
    run.log((step, 0.5) for step in range(1, 101))
    before = run.read(20)
    run.begin(40)
    for step, value in ((40, 0.75), (41, 0.25), (42, 1.0)):
        run.log([(step, value)])
        before = run.read(20, before)
        assert (step, value) in zip(before.series.steps, before.series.values, strict=True)


def test_a_long_curve_takes_little_memory_and_its_next_point_little_work(db: Database) -> None:
    """Its points do not become objects of Python's, and to look again costs no second look at what is settled."""
    run = Told(db)
    run.begin(0)
    for start in range(1, LONG, 5_000):
        run.log((step, 1 / step) for step in range(start, start + 5_000))
    run.read(200)
    tracemalloc.start()
    with counted(db) as whole:
        before = run.read(200)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000, f"{peak:,} bytes"
    run.log([(LONG + 1, 0.5)])
    with counted(db) as again:
        grown = run.read(200, before)
    assert grown.series.steps[-1] == LONG + 1
    assert again.done < whole.done / 50, f"{again.done:,} instructions, and {whole.done:,} for all"
