"""What the app calls in other rooms: each is loaded with its first call, since the first paint needs none of them."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bertft_tui.core.config import RunConfig
    from bertft_tui.core.scheduling.preflight import Checked
    from bertft_tui.core.scheduling.survey import Hear, Surveyor
    from bertft_tui.core.store.database import Database
    from bertft_tui.core.store.records import RunRecord
    from bertft_tui.core.tell import Tell


def wake(db: "Database") -> None:
    """Have a scheduler while there is work. Raises BertftError."""
    from bertft_tui.core.scheduling.service import ensure_running

    ensure_running(db)


def expect(db: "Database") -> None:
    """Have a scheduler ready for a launch; one that cannot be had is told of when there is something to launch."""
    from bertft_tui.core.errors import BertftError
    from bertft_tui.core.scheduling.service import expect_launch

    with suppress(BertftError):
        expect_launch(db)


def check(configs: "Sequence[RunConfig]", tell: "Tell") -> "Sequence[Checked]":
    """Check configs against their data and models before they are launched. Raises BertftError."""
    from bertft_tui.core.scheduling import preflight

    return preflight.check_all(configs, tell)


def survey(hear: "Hear") -> "Surveyor":
    """Look ahead at what a form's run will find. `hear` is called with each part."""
    from bertft_tui.core.scheduling.survey import Survey

    return Survey(hear)


def look(config: "RunConfig", tell: "Tell") -> dict[str, Any]:
    """Look at the data of a config. Raises BertftError."""
    from bertft_tui.core.scheduling import preview

    return preview.look(config, tell)


def score(db: "Database", run: "RunRecord") -> str:
    """Score a run on its test split; return what to say about it. Raises BertftError."""
    from bertft_tui.tui.scored import score

    return score(db, run)
