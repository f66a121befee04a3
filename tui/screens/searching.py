"""What the screens and dialogs have in common that find lines of a list by typing."""

from contextlib import suppress
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerCancelled

from bertft_tui.tui.widgets.find_field import FindField

Result = TypeVar("Result")  # what a dialog gives; None when it was left


class Searching(Screen[Result | None], Generic[Result]):
    """A `FindField` and an `OptionList` of what fits its text. Keys act in the order in which they were typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority: it leaves also while what was typed is still being looked for.
        Binding("escape", "leave", show=False, priority=True),
    ]

    _searched: str | None = None  # what the list fits
    _filling: Worker[None] | None = None

    @property
    def field(self) -> FindField:
        """What is typed."""
        return self.query_one(FindField)

    @property
    def listed(self) -> OptionList:
        """What fits it."""
        return self.query_one(OptionList)

    @property
    def place(self) -> int | None:
        """The number of the highlighted line."""
        return self.listed.highlighted

    def on_mount(self) -> None:
        """Show all there is."""
        self.listed.can_focus = False
        self.field.focus()
        self._search()

    def fill(self, text: str) -> Worker[None] | None:
        """Fill the list with what fits a text; return the work when that takes time."""
        raise NotImplementedError

    def take(self, place: int | None) -> None:
        """Close with a line of the list, if there is one."""
        raise NotImplementedError

    def show(self, lines: list[Content], place: int | None = 0) -> None:
        """Put lines into the list, one of them highlighted."""
        self.listed.clear_options()
        self.listed.add_options([Option(line) for line in lines])
        self.listed.highlighted = place if lines else None

    def _search(self) -> None:
        text = self.field.value
        if text != self._searched:
            self._searched, self._filling = text, self.fill(text)

    async def catch_up(self) -> None:
        """Have the list fit what was typed; what the field says of a change comes later than its keys."""
        self._search()
        if self._filling is not None:
            with suppress(WorkerCancelled):
                await self._filling.wait()
            self._filling = None

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._search()

    async def action_move(self, by: int) -> None:
        """Go up or down the list, some lines."""
        await self.catch_up()
        if count := self.listed.option_count:
            self.listed.highlighted = min(max((self.place or 0) + by, 0), count - 1)

    async def action_page(self, by: int) -> None:
        """Go up or down the list, some pages."""
        await self.action_move(by * max(1, self.listed.size.height - 1))

    async def action_take(self) -> None:
        """Close with the highlighted line."""
        await self.catch_up()
        self.take(self.place)

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Do what a click does."""
        event.stop()
        await self.click(event.option_index)

    async def click(self, place: int) -> None:
        """Close with the line that was clicked."""
        self.take(place)

    def on_key(self, event: Key) -> None:
        """Give the field what was typed before it had the focus."""
        if not self.field.has_focus:
            self.field.catch_up(event)

    def action_leave(self) -> None:
        """Close without one."""
        self.close(None)

    def close(self, result: Result | None) -> None:
        """Close once: the same key may come twice before the dialog is gone."""
        if self.is_current:
            self.workers.cancel_node(self)  # else the field would wait for what is being looked for
            self.dismiss(result)


class SearchDialog(ModalScreen[Result | None], Searching[Result]):
    """The same over another screen."""

    def on_key(self, event: Key) -> None:
        """No key leaves the dialog."""
        event.stop()
