"""What the best checkpoint of a run was evaluated on."""

from dataclasses import dataclass

from bertft_tui.core.analysis.comparability import EvaluatedTexts, texts_of
from bertft_tui.core.store import history
from bertft_tui.tui.interests.interest import Interest, Source, revision_of


@dataclass(frozen=True)
class Evaluated:
    """Whether there is such a run, and its evaluation texts as far as they are known."""

    exists: bool
    texts: EvaluatedTexts | None = None


@dataclass(frozen=True)
class EvaluatedOn(Interest[Evaluated]):
    """The evaluation texts of one run, which may be older than those that the app has read so far."""

    run_id: str

    def revision(self, source: Source, newest: int) -> int:
        """Only the run's own changes matter."""
        return revision_of(self.run_id, source, newest)

    def read(self, source: Source, before: Evaluated | None) -> Evaluated:
        """Read them."""
        source.known.need((self.run_id,))
        if self.run_id not in source.known.by_id:
            return Evaluated(exists=False)
        return Evaluated(True, texts_of(history.predictions(source.db, self.run_id)))
