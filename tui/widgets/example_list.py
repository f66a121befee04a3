"""Evaluation examples, one under the other; the cursor stays on its example when others come and go."""

from typing import ClassVar

from textual.binding import BindingType
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bertft_tui.core.scheduling.texts_again import EvaluatedText
from bertft_tui.tui.glyphs import CURSOR, CURSOR_AT_REST
from bertft_tui.tui.interests.examples import Listed
from bertft_tui.tui.keys import bindings
from bertft_tui.tui.widgets.example_lines import Layout, TextOf, example_spans, head_spans, layout_of
from bertft_tui.tui.widgets.strips import rich_style, strip

#: The line above the examples.
_HEAD = 1


class ExampleList(ScrollView, can_focus=True):
    """Draws only what is in sight: there may be tens of thousands."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("examples")

    cursor: reactive[int] = reactive(0)

    class Opened(Message):
        """Somebody wants to read the example at a place of the list."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    class ClassAsked(Message):
        """Somebody wants to choose a class."""

    def __init__(self, text_of: TextOf) -> None:
        super().__init__()
        self._text_of = text_of
        self._listed = Listed()
        self._laid_out: tuple[Listed, int, Layout] | None = None

    def show(self, listed: Listed) -> None:
        """Show other examples."""
        if listed is self._listed:
            self.refresh()  # texts may have come
            return
        here = self._position
        self._listed = listed
        places = [] if listed.positions is None else (listed.positions == here).nonzero()[0].tolist()
        self._lay_out()
        self.cursor = places[0] if places else 0
        self._to_cursor()

    @property
    def text(self) -> EvaluatedText | str:
        """The text under the cursor, or what stands in its place."""
        if self._position < 0:
            return ""
        return self._text_of(int(self._listed.sides[0].said.text_hash[self._position]))

    @property
    def _position(self) -> int:
        """The example under the cursor, by its place in the data; -1 without any."""
        positions = self._listed.positions
        return int(positions[self.cursor]) if positions is not None and self.cursor < len(positions) else -1

    @property
    def _layout(self) -> Layout:
        """For the width that it has now: while it is hidden it has none."""
        width = self.scrollable_content_region.width or self.size.width
        if self._laid_out is None or self._laid_out[:2] != (self._listed, width):
            self._laid_out = (self._listed, width, layout_of(self._listed, width))
        return self._laid_out[2]

    def _lay_out(self) -> None:
        self.virtual_size = Size(self.size.width, _HEAD + len(self._listed) * self._layout.lines)
        self.refresh()

    def on_resize(self) -> None:
        """Draw for another width."""
        self._lay_out()
        self._to_cursor()

    def on_show(self) -> None:
        """Draw for the width that it has again."""
        self.on_resize()

    def validate_cursor(self, place: int) -> int:
        """Stay within the list."""
        return max(0, min(place, len(self._listed) - 1))

    def watch_cursor(self) -> None:
        """Bring the example into sight."""
        self.refresh()
        self._to_cursor()

    def _to_cursor(self) -> None:
        top, lines = self.cursor * self._layout.lines, self._layout.lines
        room, now = max(lines, self.size.height - _HEAD), self.scroll_offset.y
        target = top if top < now else max(now, top + lines - room)
        if target != now:
            self.scroll_to(y=target, animate=False, immediate=True, force=True)

    def action_move(self, by: int) -> None:
        """Go on by some examples."""
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Go on by a screenful of them."""
        self.cursor += by * max(1, (self.size.height - _HEAD) // self._layout.lines - 1)

    def action_edge(self, end: int) -> None:
        """To the first (0) or the last (1) example."""
        self.cursor = end * len(self._listed)

    def action_read(self) -> None:
        """Read the example under the cursor."""
        if len(self._listed):
            self.post_message(self.Opened(self.cursor))

    def action_choose_class(self) -> None:
        """Choose whose examples are listed."""
        self.post_message(self.ClassAsked())

    def on_click(self, event: Click) -> None:
        """Put the cursor on the example under the mouse; a second click reads it."""
        place = (event.y - _HEAD + self.scroll_offset.y) // self._layout.lines
        if event.y >= _HEAD and place < len(self._listed):
            again = self.cursor == place and event.chain > 1
            self.cursor = place
            if again:
                self.action_read()

    def on_focus(self) -> None:
        """The cursor is drawn as one that acts."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor is drawn as one at rest."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The head, which stays, and under it what is scrolled to."""
        base, width = self.rich_style, self.size.width
        if y < _HEAD:
            return strip(head_spans(self._listed, self._layout), width, base)
        place, line = divmod(y - _HEAD + self.scroll_offset.y, self._layout.lines)
        if place >= len(self._listed):
            return Strip.blank(width, base)
        if place == self.cursor:
            base += rich_style(CURSOR if self.has_focus else CURSOR_AT_REST)
        return strip(example_spans(self._listed, place, self._layout, self._text_of)[line], width, base)
