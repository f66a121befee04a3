"""Starting a run: the choice of a preset, or of a draft that was left."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from bertft_tui.core.config import RunConfig, format_value
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.preset_files import PresetFile, put_back_preset, read_preset_files, remove_preset
from bertft_tui.core.presets import PRESETS, Preset, all_presets
from bertft_tui.tui.form.drafts import Draft, Drafts
from bertft_tui.tui.form.origin import Origin
from bertft_tui.tui.format import clean, content
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, FAINT, MUTED
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.screens.new_run.opening import draft_words, open_draft, open_form
from bertft_tui.tui.widgets.lines import KeyLine

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp

#: Differences from the defaults that are named.
_CHANGES = 10


class PresetScreen(Screen[None]):
    """Drafts, then the presets, each with what it is for and how it differs from the defaults."""

    SCOPE: ClassVar[Scope] = "presets"
    BINDINGS: ClassVar[list[BindingType]] = bindings("presets")

    def __init__(self) -> None:
        super().__init__()
        self._taken_back: list[tuple[str, Callable[[], None]]] = []  # what z undoes, the last one last

    def compose(self) -> ComposeResult:
        """Title, list, keys."""
        yield Static(
            Content.assemble(("New run", f"{BRIGHT} bold"), ("  from which preset?", MUTED)), id="form-title"
        )
        yield OptionList(*self._options(), id="presets")
        yield KeyLine(self.SCOPE)

    @property
    def bertft(self) -> "BertftApp":
        """The app, by its own type."""
        return cast("BertftApp", self.app)

    @property
    def drafts(self) -> Drafts:
        """The drafts beside the store."""
        return Drafts(self.bertft.db.path.drafts)

    def _options(self) -> list[Option]:
        self._left = self.drafts.all()
        options = [Option(_drawn_draft(draft), id=f"draft:{place}") for place, draft in enumerate(self._left)]
        options += [Option(_drawn_preset(preset), id=f"preset:{preset.name}") for preset in all_presets().values()]
        broken = [each for each in read_preset_files() if each.error is not None and each.name not in PRESETS]
        return options + [Option(_drawn_broken(each), id=f"broken:{each.name}") for each in broken]

    def _show_again(self) -> None:
        """Read the list anew; the cursor stays about where it is."""
        listed = self.query_one(OptionList)
        place = listed.highlighted or 0
        listed.clear_options()
        listed.add_options(self._options())
        listed.highlighted = min(place, listed.option_count - 1)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show the settings."""
        kind, _, name = str(event.option.id).partition(":")
        app = self.bertft
        if kind == "broken":
            found = next((each for each in read_preset_files() if each.name == name), None)
            if found is not None and found.error is not None:
                app.complain(found.error.problem)
            return
        preset = all_presets().get(name) if kind == "preset" else None
        if kind == "preset" and preset is None:
            self._show_again()  # somebody has removed it meanwhile
            return
        app.pop_screen()
        if preset is not None:
            open_form(app, preset.config, Origin("preset", preset.name))
        else:
            open_draft(app, self._left[int(name)])

    def action_choose(self) -> None:
        """Take what is highlighted."""
        self.query_one(OptionList).action_select()

    def action_remove(self) -> None:
        """Discard the highlighted draft or preset of one's own."""
        listed = self.query_one(OptionList)
        if listed.highlighted is None:
            return
        kind, _, name = str(listed.get_option_at_index(listed.highlighted).id).partition(":")
        if kind == "draft":
            self._discard(self._left[int(name)])
        elif name in PRESETS:
            self.notify(f"{name} comes with the program and stays.", severity="warning", markup=False)
        else:
            self._remove(name)

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
        self.notify(clean(f"{what} is gone; z takes it back.", limit=200), markup=False)
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

    def action_back(self) -> None:
        """Leave."""
        self.app.pop_screen()


def _drawn_draft(draft: Draft) -> Content:
    words = draft_words(draft)
    return Content.assemble(content(words, f"{ACCENT} bold", limit=300), ("\ngo on where you left it\n", MUTED))


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
