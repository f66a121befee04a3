"""The help screen, made from the declaration of the keys."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, STATUS_COLOURS, TEXT, glyphs
from bertft_tui.tui.keys import SCOPE_TITLES, Scope, commands
from bertft_tui.tui.metric_choice import SELECTED


class HelpScreen(ModalScreen[None]):
    """Every key with its sentence, the present screen's first; and what the shapes mean."""

    BINDINGS = [Binding("escape,q,question_mark,f1", "dismiss", show=False)]  # noqa: RUF012 - Textual's own declaration

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def compose(self) -> ComposeResult:
        """One scrolling text, and how to scroll and leave it."""
        with Vertical(id="help"):
            with VerticalScroll(id="help-text"):
                yield Static(help_text(self._scope))
            key = f"{ACCENT} bold"
            words = Content.assemble(("↑ ↓ pgup pgdn", key), (" scroll   ", MUTED), ("esc", key), (" back", MUTED))
            yield Static(words, classes="dialog-keys")


def help_text(first: Scope) -> Content:
    """All keys, section by section, the given one first, and the statuses."""
    scopes = sorted(SCOPE_TITLES, key=lambda scope: scope != first)
    return Content("\n\n").join([*(_section(scope) for scope in scopes), _statuses()])


def _section(scope: Scope) -> Content:
    lines = [Content.styled(SCOPE_TITLES[scope], f"{BRIGHT} bold")]
    lines += [
        Content.assemble((f"  {command.shown_keys:<18} ", ACCENT), (command.help, TEXT))
        for command in commands(scope)
    ]
    return Content("\n").join(lines)


def _statuses() -> Content:
    lines = [Content.styled("What the shapes mean", f"{BRIGHT} bold")]
    lines += [
        Content.assemble((f"  {glyphs().status[status]:<18} ", STATUS_COLOURS[status]), (_MEANING[status], TEXT))
        for status in RunStatus
    ]
    mark = (f"  {glyphs().selected:<18} ", BRIGHT)
    lines.append(Content.assemble(mark, (f"{SELECTED}: the best of several on the same rows; it flatters", TEXT)))
    return Content("\n").join(lines)


_MEANING: dict[RunStatus, str] = {
    RunStatus.QUEUED: "queued: starts by itself when its turn comes",
    RunStatus.STARTING: "starting: its process loads model and data",
    RunStatus.RUNNING: "running",
    RunStatus.FINISHED: "finished",
    RunStatus.STOPPED: "stopped when asked; a checkpoint is saved, r goes on",
    RunStatus.CANCELLED: "cancelled when asked; nothing was saved",
    RunStatus.FAILED: "failed, with a reason",
    RunStatus.LOST: "lost: its process vanished without a word; r goes on from the last checkpoint",
}
