"""The panes of one run's own screen: which is in sight, what is looked for in it, what of it is copied."""

from dataclasses import replace
from typing import Any

from textual.containers import VerticalScroll
from textual.widgets import ContentSwitcher, Static

from bertft_tui.core.config_file import to_toml
from bertft_tui.core.store.records import RunRecord, VitalsSummary, VitalsTrace
from bertft_tui.tui.form.command import command_of
from bertft_tui.tui.hanging import Hanging
from bertft_tui.tui.interests.history import RunHistory
from bertft_tui.tui.interests.judged import Judged
from bertft_tui.tui.interests.log_end import LogEnd
from bertft_tui.tui.interests.vitals import LatestVitals, VitalsOverTime
from bertft_tui.tui.log_file import log_files
from bertft_tui.tui.metric_choice import is_of_test
from bertft_tui.tui.panes.checkpoints import best_of, path_of
from bertft_tui.tui.panes.events import kind_after
from bertft_tui.tui.panes.frame import Pane
from bertft_tui.tui.panes.texts import FINDING, PANE_KEYS, PANES, WORDS
from bertft_tui.tui.screens.run_actions import RunActions
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.class_view import ClassView
from bertft_tui.tui.widgets.example_pane import ExamplePane
from bertft_tui.tui.widgets.find_line import FindLine
from bertft_tui.tui.widgets.log_view import LogView
from bertft_tui.tui.widgets.pane_tabs import PaneTabs

_NO_SNAPSHOT = Snapshot()


