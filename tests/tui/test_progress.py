"""How far a live run is, in words."""

import pytest
from acted_runs import DEMO, STEPS, ActedRun

from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import Request
from bertft_tui.tui.cli.documents import run_document
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.progress import phase_words, progress_spans, seconds_left

_WORDS = "downloading google-bert/bert-base-cased: 120 of 436 MB"


@pytest.fixture
def fetching(db: Database) -> RunRecord:
    """A run whose model is on its way."""
    run = ActedRun(db, "far").start().say("phase", phase="loading").say("progress", detail=_WORDS)
    return queries.get_run(db, run.id)


@pytest.mark.parametrize("width", [30, 50, 76, 120])
def test_a_download_is_shown_as_it_is_told(fetching: RunRecord, width: int) -> None:
    """The line of a live run says how much has arrived; where there is little room, the words are cut."""
    line = "".join(text for text, _ in progress_spans(fetching, 0.0, width, glyphs()))
    assert len(line) <= width
    assert _WORDS[: max(8, width - 25)] in line
    assert (_WORDS in line) == (width >= 76)


def test_a_request_says_more_than_a_download(fetching: RunRecord, db: Database) -> None:
    """The words stand in the JSON document too; what was asked for comes first where people look."""
    assert phase_words(fetching) == _WORDS
    assert run_document(fetching, db.path)["phase_detail"] == _WORDS
    commands.request(db, fetching.id, Request.CANCEL)
    assert phase_words(queries.get_run(db, fetching.id)) == "cancelling…"


@pytest.mark.parametrize(
    ("strategy", "every", "at", "left"),
    [("epoch", 1, 10, 2), ("epoch", 1, 38, 1), ("steps", 30, 10, 3), ("steps", 30, 61, 1), ("no", 1, 10, 1)],
)
def test_the_time_left_has_the_evaluations_to_come(
    db: Database, strategy: str, every: int, at: int, left: float
) -> None:
    """Each counts what the last one took; none is forgotten when it is due, and it goes as it is done."""
    settings = {"training.eval_strategy": strategy, "training.eval_steps": every}
    run = ActedRun(db, "one", DEMO.with_settings(settings)).start()
    texts = DEMO.training.cut[0]

    def seconds() -> float:
        return seconds_left(queries.get_run(db, run.id)) or 0.0

    def training(step: int) -> float:
        return (STEPS - step) * texts / 10.0

    def be_at(step: int, **more: int) -> None:
        run.say("progress", step=step, max_steps=STEPS, samples_per_second=10.0, **more)

    be_at(at)
    assert seconds() == pytest.approx(training(at))
    run.say("metrics", step=at, values={"eval_loss": 1.0, "eval_runtime": 100.0})
    assert seconds() == pytest.approx(training(at) + 100 * left)
    be_at(STEPS)
    assert seconds() == pytest.approx(100)
    run.say("phase", phase="evaluating")
    assert seconds() == pytest.approx(100)
    be_at(STEPS, done=3, total=4)
    assert seconds() == pytest.approx(25)
    run.say("metrics", step=STEPS, values={"eval_loss": 1.0, "eval_runtime": 90.0}).say("phase", phase="saving")
    assert seconds() == 0
