"""The temperature that logits are divided by, as it is named on the command line."""

import math

from bertft_tui.core.analysis.calibration import COLDEST, FEWEST, HOTTEST, calibration
from bertft_tui.core.errors import InputError
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.kept_predictions import kept_predictions
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import number

#: The word for the one that fits a run's evaluation texts best.
FITTED = "fitted"


def temperature_of(db: Database, run: RunRecord, wanted: str | None) -> float:
    """Return a temperature that was asked for; None is 1, which changes nothing. Raises InputError."""
    if wanted is None:
        return 1.0
    if run.problem_type == "regression":
        raise InputError("There are no probabilities", f"{run.name} learnt numbers: a temperature changes none.")
    if wanted == FITTED:
        return _fitted(db, run)
    try:
        value = float(wanted)
    except ValueError:
        value = math.nan
    if not COLDEST <= value <= HOTTEST:
        said = f"{wanted!r} is neither {FITTED!r} nor a number from {COLDEST:g} to {HOTTEST:g}."
        raise InputError("This is no temperature", said, "1 changes nothing, more makes it less sure.")
    return value


def _fitted(db: Database, run: RunRecord) -> float:
    """The one that fits best. Raises InputError where there is none, or where it is no gain on other texts."""
    found = calibration(kept_predictions(db, run), run.labels)
    warm, hint = found.temperature, "Name a number, or leave --temperature out."
    if warm is None:
        raise InputError("No temperature is fitted", f"{run.name} was evaluated on fewer than {FEWEST} texts.", hint)
    if not found.is_mended:
        told = (
            f"{number(warm.value, 3)} fits its evaluation texts, but is no gain on texts that it was not fitted on."
        )
        raise InputError("No temperature helps", told, hint)
    return warm.value
