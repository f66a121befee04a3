"""What a run makes of each class, and whether it is as sure as it should be."""

from dataclasses import dataclass
from typing import ClassVar

from bertft_tui.core.analysis.calibration import Calibration, calibration
from bertft_tui.core.analysis.classes import ClassReport, class_report
from bertft_tui.core.errors import InputError, Problem
from bertft_tui.core.store.kept_predictions import no_predictions
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.interests.evaluated import kept_of
from bertft_tui.tui.interests.interest import Interest, Source, revision_of


@dataclass(frozen=True, eq=False)
class Judgement:
    """What was counted of a run's predictions; where there is nothing to count, why."""

    step: int = 0  # of the checkpoint
    classes: ClassReport | None = None
    sure: Calibration | None = None
    problem: Problem | None = None
    tested: bool = False  # on the test split


@dataclass(frozen=True)
class Judged(Interest[Judgement | None]):
    """Classes and calibration of one run: None while it is not known."""

    SLOW: ClassVar[bool] = True

    run_id: str
    tested: bool = False  # of its test split

    def revision(self, source: Source, newest: int) -> int:
        """Only the run's own changes matter."""
        return revision_of(self.run_id, source, newest)

    def read(self, source: Source, before: Judgement | None) -> Judgement | None:
        """Count them, unless the predictions are those that were counted before."""
        run = known_run(source, self.run_id)
        if run is None:
            return None
        classes = None
        try:
            said = predictions_of(source, run, tested=self.tested)
            classes = class_report(said, run.labels)
            return Judgement(said.step, classes, calibration(said, run.labels), tested=self.tested)
        except InputError as error:
            step = 0 if classes is None else said.step
            return Judgement(step, classes, None, error.problem, self.tested)


def known_run(source: Source, run_id: str) -> RunRecord | None:
    """A run, which may be older than those that the app has read so far."""
    source.known.need((run_id,))
    return source.known.by_id.get(run_id)


def predictions_of(source: Source, run: RunRecord, *, tested: bool) -> Predictions:
    """What is kept of a run's evaluation; `tested`: on its test split. Raises InputError where nothing is."""
    kept = kept_of(source, run)
    said = kept.tested if tested else kept.said
    if said is None or not len(said):
        raise no_predictions(run, tested=tested)
    return said
