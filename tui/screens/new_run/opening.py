"""The ways into the form: from a preset, from a run, from a draft that was left."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.presets import all_presets
from bertft_tui.core.store import queries
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.form.drafts import Draft, Drafts
from bertft_tui.tui.form.origin import Origin
from bertft_tui.tui.format import clean, content, moment
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED
from bertft_tui.tui.screens.new_run.form import FormScreen

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp

#: Changed fields that are named; of more there are dots.
_NAMES = 8


def open_form(
    app: "BertftApp",
    config: RunConfig,
    origin: Origin,
    parent: RunRecord | None = None,
    texts: Mapping[str, str] | None = None,
) -> None:
    """Show a config's settings for editing; where a draft of the same origin was left, ask first.

    `texts`: what is filled into fields, over what a draft has there.
    """
    draft = Drafts(app.db.path.drafts).find(origin)
    if draft is None:
        app.push_screen(FormScreen(config, origin, parent, texts))
        return

    def answered(answer: str | None) -> None:
        if answer == "continue":
            open_draft(app, replace(draft, texts={**draft.texts, **(texts or {})}), parent)
        elif answer == "discard":
            Drafts(app.db.path.drafts).discard(origin)
            app.push_screen(FormScreen(config, origin, parent, texts))

    app.push_screen(DraftQuestion(draft), answered)


def open_draft(app: "BertftApp", draft: Draft, parent: RunRecord | None = None) -> None:
    """Go on with a draft. A run that has gone since is no parent any more, its settings stay."""
    origin, config = draft.origin, draft.base
    if origin.kind == "run" and parent is None:
        try:
            parent = app.snapshot.run(origin.key) or queries.get_run(app.db, origin.key)
        except BertftError:
            app.notify(f"{clean(origin.words, limit=80)} is gone; its settings are here.", markup=False)
    if origin.kind == "preset" and origin.key in (known := all_presets()):
        config = known[origin.key].config  # it may have been changed since; what was typed stays
    elif origin.kind == "preset":
        app.notify(f"{origin.words} is gone; its settings are here.", markup=False)
    gone = (origin.kind == "run" and parent is None) or (origin.kind == "preset" and config is draft.base)
    began = Origin("settings", origin.key, origin.words) if gone else origin
    app.push_screen(FormScreen(config, began, parent, draft.texts, draft_of=origin))


def draft_words(draft: Draft) -> str:
    """Say when a draft was left, and what was changed in it."""
    names = ", ".join(draft.names[:_NAMES]) + (", …" if len(draft.names) > _NAMES else "")
    return f"draft from {moment(draft.saved_at)}, {draft.origin.words}: {names} changed"


class DraftQuestion(ModalScreen[str | None]):
    """A draft was left: go on with it, begin anew, or neither."""

    BINDINGS = [  # noqa: RUF012 - Textual declares it without ClassVar
        Binding("enter,y,c", "answer('continue')", show=False),
        Binding("d", "answer('discard')", show=False),
        Binding("escape,q", "answer('')", show=False),
    ]

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft

    def compose(self) -> ComposeResult:
        """What was left, and the keys."""
        key = f"{ACCENT} bold"
        with Vertical(classes="dialog"):
            yield Static(content(f"There is a {draft_words(self._draft)}.", BRIGHT, lines=True))
            yield Static(
                Content.assemble(
                    ("enter", key), (" continue   ", MUTED), ("d", key), (" discard it   ", MUTED),
                    ("esc", key), (" back", MUTED),
                ),
                classes="dialog-keys",
            )  # fmt: skip

    def action_answer(self, answer: str) -> None:
        """Close with the answer, once."""
        if self.is_current:
            self.dismiss(answer or None)
