"""Where two runs differ: the evaluation texts that only one of them gets right, that neither does, that both do."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from bertft_tui.core.analysis.examples import Which
from bertft_tui.core.scheduling.texts_again import Reading
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.example_heading import PARTS
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.format import clean
from bertft_tui.tui.glyphs import ACCENT, BRIGHT
from bertft_tui.tui.keys import Command, Scope, bindings, commands
from bertft_tui.tui.metric_choice import is_of_test
from bertft_tui.tui.screens.run_actions import RunActions
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.texts_held import ReadsTexts
from bertft_tui.tui.widgets.example_pane import ExamplePane
from bertft_tui.tui.widgets.find_line import FindLine
from bertft_tui.tui.widgets.lines import KeyLine
from bertft_tui.tui.widgets.part_line import PartLine
from bertft_tui.tui.widgets.saying import say
from bertft_tui.tui.widgets.strips import fit_cells
from bertft_tui.tui.widgets.verdict_lines import MARKS

_ORDER: tuple[Which, ...] = tuple(PARTS)


class DifferScreen(RunActions):
    """A baseline (A) and another run (B), text by text."""

    SCOPE: ClassVar[Scope] = "differ"
    BINDINGS: ClassVar[list[BindingType]] = bindings("differ")

    def __init__(self, first: str, second: str, make_reading: Callable[[], ReadsTexts] = Reading) -> None:
        """`make_reading`: what reads the evaluation texts again."""
        super().__init__()
        self._ids = (first, second)
        self._make_reading = make_reading
        self._find = ""

    def compose_body(self) -> ComposeResult:
        """The runs, the four parts, the list, a line to look for texts."""
        yield Static(id="differ-runs")
        yield PartLine()
        yield ExamplePane(self._make_reading, _ORDER[0], id="differ-examples")
        yield FindLine()

    @property
    def place(self) -> str:
        """Where one is, for the header."""
        return "where they differ"

    @property
    def pane(self) -> ExamplePane:
        """The list and what is said above it."""
        return self.query_one(ExamplePane)

    @property
    def selected(self) -> RunRecord | None:
        """The run that is held against the baseline."""
        return self.bertft.snapshot.run(self._ids[1])

    def interests(self) -> Interests:
        """The examples that are listed."""
        return self.pane.interests

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """No figures of a metric stand here."""
        return ()

    def on_mount(self) -> None:
        """The list has the keys, and the footer says what they do there."""
        self.query_one(KeyLine).put(_footer())
        self.pane.focus()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring names, counts and list up to date."""
        self.pane.show(self._ids, snapshot, self._find, tested=is_of_test(self.bertft.metric))
        say(self.query_one("#differ-runs", Static), self._names(snapshot))
        listed = self.pane.listed
        self.query_one(PartLine).show(listed.counts if listed is not None else {}, self.pane.which)
        line = self.query_one(FindLine)
        line.display = bool(line.field.has_focus or self._find)

    def _names(self, snapshot: Snapshot) -> Content:
        """Both names, each on a line of its own."""
        width = max(1, self.app.size.width - 4)
        lines = []
        for mark, run_id in zip(MARKS, self._ids, strict=False):
            run = snapshot.run(run_id)
            name = fit_cells(clean(run.name if run is not None else run_id, limit=300), width).rstrip()
            lines.append(Content.assemble((f"{mark} ", f"{ACCENT} bold"), (name, BRIGHT)))
        return Content("\n").join(lines)

    def on_example_pane_changed(self) -> None:
        """Ask for other examples."""
        self.show()

    def on_part_line_chosen(self, event: PartLine.Chosen) -> None:
        """Show the part that was clicked."""
        self.action_part(event.number)

    def action_part(self, number: int) -> None:
        """Show one of the four parts."""
        self.pane.turn(_ORDER[number - 1])

    def action_next_part(self) -> None:
        """The next part, after the last the first."""
        self.action_part((_ORDER.index(self.pane.which) + 1) % len(_ORDER) + 1)

    def action_swap(self) -> None:
        """Let A and B change places; what is looked at stays what it is."""
        self._ids = (self._ids[1], self._ids[0])
        turned: dict[Which, Which] = {"only-a": "only-b", "only-b": "only-a"}
        self.pane.turn(turned.get(self.pane.which, self.pane.which))

    def action_find(self) -> None:
        """Type letters; only texts that have them stay."""
        line = self.query_one(FindLine)
        line.display = True
        line.field.focus()

    def on_find_line_typed(self, event: FindLine.Typed) -> None:
        """Narrow the list down as somebody types."""
        self._find = event.text
        self.show()

    def on_find_line_entered(self) -> None:
        """Back to the list."""
        self.pane.focus()
        self.call_after_refresh(self.show)

    def action_back(self) -> None:
        """Look for nothing any more; else leave."""
        line = self.query_one(FindLine)
        if line.field.has_focus or self._find:
            self._find = ""
            line.put("")
            self.pane.focus()
            self.show()
            self.call_after_refresh(self.show)
        else:
            self.app.pop_screen()


def _footer() -> list[Command]:
    """The keys of the list, then those of the screen."""
    return [command for scope in ("examples", "differ") for command in commands(scope) if command.footer]
