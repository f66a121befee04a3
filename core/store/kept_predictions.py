"""The predictions of a run, or why there are none and how they are made."""

from bertft_tui.core.errors import InputError
from bertft_tui.core.store import history
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

_WAIT = "Wait until it has finished."
_RESUME = "`bertft-tui resume {id}` (r in the app) goes on with it; at its end they are kept."
_AGAIN = "`bertft-tui run --from {id}` (N in the app) trains it again."

#: What somebody can do who wants the predictions of a run that has none.
_TO_DO = {
    RunStatus.QUEUED: _WAIT,
    RunStatus.STARTING: _WAIT,
    RunStatus.RUNNING: _WAIT,
    RunStatus.STOPPED: _RESUME,
    RunStatus.FAILED: _RESUME,
    RunStatus.LOST: _RESUME,
}


def kept_predictions(db: Database, run: RunRecord) -> Predictions:
    """Return what a run's best checkpoint said of each evaluation text. Raises InputError when nothing was kept."""
    found = history.predictions(db, run.id)
    if found is None or not len(found):
        raise no_predictions(run)
    return found


def no_predictions(run: RunRecord) -> InputError:
    """Say that nothing was kept of a run, why, and what to do."""
    why = ", and there was no best checkpoint to keep them of" if run.status is RunStatus.FINISHED else ""
    return InputError(
        "This run has no predictions",
        f"{run.id} ({run.name}) is {run.status}{why}: what the best checkpoint predicts is kept when a run finishes.",
        _TO_DO.get(run.status, _AGAIN).format(id=run.id),
    )
