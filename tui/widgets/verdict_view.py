"""The verdict of one run or two, drawn for the width that there is."""

from collections.abc import Sequence

from textual.widgets import Static

from bertft_tui.core.errors import Problem
from bertft_tui.tui.describe import problem_block
from bertft_tui.tui.widgets.verdict_lines import Said, verdict_text


class VerdictView(Static):
    """What was said last, or why nothing was."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._said: Sequence[Said] = ()
        self._problem: Problem | None = None

    def show(self, said: Sequence[Said], problem: Problem | None) -> None:
        """Show what runs say; a problem stands in its place."""
        if (said, problem) != (self._said, self._problem):
            self._said, self._problem = said, problem
            self._draw()

    def on_resize(self) -> None:
        """Draw for another width."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        if self._problem is not None:
            self.update(problem_block(self._problem))
        elif width:
            self.update(verdict_text(self._said, width))