class PaneActions(RunActions):
    """A screen with panes beside or in the place of its curves."""

    pane = 1
    alone = False  # the curves, without anything beside or under them
    _only = False
    _kind = ""
    _wraps = True

    def __init__(self) -> None:
        super().__init__()
        self._finds: dict[str, str] = {}  # what is looked for, by pane
        self._shown: dict[str, tuple[Any, ...]] = {}  # what the words of each pane were made from

    @property
    def history(self) -> RunHistory | None:
        """What happened to the run; None before it was read."""
        raise NotImplementedError

    @property
    def pane_in_sight(self) -> str:
        """The pane beside the curves, or in their place."""
        current = self.query_one("#run-panes", ContentSwitcher).current or "pane-settings"
        return current.removeprefix("pane-")

    @property
    def log_view(self) -> LogView:
        """The log."""
        return self.query_one(LogView)

    @property
    def example_pane(self) -> ExamplePane:
        """The evaluation examples."""
        return self.query_one(ExamplePane)

    def judged_of(self, run: RunRecord) -> Judged:
        """The question about its classes, on the texts that the chosen metric was measured on."""
        return Judged(run.id, is_of_test(self.bertft.metric))

    def forget_pane(self) -> None:
        """Begin anew with another run."""
        self._finds = {}
        self.example_pane.forget()
        self.log_view.find("")

    def show_pane(self, run: RunRecord, snapshot: Snapshot) -> None:
        """Bring the pane in sight up to date."""
        if self.pane > 1:
            self.query_one("#run-panes", ContentSwitcher).current = f"pane-{PANES[self.pane - 1]}"
        name = self.pane_in_sight
        directory = self.bertft.db.path.run(run.id)
        if name == "log":
            if (stamp := snapshot.answer(LogEnd(run.id))) is not None:
                self.log_view.show(log_files(directory), stamp, wraps=self._wraps)
        elif name == "classes":
            self.query_one(ClassView).show(run, snapshot.answer(self.judged_of(run)))
        elif name == "examples":
            tested = is_of_test(self.bertft.metric)
            self.example_pane.show((run.id,), snapshot, self._finds.get(name, ""), tested=tested)
        elif (make := WORDS.get(name)) is not None:
            pane = self._pane(name, run, snapshot)
            made_from = (replace(pane, snapshot=_NO_SNAPSHOT), snapshot.run(run.parent))
            if self._shown.get(name) != made_from:
                self._shown[name] = made_from
                self._write(name, Hanging(make(pane)))
        self._show_find(name)

    def _pane(self, name: str, run: RunRecord, snapshot: Snapshot) -> Pane:
        """What a pane is made from."""
        return Pane(
            run=run,
            snapshot=snapshot,
            history=self.history or RunHistory(),
            folder=str(self.bertft.db.path.run(run.id).path),
            width=self.query_one(f"#pane-{name}").scrollable_content_region.width,
            vitals=snapshot.answer(LatestVitals(run.id)) or VitalsSummary(),
            trace=snapshot.answer(VitalsOverTime(run.id)) or VitalsTrace(),
            find=self._finds.get(name, ""),
            only=self._only,
            kind=self._kind,
        )

    def _write(self, name: str, words: Hanging) -> None:
        """Put words into a pane; what grows at its end is followed until somebody scrolls away from the end."""
        scroll = self.query_one(f"#pane-{name}", VerticalScroll)
        follows = name == "events" and scroll.scroll_offset.y >= scroll.max_scroll_y
        self.query_one(f"#text-{name}", Static).update(words)
        if follows:
            scroll.scroll_end(animate=False)

    def _show_find(self, name: str) -> None:
        line = self.query_one(FindLine)
        typing = line.field.has_focus
        words = self.log_view.words if name == "log" else ""
        line.display = name in FINDING and bool(typing or self._finds.get(name) or words)
        line.put(self._finds.get(name, ""))
        line.say(words)

    def focus_pane(self) -> None:
        """Give the keys to the pane that is meant, and draw it for the room that it has got."""
        for pane in self.query(f"#pane-{PANES[self.pane - 1]}"):  # none when the screen was left meanwhile
            pane.focus()
            self.show()

    def action_pane(self, number: int) -> None:
        """Show a pane."""
        self.pane = number
        self.bertft.put_settings({"panes.run": number})
        self.show()
        self.call_after_refresh(self.focus_pane)

    def on_pane_tabs_chosen(self, event: PaneTabs.Chosen) -> None:
        """Show the pane whose name was clicked."""
        self.action_pane(event.number)

    def action_next_pane(self) -> None:
        """The next pane, after the last the first."""
        self.action_pane(self.pane % len(PANES) + 1)

    def action_alone(self) -> None:
        """Give the curves the whole screen, or no longer."""
        self.alone = not self.alone
        self.action_pane(1)

    def action_find(self) -> None:
        """Look for something in the pane in sight."""
        name = self.pane_in_sight
        hidden = self.has_class("-only-left") or self.has_class("-only-charts")
        if hidden or name not in FINDING:
            where = ", ".join(f"{PANE_KEYS[each]} {each}" for each in FINDING)
            self.notify(f"Nothing can be looked for here; it can in {where}.", severity="warning", markup=False)
            return
        line = self.query_one(FindLine)
        line.display = True
        line.field.focus()

    def end_finding(self) -> bool:
        """Look for nothing any more; say whether something was looked for."""
        name, line = self.pane_in_sight, self.query_one(FindLine)
        typing = line.field.has_focus
        if not typing and not self._finds.get(name):
            return False
        self._look_for(name, "")
        if typing:
            self.query_one(f"#pane-{name}").focus()
        self.show()
        return True

    def on_find_line_typed(self, event: FindLine.Typed) -> None:
        """Narrow the pane down as somebody types."""
        self._look_for(self.pane_in_sight, event.text)
        self.show()

    def on_find_line_entered(self) -> None:
        """Back to the pane."""
        self.query_one(f"#pane-{self.pane_in_sight}").focus()
        self.call_after_refresh(self.show)

    def _look_for(self, name: str, text: str) -> None:
        self._finds[name] = text
        if name == "log":
            self.log_view.find(text)
        elif name in WORDS:
            self.query_one(f"#pane-{name}", VerticalScroll).scroll_home(animate=False)

    def on_log_view_changed(self) -> None:
        """Say how many matches there are."""
        self._show_find(self.pane_in_sight)

    def action_only(self) -> None:
        """Show less, or all again: what differs among the settings, one kind of events."""
        match self.pane_in_sight:
            case "settings":
                self._only = not self._only
            case "events":
                self._kind = kind_after(self._kind)
            case "classes":
                self.query_one(ClassView).turn()
            case "examples":
                self.example_pane.turn("all" if self.example_pane.which == "wrong" else "wrong")
            case _:
                words = "Settings, events, classes and examples can be narrowed down: 2, 3, 9 and i show them."
                self.notify(words, severity="warning", markup=False)
                return
        self.show()

    def on_example_pane_changed(self) -> None:
        """Ask for other examples."""
        self.show()

    def action_wrap(self) -> None:
        """Wrap the lines of the log, or leave them whole."""
        self._wraps = not self._wraps
        self.show()

    def action_copy(self) -> None:
        """Put what the pane is about on the clipboard."""
        run, history = self.selected, self.history or RunHistory()
        if run is None:
            return
        name = "curves" if self.pane == 1 else self.pane_in_sight
        folder = self.bertft.db.path.run(run.id).path
        best = best_of(history.checkpoints) or next(iter(reversed(history.checkpoints)), None)
        match name:
            case "settings":
                text, what = to_toml(run.config, comments=False), "The settings are, as TOML,"
            case "log":
                text, what = self.log_view.visible_text, "The lines of the log in sight are"
            case "examples" if (example := self.example_pane.text) is not None:
                text, what = "\n\n".join(example.parts), "The text is"
            case "machine":
                text, what = command_of(run), "The command line is"
            case "checkpoints" if best is not None:
                text, what = str(path_of(best, str(folder))), f"The path of the checkpoint of step {best.step} is"
            case _:
                text, what = str(folder), "The path of the run's directory is"
        self.app.copy_to_clipboard(text)
        self.notify(f"{what} on the clipboard.", markup=False)
