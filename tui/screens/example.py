"""One evaluation example: its whole text, and what one run or two make of it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from bertft_tui.core.scheduling.texts_again import EvaluatedText
from bertft_tui.tui.example_words import label_words, verdict_of
from bertft_tui.tui.format import content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, TEXT, WARNING
from bertft_tui.tui.interests.examples import Listed
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.screens.table import WIDE
from bertft_tui.tui.texts_held import HeldTexts
from bertft_tui.tui.widgets.lines import KeyLine
from bertft_tui.tui.widgets.saying import say
from bertft_tui.tui.widgets.verdict_lines import MARKS, Said
from bertft_tui.tui.widgets.verdict_view import VerdictView

#: Characters of a text that are drawn: more than any model reads.
_MOST = 100_000

#: Seconds between two looks at whether the text has come.
_TICK = 0.5


class ExampleScreen(Screen[int]):
    """Goes through a list of examples; gives the place of the one that was read last."""

    SCOPE: ClassVar[Scope] = "example"
    BINDINGS: ClassVar[list[BindingType]] = bindings("example")

    def __init__(self, listed: Listed, place: int, held: HeldTexts) -> None:
        super().__init__()
        self._listed, self._place, self._held = listed, place, held

    def compose(self) -> ComposeResult:
        """Title, the text, the probabilities, keys."""
        yield Static(id="form-title")
        yield Static(id="example-truth")
        with Horizontal(id="example"):
            with VerticalScroll(id="example-left"):
                yield Static(id="example-text")
            with VerticalScroll(id="example-right"):
                yield VerdictView(id="example-verdict")
        yield KeyLine(self.SCOPE)

    def on_mount(self) -> None:
        """The text has the keys; it may come later."""
        self.query_one("#example-left").focus()
        self.set_interval(_TICK, self._show_text)
        self._show()

    def on_resize(self) -> None:
        """Text and probabilities side by side where there is room."""
        self.set_class(self.app.size.width >= WIDE, "-wide")

    @property
    def _position(self) -> int:
        assert self._listed.positions is not None
        return int(self._listed.positions[self._place])

    @property
    def _text(self) -> EvaluatedText | str:
        return self._held.text(int(self._listed.sides[0].said.text_hash[self._position]))

    def _show(self) -> None:
        sides, labels = self._listed.sides, self._listed.sides[0].run.labels
        said = [Said(side.run.name, verdict_of(side, self._position, labels)) for side in sides]
        self.query_one(VerdictView).show(said, None)
        rights = [bool(side.right[self._position]) for side in sides]
        marks = MARKS if len(sides) > 1 else " "
        judged = [
            f"{mark} {'right' if right else 'wrong'}".strip() for mark, right in zip(marks, rights, strict=False)
        ]
        truth = Content.assemble(
            ("true: ", MUTED),
            (label_words(sides[0].said.label[self._position], labels), f"{BRIGHT} bold"),
            (f"  {', '.join(judged)}", TEXT if all(rights) else WARNING),
        )
        say(self.query_one("#example-truth", Static), truth)
        self._show_text()

    def _show_text(self) -> None:
        text = self._text
        place = "" if isinstance(text, str) else text.place
        title = Content.assemble(
            (f"Example {self._place + 1:,} of {len(self._listed):,}", f"{BRIGHT} bold"),
            content(f"  {place}", MUTED, limit=200),
        )
        say(self.query_one("#form-title", Static), title)
        say(self.query_one("#example-text", Static), self._words(text))

    def _words(self, text: EvaluatedText | str) -> Content:
        """The text as it is, of a pair both; in its place how far the reading is, or why it is not there."""
        if not isinstance(text, str):
            parts = [content(part, BRIGHT, lines=True, limit=_MOST) for part in text.parts]
            return Content("\n\n").join(parts)
        if self._held.progress:
            return Content.styled(self._held.progress, ACCENT)
        problem = self._held.problem
        words = f"{problem.title}. {problem.message} {problem.hint}".strip() if problem is not None else text
        return content(words, WARNING, lines=True)

    def action_move(self, by: int) -> None:
        """Scroll by some lines."""
        self.query_one("#example-left").scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Scroll by a screenful."""
        left = self.query_one("#example-left")
        left.scroll_relative(y=by * max(1, left.size.height - 1), animate=False)

    def action_scroll_classes(self, by: int) -> None:
        """Scroll the probabilities."""
        self.query_one("#example-right").scroll_relative(y=by, animate=False)

    def action_neighbour(self, by: int) -> None:
        """Read the next example of the list, or the one before."""
        place = self._place + by
        if not 0 <= place < len(self._listed):
            words = "This is the last example." if by > 0 else "This is the first example."
            self.notify(words, severity="warning", markup=False)
            return
        self._place = place
        self.query_one("#example-left").scroll_home(animate=False)
        self._show()

    def action_copy(self) -> None:
        """Copy the text."""
        text = self._text
        if isinstance(text, str):
            self.notify("There is no text to copy.", severity="warning", markup=False)
            return
        self.app.copy_to_clipboard("\n\n".join(text.parts))
        self.notify("The text is on the clipboard.", markup=False)

    def action_back(self) -> None:
        """Back to the list."""
        self.dismiss(self._place)
