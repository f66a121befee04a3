"""How far a live run is, in words."""

import pytest
from acted_runs import ActedRun

from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import Request
from bertft_tui.tui.cli.documents import run_document
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.progress import phase_words, progress_spans

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
