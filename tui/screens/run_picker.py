"""A small list of runs to choose one from; typing narrows it."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED

#: The id of the answer "none of them".
NONE = "-"


class RunPicker(ModalScreen[str | None]):
    """Closes with a run's id, with `NONE` for none, or with None when everything shall stay as it is."""

    BINDINGS = [  # noqa: RUF012 - Textual declares it without ClassVar
        Binding("escape", "leave", show=False),
        Binding("up", "go(-1)", show=False),
        Binding("down", "go(1)", show=False),
    ]

    def __init__(self, title: str, runs: Sequence[RunRecord], *, none: str) -> None:
        """Offer runs; `none`: what it says for none of them, empty to leave that out."""
        super().__init__()
        self._title, self._runs, self._none = title, runs, none

    def compose(self) -> ComposeResult:
        """Title, field, list, keys."""
        with Vertical(classes="dialog", id="picker"):
            yield Static(content(self._title, f"{BRIGHT} bold"))
            yield Input(placeholder="type to narrow", compact=True)
            yield OptionList(compact=True)
            words = [
                ("↑ ↓ enter", f"{ACCENT} bold"),
                (" choose   ", MUTED),
                ("esc", f"{ACCENT} bold"),
                (" leave it", MUTED),
            ]
            yield Static(Content.assemble(*words), classes="dialog-keys")

    def on_mount(self) -> None:
        """Show all."""
        self._offer("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show those whose name or id has every word that was typed."""
        self._offer(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the highlighted one."""
        self._choose(self._list.highlighted_option)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the one that was clicked."""
        self._choose(event.option)

    def action_go(self, by: int) -> None:
        """Move the highlight."""
        self._list.action_cursor_down() if by > 0 else self._list.action_cursor_up()

    def action_leave(self) -> None:
        """Close without an answer."""
        if self.is_current:
            self.dismiss(None)

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    def _offer(self, text: str) -> None:
        words = text.casefold().split()
        fits = [run for run in self._runs if all(word in f"{run.name} {run.id}".casefold() for word in words)]
        options = [Option(content(self._none, MUTED), id=NONE)] if self._none and not words else []
        options += [Option(_line(run), id=run.id) for run in fits]
        self._list.clear_options()
        self._list.add_options(options or [Option(Content.styled("no run fits", MUTED), disabled=True)])
        self._list.highlighted = 0 if options else None

    def _choose(self, option: Option | None) -> None:
        if self.is_current and option is not None and option.id is not None:
            self.dismiss(option.id)


def _line(run: RunRecord) -> Content:
    return Content.assemble(content(clean(run.name, limit=200), BRIGHT), ("  " + run.id, MUTED))
