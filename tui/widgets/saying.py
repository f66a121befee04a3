"""Words into a widget, only when they are others: each time, Textual would lay the whole screen out anew."""

from textual.content import Content
from textual.widgets import Static


def say(widget: Static, words: Content, *, one_line: bool = False) -> None:
    """Show words, unless they stand there; `one_line`: the widget's height does not depend on them."""
    shown = widget.content
    if not (isinstance(shown, Content) and shown.is_same(words)):
        widget.update(words, layout=not (one_line or _takes_as_much(widget, shown, words)))


def _takes_as_much(widget: Static, shown: object, words: Content) -> bool:
    """Whether other words take no more lines, and no fewer, in a widget whose width does not depend on them."""
    width, asked = widget.content_size.width, widget.styles.width
    if not (isinstance(shown, Content) and width) or (asked is not None and asked.is_auto):
        return False
    rules = widget.styles.get_rules()
    return shown.get_height(rules, width) == words.get_height(rules, width)


def say_if_any(widget: Static, words: Content | None) -> None:
    """Show words; without any, the widget goes."""
    if widget.display != (words is not None):
        widget.display = words is not None
    if words is not None:
        say(widget, words)
