"""Journals that a disk has damaged, or that another version has written: what makes no sense has no effect."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.config import RunConfig
from bertft_tui.core.journal import Event, EventType
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import commands, history, ledger, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.intake import take_in
from bertft_tui.core.store.status import RunStatus

NAMES = "step max_steps epoch values done total detail path bytes best phase labels versions pid device title message"
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.dictionaries(st.sampled_from(NAMES.split()), ODD, max_size=8)
EVENTS = st.lists(st.tuples(st.sampled_from([*get_args(EventType), "vitals", "\ud800"]), FIELDS), max_size=6)


@examples(60)
@given(EVENTS)
def test_no_event_stops_the_intake(odd: list[tuple[str, dict[str, Any]]]) -> None:
    """Whatever its fields hold, an event is taken in or passed over; the sound one behind it has its effect."""
    with TemporaryDirectory() as folder, Database.open(StorePath(Path(folder) / "experiments.db")) as db:
        run_id = commands.enqueue(db, RunConfig())
        job = ledger.jobs(db, RunStatus.QUEUED)[0]
        ledger.take(db, job, "cpu", "r")
        batch = [Event(seq, 1.0, 1.0 + seq, kind, fields) for seq, (kind, fields) in enumerate(odd, start=1)]
        sound = {"step": 7, "values": {"loss": 0.5}}
        take_in(db, job.key, [*batch, Event(len(batch) + 1, 2.0, 99.0, "metrics", sound)], 10)
        assert plain_reading.series(db, run_id, "loss").values[-1] == 0.5
        assert queries.get_run(db, run_id).revision
        assert queries.list_runs(db)
        assert history.events(db, run_id) is not None
        assert history.attempts(db, run_id)
