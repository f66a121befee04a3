"""The line in which the filter of the table is typed: with what fits, how many runs match, and what is wrong."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from bertft_tui.core.errors import Problem
from bertft_tui.core.filtering.completion import Completion, Offer
from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, MUTED
from bertft_tui.tui.widgets.own_keys import OwnKeys
from bertft_tui.tui.widgets.saying import say, say_if_any

#: Completions that are offered at once.
_OFFERED = 8


class FilterInput(Input, OwnKeys):
    """The typed filter. Its own keys act in the order in which they come, text among them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "parent_line('keep')", show=False),
        Binding("escape", "parent_line('clear')", show=False),
        Binding("tab", "parent_line('complete')", show=False),
        Binding("up", "parent_line('choose', -1)", show=False),
        Binding("down", "parent_line('choose', 1)", show=False),
        Binding("ctrl+s", "parent_line('save')", show=False),
    ]

    def action_parent_line(self, name: str, *arguments: int) -> None:
        """Let the line do what one of its keys says."""
        line = next(each for each in self.ancestors if isinstance(each, FilterLine))
        getattr(line, f"action_{name}")(*arguments)


class FilterLine(Vertical):
    """One line, and under it while one types: what is wrong, or what could come next."""

    class Changed(Message):
        """Another filter stands there."""

        def __init__(self, text: str, cursor: int) -> None:
            super().__init__()
            self.text, self.cursor = text, cursor

    class Left(Message):
        """The line was left, with its filter kept or cleared."""

    class Saved(Message):
        """The filter is to be kept for later."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__()
        self._completion: Completion | None = None
        self._completed = ""  # the text that it is for
        self._chosen = False  # whether somebody has gone to a completion

    def compose(self) -> ComposeResult:
        """Slash, text, count; below it the completions."""
        with Horizontal(id="filter-row"):
            yield Static(Content.styled("/", f"{ACCENT} bold"), id="filter-slash")
            yield FilterInput(compact=True, select_on_focus=False, placeholder="filter")
            yield Static(id="filter-count")
        yield Static(id="filter-fault")
        options = OptionList(compact=True, id="filter-completions")
        options.can_focus = False
        yield options

    @property
    def input(self) -> FilterInput:
        """The text field."""
        return self.query_one(FilterInput)

    def edit(self, text: str) -> None:
        """Begin to type, at the end of what stands there."""
        with self.prevent(Input.Changed):
            self.input.value = text
        self.input.cursor_position = len(text)
        self.input.focus()

    def put(self, text: str) -> None:
        """Let a filter stand there that was not typed."""
        if self.input.value != (shown := clean(text)):
            with self.prevent(Input.Changed):
                self.input.value = shown

    def show(self, words: Content, problem: Problem | None = None, *, unfinished: bool = False) -> None:
        """Say at the right how many runs there are, and below what is wrong; what is only unfinished is no error."""
        say(self.query_one("#filter-count", Static), words)
        colour = MUTED if unfinished else ERROR
        fault = content(f"{problem.message} {problem.hint}".strip(), colour, limit=300) if problem else None
        say_if_any(self.query_one("#filter-fault", Static), fault)

    def offer(self, text: str, completion: Completion | None) -> None:
        """Show what could come next in a text, unless another stands there by now."""
        if completion is not None and text != self.input.value:
            return
        self._completed, self._completion, self._chosen = text, completion, False
        options = self.query_one("#filter-completions", OptionList)
        options.clear_options()
        options.add_options([Option(_line(each)) for each in self._offers])
        options.highlighted = 0 if self._offers else None
        options.display = bool(self._offers) and self.input.has_focus

    @property
    def _offers(self) -> tuple[Offer, ...]:
        return self._completion.offers[:_OFFERED] if self._completion is not None else ()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self.input.value, self.input.cursor_position))

    def action_complete(self) -> None:
        """Take the highlighted completion."""
        place = self.query_one("#filter-completions", OptionList).highlighted
        if self._completion is None or place is None or self._completed != self.input.value:
            return
        self.input.value, cursor = self._completion.applied(self._completed, self._offers[place])
        self.input.cursor_position = cursor

    def action_choose(self, by: int) -> None:
        """Go to another completion; without any, back to the table."""
        options = self.query_one("#filter-completions", OptionList)
        if not self._offers:
            self.action_keep()
            return
        self._chosen = True
        options.highlighted = ((options.highlighted or 0) + by) % len(self._offers)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_complete()

    def action_keep(self) -> None:
        """Take a completion that was gone to; else back to the table, the filter stays."""
        if self._chosen and self._offers:
            self.action_complete()
            return
        self.offer("", None)
        self.post_message(self.Left())

    def action_clear(self) -> None:
        """Back to the table, without a filter."""
        self.put("")
        self.offer("", None)
        self.post_message(self.Changed("", 0))
        self.post_message(self.Left())

    def action_save(self) -> None:
        """Keep the filter for later."""
        self.post_message(self.Saved(self.input.value.strip()))


def _line(offer: Offer) -> Content:
    text = clean(offer.text.strip(), limit=40)
    return Content.assemble((f"{text:<24} ", BRIGHT), content(offer.help, MUTED, limit=120))
