"""Several runs side by side: what differs, what is best, and their curves."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, Static

from bertft_tui.core.analysis.comparison import FEWEST, Comparison, compare
from bertft_tui.core.analysis.significance import Significance
from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.comparison_curves import (
    Drawn,
    across,
    loss_curves,
    loss_words,
    metric_curves,
    metric_words,
)
from bertft_tui.tui.comparison_grid import make_grid
from bertft_tui.tui.comparison_lines import lines_of, matching, notes_of, same_words
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.format import clean, content, count_of
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, TEXT, WARNING
from bertft_tui.tui.interests.curves import Curves
from bertft_tui.tui.interests.evaluated import EvaluatedOn, Tested
from bertft_tui.tui.interests.verdict_against import VerdictAgainst
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.messages import RunHighlighted, RunOpened
from bertft_tui.tui.metric_choice import following, metric_of
from bertft_tui.tui.run_colours import run_colours
from bertft_tui.tui.screens.comparison_saving import ask_to_save
from bertft_tui.tui.screens.run_actions import RunActions
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.comparison_charts import ComparisonCharts, Switch
from bertft_tui.tui.widgets.comparison_table import ComparisonTable
from bertft_tui.tui.widgets.saying import say
from bertft_tui.tui.widgets.setting_row import TextField

#: From this size on the curves stand under the table; from this width on, in a low terminal, beside it.
_TALL, _UNDER, _BESIDE = 34, 90, 150

_GAP = "   "
_READING = Content.styled("reading…", MUTED)


class CompareScreen(RunActions):
    """Two to twenty runs: a table with a column for each, and their curves on common axes."""

    SCOPE: ClassVar[Scope] = "compare"
    BINDINGS: ClassVar[list[BindingType]] = bindings("compare")

    def __init__(self, run_ids: Sequence[str], baseline: str | None = None) -> None:
        super().__init__()
        self._ids = tuple(dict.fromkeys(run_ids))
        self._baseline = baseline
        self._left_out: list[tuple[int, str]] = []  # where each stood, the last one last
        self._off: frozenset[str] = frozenset()  # whose curves are not drawn
        self._colours = run_colours(self._ids)  # of all: a run keeps its colour when another goes
        self._pane = 1
        self._same = False
        self._comparison: Comparison | None = None

    def compose_body(self) -> ComposeResult:
        """Heading, table, curves, and a line to filter by."""
        yield Static(id="compare-heading")
        yield Static(id="compare-verdict")
        with Container(id="compare-body"):
            yield ComparisonTable()
            yield ComparisonCharts()
        yield TextField(id="compare-filter", compact=True, placeholder="show lines with these words")

    @property
    def table(self) -> ComparisonTable:
        """The table."""
        return self.query_one(ComparisonTable)

    @property
    def _filter(self) -> Input:
        return self.query_one("#compare-filter", Input)

    @property
    def selected(self) -> RunRecord | None:
        """The run of the highlighted column."""
        return self.bertft.snapshot.run(self.table.cursor)

    @property
    def place(self) -> str:
        """How many runs are compared."""
        return f"compare {count_of(len(self._ids), 'run')}"

    @property
    def comparison(self) -> Comparison | None:
        """What the table shows; None before the runs were read."""
        return self._comparison

    @property
    def chosen(self) -> str:
        """The full name of the metric that the table begins with and the chart draws."""
        if self._comparison is None:
            return ""
        base = self._comparison.runs[self._comparison.baseline]
        return evaluation_name(metric_of(base, self.bertft.metric))

    def interests(self) -> Interests:
        """The curves of the runs, and what they were evaluated on."""
        names = tuple(dict.fromkeys(("loss", self.chosen))) if self._comparison else ()
        curves = [Curves(run_id, names) for run_id in self._ids if names]
        tested = (self._tested,) if self._comparison else ()
        verdict = (against,) if (against := self._verdict) is not None else ()
        return (*(EvaluatedOn(run_id) for run_id in self._ids), *tested, *verdict, *curves)

    @property
    def _verdict(self) -> VerdictAgainst | None:
        """The verdict on the highlighted run; None of the baseline itself."""
        if self._comparison is None or self.table.cursor is None:
            return None
        base = self._comparison.runs[self._comparison.baseline].id
        return VerdictAgainst(self.table.cursor, base, self.chosen) if self.table.cursor != base else None

    @property
    def _tested(self) -> Tested:
        """The tests by the chosen metric."""
        assert self._comparison is not None
        return Tested(self._ids, self._comparison.runs[self._comparison.baseline].id, self.chosen)

    @property
    def sure(self) -> Significance | None:
        """How sure the figures and differences are; None while that is being computed."""
        return self.bertft.snapshot.answer(self._tested) if self._comparison else None

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """The runs that are compared."""
        return tuple(run for run in map(snapshot.run, self._ids) if run is not None)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring table and curves up to date."""
        self._drop_what_is_gone(snapshot)
        runs = self.in_sight(snapshot)
        if len(self._ids) < FEWEST:
            self._leave(snapshot)
            return
        if len(runs) < len(self._ids):
            self.query_one("#compare-heading", Static).update(_READING)
            return
        answers = {run.id: snapshot.answer(EvaluatedOn(run.id)) for run in runs}
        kept = {run_id: answer.kept for run_id, answer in answers.items() if answer}
        self._comparison = compare(runs, self._baseline, kept)
        self._arrange()
        self._show_table(self._comparison, snapshot)
        self._show_curves(self._comparison, snapshot)
        self._show_heading(self._comparison)
        self._show_verdict(snapshot)

    def _drop_what_is_gone(self, snapshot: Snapshot) -> None:
        """Take out runs that are in the trash, or that nobody knows any more; say so."""
        gone = [run_id for run_id in self._ids if _is_gone(snapshot, run_id)]
        if not gone or snapshot.revision < 0:
            return
        runs = [snapshot.run(run_id) for run_id in gone]
        known = {run.id: run.name for run in self._comparison.runs} if self._comparison is not None else {}
        names = ", ".join(clean(known.get(run_id, "a run"), limit=40) for run_id in gone)
        what = "is in the trash" if any(runs) else "was purged"
        if len(gone) > 1:
            what = what.replace("is", "are").replace("was", "were")
        self.notify(f"{names} {what}: no longer compared.", severity="warning", markup=False)
        self._ids = tuple(run_id for run_id in self._ids if run_id not in gone)

    def _leave(self, snapshot: Snapshot) -> None:
        """Go back when there is nothing left to compare."""
        if snapshot.revision >= 0 and self.app.screen is self:  # else a dialog would go in its place
            self.notify("Fewer than two runs are left to compare.", severity="warning", markup=False)
            self.app.pop_screen()

    def _arrange(self) -> None:
        """Both panes where there is room, else the one that was chosen."""
        size = self.app.size
        under = size.height >= _TALL and size.width >= _UNDER
        beside = not under and size.width >= _BESIDE
        self.set_class(under, "-under")
        self.set_class(beside, "-beside")
        self.set_class(not (under or beside) and self._pane == 1, "-only-table")
        self.set_class(not (under or beside) and self._pane == 2, "-only-curves")

    @property
    def _shows_both(self) -> bool:
        return self.has_class("-under") or self.has_class("-beside")

    def _show_table(self, comparison: Comparison, snapshot: Snapshot) -> None:
        seconds = {run.id: run.duration_seconds + snapshot.age(run) for run in comparison.runs}
        lines = lines_of(comparison, self.chosen, self.sure, same=self._same, seconds=lambda run: seconds[run.id])
        lines = matching(lines, self._filter.value)
        tops = {switch.run_id: switch.spans for switch in self._switches(comparison)}
        self.table.show(self._ids, lambda width: make_grid(comparison, lines, width, tops))

    def _switches(self, comparison: Comparison) -> list[Switch]:
        return [
            Switch(run.id, str(place), run.name, self._colours[run.id], run.id not in self._off)
            for place, run in enumerate(comparison.runs, 1)
        ]

    def _show_curves(self, comparison: Comparison, snapshot: Snapshot) -> None:
        switches = self._switches(comparison)
        drawn = [
            Drawn(run, switch.colour, switch.label, snapshot.series(run.id) or {})
            for run, switch in zip(comparison.runs, switches, strict=True)
            if switch.is_on
        ]
        drawn.sort(key=lambda each: each.run.id == self.table.cursor)  # the highlighted one lies on top
        x, options, name = across(drawn, self.bertft.charts.x), self.bertft.charts, self.chosen
        self.query_one(ComparisonCharts).show(
            switches,
            (loss_words(x, options), loss_curves(drawn, x, options)),
            (metric_words(name, x, options), metric_curves(drawn, name, x, options)),
        )

    def _show_heading(self, comparison: Comparison) -> None:
        """The highlighted run's whole name; what is the same; what the marks mean, as far as there is room."""
        run, word = self.selected, self._filter.value
        pieces = [content(run.name, f"{BRIGHT} bold", limit=300)] if run is not None else []
        if word:
            pieces.append(content(f"/{word}", ACCENT, limit=60))
            pieces += [Content.styled("no line has these words", WARNING)] * self.table.is_empty
        if not self._same:
            pieces.append(Content.assemble((same_words(comparison), MUTED), (" =", f"{ACCENT} bold")))
        room = self.app.size.width - 2 - sum(piece.cell_length + len(_GAP) for piece in pieces)
        for note in notes_of(comparison, self.sure):
            room -= cell_len(note) + len(_GAP)
            pieces += [Content.styled(note, MUTED)] * (room > -len(_GAP))
        self.query_one("#compare-heading", Static).update(Content(_GAP).join(pieces))

    def _show_verdict(self, snapshot: Snapshot) -> None:
        """What the highlighted run's difference to the baseline comes to; in a low terminal the first sentence."""
        said = snapshot.answer(self._verdict) or () if self._verdict is not None else ()
        most = len(said) if self.app.size.height >= _TALL else 1
        words = Content(" ").join(content(advice.sentence, TEXT) for advice in said[:most])
        verdict = self.query_one("#compare-verdict", Static)
        verdict.display = bool(said)
        say(verdict, words)

    def on_mount(self) -> None:
        """The table has the keys."""
        self.table.focus()

    def on_run_highlighted(self, event: RunHighlighted) -> None:
        """Show which run it is."""
        if self._comparison is not None:
            self.query_one(ComparisonCharts).highlight(event.run_id)
            self._show_curves(self._comparison, self.bertft.snapshot)
            self._show_heading(self._comparison)
            self._show_verdict(self.bertft.snapshot)
            self.bertft.feed.watch(self.interests())

    def on_run_opened(self, event: RunOpened) -> None:
        """Open a run's own screen."""
        self.bertft.open_run(event.run_id)

    def action_open_run(self) -> None:
        """Open the run of the highlighted column."""
        if (run := self.require_run()) is not None:
            self.bertft.open_run(run.id)

    def action_run(self, by: int) -> None:
        """Highlight another column."""
        self.table.move(by)

    def action_baseline(self) -> None:
        """Hold the others against the highlighted run."""
        if (run := self.require_run()) is not None:
            self._baseline = run.id
            self.show()

    def action_same(self) -> None:
        """Show or hide the settings that are the same."""
        self._same = not self._same
        self.show()

    def action_next_metric(self) -> None:
        """Begin with the next metric that one of these runs has."""
        if self._comparison is not None:
            self.bertft.change_settings(metric=following(self._comparison.runs, self.bertft.metric))

    def action_switch(self, number: int = 0) -> None:
        """Draw a run's curve, or draw it no more: the highlighted run's, or that of the one with a number."""
        if number > len(self._ids):
            self.notify(f"There is no run {number} here.", severity="warning", markup=False)
            return
        run_id = self._ids[number - 1] if number else self.table.cursor
        if run_id is not None:
            self._off ^= {run_id}
            self.show()

    def action_all_curves(self) -> None:
        """Draw all curves again."""
        self._off = frozenset()
        self.show()

    def action_leave_out(self) -> None:
        """Take the highlighted run out of the comparison; the run itself stays as it is."""
        run_id = self.table.cursor
        if run_id is None:
            return
        if len(self._ids) <= FEWEST:
            self.notify("Two runs are the fewest that can be compared; esc leaves.", severity="warning", markup=False)
            return
        self._left_out.append((self._ids.index(run_id), run_id))
        self._ids = tuple(each for each in self._ids if each != run_id)
        self.show()

    def action_put_back(self) -> None:
        """Put back the run that was left out last."""
        if not self._left_out:
            self.notify("No run was left out.", severity="warning", markup=False)
            return
        place, run_id = self._left_out.pop()
        self._ids = (*self._ids[:place], run_id, *self._ids[place:])
        self.show()
        self.table.cursor = run_id

    def action_filter(self) -> None:
        """Type words; only lines that have them stay."""
        self._filter.display = True
        self._filter.focus()
        if self._pane != 1:
            self.action_next_pane()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        self.show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the keys back to the table; the filter stays."""
        self._filter.display = bool(self._filter.value)
        self.table.focus()

    def action_next_pane(self) -> None:
        """Table or curves, where there is no room for both."""
        if self._shows_both:
            self.notify("Table and curves are both there.", markup=False)
            return
        self._pane = 3 - self._pane
        self.show()
        if self._pane == 1:
            self.call_after_refresh(self.table.focus)

    def action_differ(self) -> None:
        """Show the texts on which the highlighted run and the baseline differ; of two runs it is always both."""
        from bertft_tui.tui.screens.differing import DifferScreen

        run, comparison = self.selected, self._comparison
        if run is None or comparison is None:
            return
        base = comparison.runs[comparison.baseline]
        others = [each.id for each in comparison.runs if each is not base]
        if run.id != base.id:
            others = [run.id]
        if len(others) > 1:
            self.notify("This is the baseline: ← and → highlight a run to hold against it.", markup=False)
        else:
            self.app.push_screen(DifferScreen(base.id, others[0]))

    def action_copy(self) -> None:
        """Copy the table as Markdown."""
        from bertft_tui.tui.comparison_files import markdown

        if self._comparison is not None:
            self.app.copy_to_clipboard(markdown(self._comparison, self.chosen, self.sure, same=self._same))
            self.notify("The table is in the clipboard, as Markdown.", markup=False)

    def action_save(self) -> None:
        """Ask for a file, and save the table in the format that its name ends in."""
        if self._comparison is not None:
            ask_to_save(self.bertft, self._comparison, self.chosen, self.sure, same=self._same)

    def action_back(self) -> None:
        """Back from the curves to the table, where there is no room for both; show all lines again; else leave."""
        if self._pane == 2 and not self._shows_both:
            self.action_next_pane()
        elif self._filter.display or self._filter.value:
            self._filter.value = ""
            self._filter.display = False
            self.table.focus()
            self.show()
        else:
            self.app.pop_screen()


def _is_gone(snapshot: Snapshot, run_id: str) -> bool:
    """Whether a run was deleted or purged, as far as that is known."""
    run = snapshot.run(run_id)
    if run is not None:
        return run.trashed_at is not None
    answer = snapshot.answer(EvaluatedOn(run_id))
    return answer is not None and not answer.exists
