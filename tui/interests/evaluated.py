"""What the best checkpoint of a run was evaluated on."""

from dataclasses import dataclass

from bertft_tui.core.analysis.comparability import EvaluatedTexts, texts_of
from bertft_tui.core.store import history
from bertft_tui.tui.interests.interest import Interest, Source


@dataclass(frozen=True)
class Evaluated:
    """Whether there is such a run, and its evaluation texts as far as they are known."""

    exists: bool
    revision: int = -1  # in which the run had last changed when this was read
    texts: EvaluatedTexts | None = None


@dataclass(frozen=True)
class EvaluatedOn(Interest[Evaluated]):
    """The evaluation texts of one run, which may be older than those that the app has read so far."""

    run_id: str

    def read(self, source: Source, before: Evaluated | None) -> Evaluated:
        """Read them, unless the run is as it was."""
        source.known.need((self.run_id,))
        run = source.known.by_id.get(self.run_id)
        if run is None:
            return Evaluated(exists=False)
        if before is not None and before.revision == run.revision:
            return before
        return Evaluated(True, run.revision, texts_of(history.predictions(source.db, self.run_id)))
