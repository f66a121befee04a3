"""The evaluation examples of one run or two: how many, which of them, the list, and their texts as they come."""

from collections.abc import Callable
from typing import Self

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from bertft_tui.core.analysis.examples import Which
from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling.texts_again import EvaluatedText
from bertft_tui.tui.describe import problem_block
from bertft_tui.tui.example_heading import heading, no_search
from bertft_tui.tui.format import count_of
from bertft_tui.tui.glyphs import ACCENT, MUTED, WARNING
from bertft_tui.tui.interests.examples import Examples, Listed
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.texts_held import HeldTexts, ReadsTexts
from bertft_tui.tui.widgets.example_list import ExampleList
from bertft_tui.tui.widgets.saying import say, say_if_any

#: The choice of no class.
_EVERY = ""

#: Seconds between two looks at how far the reading is.
_TICK = 0.5


class ExamplePane(Vertical):
    """Asks for what is to be listed, and for the texts once there is something to list."""

    class Changed(Message):
        """Others are to be listed: the feed has to be asked for them."""

    def __init__(self, make_reading: Callable[[], ReadsTexts], which: Which, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.held = HeldTexts(make_reading)
        self.which = which
        self._ids: tuple[str, ...] = ()
        self._tested = False
        self._label: int | None = None
        self._find = ""
        self._listed: Listed | None = None

    def compose(self) -> ComposeResult:
        """What is listed, what is the matter with it, the list."""
        yield Static(classes="example-heading")
        yield Static(classes="example-state")
        yield ExampleList(self.held.text)

    @property
    def table(self) -> ExampleList:
        """The list."""
        return self.query_one(ExampleList)

    @property
    def listed(self) -> Listed | None:
        """What is listed; None before it was read."""
        return self._listed

    @property
    def text(self) -> EvaluatedText | None:
        """The text of the example under the cursor, where it is there."""
        text = self.table.text
        return None if isinstance(text, str) else text

    @property
    def interests(self) -> tuple[Examples, ...]:
        """What to ask the feed for."""
        if not self._ids:
            return ()
        texts = self.held.texts if self._find else None
        find = self._find if texts is not None else ""
        return (Examples(self._ids, self.which, self._label, find, texts, self._tested),)

    def show(self, ids: tuple[str, ...], snapshot: Snapshot, find: str, *, tested: bool) -> None:
        """Show what is known of these runs by now, one or two. `find`: letters of the texts that are listed.

        `tested`: those of the test split.
        """
        if (ids, tested) != (self._ids, self._tested):
            turned = set(ids) == set(self._ids) and tested is self._tested
            if self.held.texts is None or not turned:  # two that change places have the same texts
                self.held.forget()
            self._ids, self._tested, self._label, self._listed = ids, tested, None, None
        self._find = find
        for interest in self.interests:
            if (answer := snapshot.answer(interest)) is not None:
                self._listed = answer
        self._draw()
        if (listed := self._listed) is not None and listed.hashes is not None and not self.held.is_begun:
            self._read(listed.sides[0].run.config, listed.hashes.tolist(), listed.tested)

    def forget(self) -> None:
        """Begin anew with other runs."""
        self.held.forget()
        self._label, self._listed = None, None

    def turn(self, which: Which) -> None:
        """List others."""
        self.which = which
        self.post_message(self.Changed())

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the keys to the list."""
        self.table.focus(scroll_visible)
        return self

    def on_mount(self) -> None:
        """Say how far the reading is."""
        self.set_interval(_TICK, self._show_state)

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self.held.forget()

    @work(group="texts")
    async def _read(self, config: RunConfig, hashes: list[int], tested: bool) -> None:
        if await self.held.read(config, hashes, tested=tested) and self.is_attached:
            self._draw()
            self.post_message(self.Changed())

    def _draw(self) -> None:
        listed = self._listed
        is_there = listed is not None and listed.problem is None
        if is_there and not self.table.display and self.screen.focused is None:
            self.call_after_refresh(self.focus)
        self.table.display = is_there
        words = Content.styled("reading…", MUTED)
        if listed is not None:
            words = problem_block(listed.problem) if listed.problem is not None else self._heading(listed)
            self.table.show(listed)
        say(self.query_one(".example-heading", Static), words)
        self._show_state()

    def _heading(self, listed: Listed) -> Content:
        return heading(listed, self.which, self._label, self._find if self.held.texts is not None else "")

    def _show_state(self) -> None:
        """Say how far the reading of the texts is, or what is the matter with it."""
        words = None
        if self._listed is not None and self._listed.problem is None:
            if progress := self.held.progress:
                words = Content.styled(progress, ACCENT)
            elif (problem := self.held.problem) is not None:
                words = problem_block(problem, WARNING)
            if self._find and self.held.texts is None:
                words = Content("\n").join([*([words] if words is not None else []), no_search()])
        say_if_any(self.query_one(".example-state", Static), words)

    def on_example_list_opened(self, event: ExampleList.Opened) -> None:
        """Show the whole text."""
        from bertft_tui.tui.screens.example import ExampleScreen

        event.stop()
        if self._listed is not None:
            self.app.push_screen(ExampleScreen(self._listed, event.place, self.held), self._come_back)

    def _come_back(self, place: int | None) -> None:
        """The cursor stands on the example that was read last."""
        if place is not None:
            self.table.cursor = place

    def on_example_list_class_asked(self, event: ExampleList.ClassAsked) -> None:
        """Let somebody choose a class."""
        from bertft_tui.tui.screens.pick import Choice, Pick

        event.stop()
        listed = self._listed
        if listed is None or not listed.sides:
            return
        names = listed.sides[0].run.labels
        choices = [
            Choice(str(number), name, count_of(count, "text"))
            for number, (name, count) in enumerate(zip(names, listed.by_label, strict=True))
        ]
        every = Choice(_EVERY, "every class")
        present = _EVERY if self._label is None else str(self._label)
        title = "Only texts of which class, or taken for it?"
        self.app.push_screen(Pick(title, [every, *choices], present), self._take_class)

    def _take_class(self, chosen: str | None) -> None:
        if chosen is not None:
            self._label = None if chosen == _EVERY else int(chosen)
            self.post_message(self.Changed())
