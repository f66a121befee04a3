"""Lines that go on under their own words: what is too long for the width does not fall back to the first column."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual


@dataclass(frozen=True)
class Hung:
    """A line whose first `margin` characters stand once; what is wrapped begins below the character after them."""

    text: Content
    margin: int = 0

    def at(self, width: int) -> tuple[Content, Content, int]:
        """The margin, the words, and the cells of the margin, in so many cells: it takes half of them at most."""
        margin = self.margin if self.text[: self.margin].cell_length <= width // 2 else min(2, width // 2)
        before, words = self.text[:margin], self.text[margin:]
        return before, words, before.cell_length


class Hanging(Visual):
    """Lines, each wrapped within its own margin."""

    def __init__(self, lines: Iterable[Hung | Content]) -> None:
        self.lines: Sequence[Hung] = [line if isinstance(line, Hung) else Hung(line) for line in lines]

    @property
    def plain(self) -> str:
        """The words alone, line by line."""
        return "\n".join(line.text.plain for line in self.lines)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Wrap and draw."""
        if not width:
            return []
        options = replace(options, selection=None)
        strips: list[Strip] = []
        for line in self.lines:
            before, words, margin = line.at(width)
            first = before.render_strips(margin, 1, style, options) if margin else []
            blank = Strip.blank(margin, style.rich_style)
            head = first[0].adjust_cell_length(margin, style.rich_style) if first else blank
            for place, strip in enumerate(words.render_strips(width - margin, None, style, options)):
                strips.append(Strip.join([blank if place else head, strip]) if margin else strip)
        return strips if height is None else strips[:height]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """The cells of the longest line."""
        return max((line.text.cell_length for line in self.lines), default=0)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """The lines that it takes in so many cells."""
        return sum(
            words.get_height(rules, width - margin) for _, words, margin in (line.at(width) for line in self.lines)
        )
