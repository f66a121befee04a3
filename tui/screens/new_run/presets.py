"""Starting a run: the choice of a preset, or of a draft that was left."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.preset_files import PresetFile, put_back_preset, read_preset_files, remove_preset
from bertft_tui.core.presets import PRESETS, Preset, all_presets
from bertft_tui.core.value_text import format_value
from bertft_tui.tui.finding import MOST
from bertft_tui.tui.form.drafts import Draft, Drafts
from bertft_tui.tui.form.origin import Origin
from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, FAINT, MUTED
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.screens.new_run.opening import draft_words, open_draft, open_form
from bertft_tui.tui.screens.pick import rank
from bertft_tui.tui.screens.searching import Searching
from bertft_tui.tui.widgets.find_field import FindField
from bertft_tui.tui.widgets.lines import KeyLine

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp

#: Differences from the defaults that are named.
_CHANGES = 10

_NONE = Content.styled("No draft or preset has these words; esc shows all again.", MUTED)


@dataclass(frozen=True)
class _Entry:
    """A line of the list: a draft, a preset, or a file that is none."""

    name: str
    words: Content
    draft: Draft | None = None
    preset: Preset | None = None


class PresetField(FindField):
    """A search field that goes to the ends of the list, and discards what is highlighted there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", f"screen.move(-{MOST})", show=False),
        Binding("end", f"screen.move({MOST})", show=False),
        Binding("ctrl+d", "screen.remove", show=False),
        Binding("delete", "delete", show=False),
        Binding("ctrl+z", "screen.undo", show=False),
    ]

    async def action_delete(self) -> None:
        """Delete the letter under the cursor; behind the text, discard what is highlighted."""
        if self.cursor_at_end:
            await self.run_action("screen.remove")
        else:
            self.action_delete_right()


