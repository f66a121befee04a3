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


def kept_predictions(db: Database, run: RunRecord, *, tested: bool = False) -> Predictions:
    """Return what a run's best checkpoint said of each evaluation text; `tested`: of each text of its test split.

    Raises InputError when nothing was kept.
    """
    found = history.tested_predictions(db, run.id) if tested else history.predictions(db, run.id)
    if found is None or not len(found):
        raise no_predictions(run, tested=tested)
    return found


def _not_tested(run: RunRecord) -> InputError:
    """Say that nothing was kept of a run's test split, and what to do."""
    split = run.config.data.test_split
    if split is None:
        return InputError(
            "This run has no test split",
            f"{run.id} ({run.name}) was trained with an empty data.test_split.",
            f"`bertft-tui run --from {run.id} --set data.test_split=NAME` sets rows aside.",
        )
    return InputError(
        "This run has no predictions of its test split",
        f"{run.id} ({run.name}) has not been scored on split {split!r} since predictions of it are kept.",
        f"`bertft-tui evaluate {run.id}` (E in the app) scores it.",
    )


def no_predictions(run: RunRecord, *, tested: bool = False) -> InputError:
    """Say that nothing was kept of a run, or of its test split, why, and what to do."""
    if tested:
        return _not_tested(run)
    why = ", and there was no best checkpoint to keep them of" if run.status is RunStatus.FINISHED else ""
    return InputError(
        "This run has no predictions",
        f"{run.id} ({run.name}) is {run.status}{why}: what the best checkpoint predicts is kept when a run finishes.",
        _TO_DO.get(run.status, _AGAIN).format(id=run.id),
    )
