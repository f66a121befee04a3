"""How a recipe grows with its training rows, and what more of them would bring and cost."""

from typing import ClassVar

from textual.binding import BindingType

from bertft_tui.core.analysis.learning_curve import LearningCurve
from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.series import SIZE
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.format import clean
from bertft_tui.tui.growing import sizes_to_try
from bertft_tui.tui.interests.learnt import Learnt, LearntBy
from bertft_tui.tui.keys import Scope, bindings, key_of
from bertft_tui.tui.learning_words import chart_heading, plot_of, sentences_of, title_of
from bertft_tui.tui.metric_choice import metric_of
from bertft_tui.tui.screens.overlooking import Overlooking
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.learning_lines import learning_lines


class LearningScreen(Overlooking):
    """The learning curve of one run's recipe: its points and their law, and what was left out."""

    SCOPE: ClassVar[Scope] = "learning"
    BINDINGS: ClassVar[list[BindingType]] = bindings("learning")
    NO_RUN: ClassVar[str] = "No run of this recipe has finished."

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self._run_id = run_id

    @property
    def place(self) -> str:
        """What the header says."""
        return "learning curve"

    @property
    def _asked(self) -> LearntBy | None:
        run = self.bertft.snapshot.run(self._run_id)
        return LearntBy(run.id, evaluation_name(metric_of(run, self.bertft.metric))) if run is not None else None

    @property
    def _learnt(self) -> Learnt | None:
        return self.answer(self._asked) if self._asked is not None else None

    def interests(self) -> Interests:
        """The curve."""
        return (self._asked,) if self._asked is not None else ()

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """The runs that are points."""
        learnt = self._learnt
        return learnt.curve.runs if learnt is not None and learnt.curve is not None else ()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring heading, chart and list up to date."""
        learnt = self._learnt
        if learnt is None or learnt.curve is None:
            return
        curve, expected = learnt.curve, learnt.expected
        sentences = sentences_of(curve, expected)
        if curve.law is None and (sizes := self._sizes(curve, learnt.rows)):
            words = ", ".join(f"{size:,}" for size in sizes)
            key = key_of("grow", "learning")
            sentences.append(f"{key} starts runs on {words} rows; `bertft-tui run --sizes` does too.")
        drawn = (chart_heading(curve, expected), plot_of(curve, expected)) if curve.points else None
        self.put(title_of(curve), sentences, lambda width: learning_lines(curve, width), drawn)

    def _sizes(self, curve: LearningCurve, rows: int | None) -> tuple[int, ...]:
        run = self.bertft.snapshot.run(self._run_id)
        return sizes_to_try([point.rows for point in curve.points], run.train_rows if run is not None else None, rows)

    def action_grow(self) -> None:
        """Open the form with the sizes that would tell most."""
        run, learnt = self.bertft.snapshot.run(self._run_id), self._learnt
        if run is None or learnt is None or learnt.curve is None:
            return
        sizes = self._sizes(learnt.curve, learnt.rows)
        if not sizes:
            words = f"All {learnt.rows or 0:,} rows were measured: more seeds (`5 seeds`) make the curve surer."
            self.notify(clean(words), severity="warning", markup=False)
            return
        texts = {SIZE: ", ".join(map(str, sizes))}
        self.bertft.open_form(run.config, origin=run.name, parent=run, texts=texts)
