"""The evaluation examples that one run, or one of two runs, gets right or wrong."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from bertft_tui.core.analysis.classes import check_classes, is_right
from bertft_tui.core.analysis.examples import OF_ONE, Which, by_label, chosen, counts, paired, sureness
from bertft_tui.core.errors import InputError, Problem
from bertft_tui.core.scheduling.texts_again import TextsAgain
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.interests.interest import Interest, Source, revision_of
from bertft_tui.tui.interests.judged import known_run, predictions_of

if TYPE_CHECKING:  # numpy costs a tenth of a second; only who looks at examples pays it
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Side:
    """What one run says of n examples, in the order and with the labels of the first run; how it fares, each (n,)."""

    run: RunRecord
    said: Predictions
    right: "NDArray[np.bool_]"
    sure: "NDArray[np.float64]"  # of what it says, 0 to 1


@dataclass(frozen=True, eq=False)
class Listed:
    """Examples of one run or two. positions: (m,) those that are asked for, in the order in which they are listed."""

    sides: tuple[Side, ...] = ()
    counts: dict[Which, int] = field(default_factory=dict)
    by_label: tuple[int, ...] = ()  # of what is looked at, those that have a label or were given it
    positions: "NDArray[np.int64] | None" = None
    problem: Problem | None = None
    tested: bool = False  # of the test split

    def __len__(self) -> int:
        return 0 if self.positions is None else len(self.positions)

    @property
    def hashes(self) -> "NDArray[np.uint64] | None":
        """Of all texts, (n,); None where there is nothing to list."""
        return self.sides[0].said.text_hash if self.sides else None


@dataclass(frozen=True)
class Examples(Interest[Listed | None]):
    """Some examples of one run, or of two on the same texts: None while these are not known."""

    SLOW: ClassVar[bool] = True

    ids: tuple[str, ...]
    which: Which = "wrong"
    label: int | None = None  # that is true, or was predicted by any of the runs
    find: str = ""  # letters of the text
    texts: TextsAgain | None = None  # to look for it in; without them nothing is looked for
    tested: bool = False  # of the test split

    def revision(self, source: Source, newest: int) -> int:
        """Only changes of these runs matter."""
        return max(revision_of(run_id, source, newest) for run_id in self.ids)

    def read(self, source: Source, before: Listed | None) -> Listed | None:
        """Choose and sort them."""
        runs = [run for run in (known_run(source, run_id) for run_id in self.ids) if run is not None]
        if len(runs) < len(self.ids):
            return None
        try:
            return self._listed(_sides(source, runs, tested=self.tested))
        except InputError as error:
            return Listed(problem=error.problem, tested=self.tested)

    def _listed(self, sides: tuple[Side, ...]) -> Listed:
        said = tuple(side.said for side in sides)
        every = chosen(said, self.which)
        label = self.label if self.label is not None and self.label < len(sides[0].run.labels) else None
        positions = every if label is None else chosen(said, self.which, label)
        found = self._found(said[0], positions)
        return Listed(sides, _counts(said), by_label(said, every), found, tested=self.tested)

    def _found(self, said: Predictions, positions: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """Those whose text has what is looked for."""
        import numpy as np

        if not self.find or self.texts is None:
            return positions
        texts = self.texts.texts
        hashes = said.text_hash[positions].tolist()
        has = [key in texts and texts[key].has(self.find) for key in hashes]
        return np.asarray(positions[np.array(has, bool)])


def _sides(source: Source, runs: list[RunRecord], *, tested: bool) -> tuple[Side, ...]:
    """Raises InputError for runs without predictions, of numbers, or that are not about the same texts."""
    found = []
    for run in runs:
        said = predictions_of(source, run, tested=tested)
        check_classes(said, run.labels)
        found.append(said)
    if len(runs) > 1:
        pair = paired(runs[0], runs[1], *found)
        found = [pair.a, pair.b]
    return tuple(Side(run, said, is_right(said), sureness(said)) for run, said in zip(runs, found, strict=True))


def _counts(said: tuple[Predictions, ...]) -> dict[Which, int]:
    if len(said) == 1:
        return {which: len(chosen(said, which)) for which in OF_ONE}
    found = counts(*said)
    return {"only-a": found.only_a, "only-b": found.only_b, "neither": found.neither, "both": found.both}