class PresetScreen(Searching[None]):
    """Drafts, then the presets, each with what it is for and how it differs from the defaults; found by typing."""

    SCOPE: ClassVar[Scope] = "presets"
    BINDINGS: ClassVar[list[BindingType]] = bindings("presets")

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[_Entry] = []
        self._shown: list[_Entry] = []
        self._taken_back: list[tuple[str, Callable[[], None]]] = []  # what ctrl+z undoes, the last one last

    def compose(self) -> ComposeResult:
        """Title, search field, list, keys."""
        yield Static(
            Content.assemble(("New run", f"{BRIGHT} bold"), ("  from which preset?", MUTED)), id="form-title"
        )
        yield PresetField(placeholder="type to find one", compact=True)
        yield OptionList(id="presets")
        yield KeyLine(self.SCOPE)

    @property
    def bertft(self) -> "BertftApp":
        """The app, by its own type."""
        return cast("BertftApp", self.app)

    @property
    def drafts(self) -> Drafts:
        """The drafts beside the store."""
        return Drafts(self.bertft.db.path.drafts)

    def on_mount(self) -> None:
        """Read what there is."""
        self.bertft.expect_launch()
        self._entries = self._read()

    def _read(self) -> list[_Entry]:
        drafts = [_Entry("", _drawn_draft(draft), draft=draft) for draft in self.drafts.all()]
        presets = [_Entry(each.name, _drawn_preset(each), preset=each) for each in _own_first()]
        broken = [each for each in read_preset_files() if each.error is not None and each.name not in PRESETS]
        return [*drafts, *presets, *(_Entry(each.name, _drawn_broken(each)) for each in broken)]

    def fill(self, text: str) -> None:
        """Show what has every word of a text, first that whose name begins with it."""
        words = text.casefold().split()
        fitting = (each for each in self._entries if all(word in each.words.plain.casefold() for word in words))
        self._shown = sorted(fitting, key=lambda each: rank(each.name.casefold(), words))
        self.show([each.words for each in self._shown] or [_NONE], 0 if self._shown else None)

    def _show_again(self) -> None:
        """Read the list anew; the cursor stays about where it is."""
        place = self.place or 0
        self._entries = self._read()
        self.fill(self.field.value)
        self.listed.highlighted = min(place, len(self._shown) - 1) if self._shown else None

    def _entry(self, place: int | None) -> _Entry | None:
        """What stands on a line; None where nothing fits what is typed."""
        return self._shown[place] if place is not None and self._shown else None

    def take(self, place: int | None) -> None:
        """Show the settings."""
        if (entry := self._entry(place)) is None:
            return
        app = self.bertft
        if entry.draft is not None:
            self.close(None)
            open_draft(app, entry.draft)
        elif entry.preset is None:
            found = next((each for each in read_preset_files() if each.name == entry.name), None)
            if found is not None and found.error is not None:
                app.complain(found.error.problem)
        elif (preset := all_presets().get(entry.name)) is None:
            self._show_again()  # somebody has removed it meanwhile
        else:
            self.close(None)
            open_form(app, preset.config, Origin("preset", preset.name))

    async def action_remove(self) -> None:
        """Discard the highlighted draft or preset of one's own."""
        await self.catch_up()
        if (entry := self._entry(self.place)) is None:
            return
        if entry.draft is not None:
            self._discard(entry.draft)
        elif entry.name in PRESETS:
            self.notify(f"{entry.name} comes with the program and stays.", severity="warning", markup=False)
        else:
            self._remove(entry.name)

    def _discard(self, draft: Draft) -> None:
        self.drafts.discard(draft.origin)
        self._removed(f"The draft of {draft.origin.words}", lambda: self.drafts.put_back(draft))

    def _remove(self, name: str) -> None:
        try:
            kept = remove_preset(name)
        except BertftError as error:
            self.bertft.complain(error.problem)
        else:
            self._removed(f"Preset {name}", lambda: put_back_preset(name, kept))

    def _removed(self, what: str, take_back: Callable[[], None]) -> None:
        self._taken_back.append((what, take_back))
        self.notify(clean(f"{what} is gone; ctrl+z takes it back.", limit=200), markup=False)
        self._show_again()

    def action_undo(self) -> None:
        """Take back what was discarded last."""
        if not self._taken_back:
            self.notify("Nothing was discarded here.", severity="warning", markup=False)
            return
        what, take_back = self._taken_back.pop()
        try:
            take_back()
        except BertftError as error:
            self.bertft.complain(error.problem)
        except OSError as error:
            self.bertft.complain(Problem(f"{what} cannot be kept", str(error.strerror or error)))
        self._show_again()

    def action_leave(self) -> None:
        """Show all again where something was typed; else leave."""
        if self.field.value:
            self.field.value = ""
        else:
            super().action_leave()

    action_back = action_leave


def _drawn_draft(draft: Draft) -> Content:
    words = draft_words(draft)
    return Content.assemble(content(words, f"{ACCENT} bold", limit=300), ("\ngo on where you left it\n", MUTED))


def _own_first() -> list[Preset]:
    """The presets; whoever has made some is more likely to look for one of those."""
    return sorted(all_presets().values(), key=lambda preset: not preset.is_own)


def _drawn_preset(preset: Preset) -> Content:
    changes = RunConfig().diff(preset.config)
    words = [f"{change.name} {clean(format_value(change.new) or 'empty', limit=40)}" for change in changes]
    more = ", …" if len(words) > _CHANGES else ""
    return Content.assemble(
        (preset.name, f"{BRIGHT} bold"),
        ("  your own" if preset.is_own else "", ACCENT),
        content(f"\n{preset.description}\n", MUTED, lines=True, limit=400),
        (f"{', '.join(words[:_CHANGES])}{more}\n", FAINT),
    )


def _drawn_broken(found: PresetFile) -> Content:
    words = f"\n{found.description}\n"
    return Content.assemble((found.name, f"{ERROR} bold"), content(words, MUTED, lines=True, limit=400))
