"""What the parts of the form's screen stand on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from bertft_tui.core.config import RunConfig
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.form.findings import NO_FINDINGS
from bertft_tui.tui.form.origin import Origin
from bertft_tui.tui.form.reading import Checked, sentence_of
from bertft_tui.tui.format import content
from bertft_tui.tui.glyphs import ERROR
from bertft_tui.tui.widgets.config_form import ConfigForm

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp


class FormBase(Screen[None]):
    """A form that began as a config, and the line below it that says what was made of it."""

    def __init__(
        self, config: RunConfig, origin: Origin, parent: RunRecord | None, texts: Mapping[str, str] | None
    ) -> None:
        super().__init__()
        self.form = ConfigForm(config, texts)  # the fields
        self._base, self.origin, self._made_from = config, origin, parent
        self._judged: dict[str, str] = {}  # the texts that the message below the form is about
        self._checked = Checked(None)  # what came of the last reading
        self._shown: dict[str, Content] = {}
        self.found = NO_FINDINGS  # what preflight has found out

    @property
    def bertft(self) -> "BertftApp":
        """The app, by its own type."""
        return cast("BertftApp", self.app)

    def read(self) -> Checked:
        """Read the fields; title and suggestions follow. The reading is kept until a field changes."""
        raise NotImplementedError

    def show_faults(self, faults: dict[str, str], refused: str = "Not launched: ") -> None:
        """Go to the first field that is wrong and say how many are."""
        key, fault = next(iter(faults.items()))
        self.form.focus_on(key)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        self.judge(content(f"{refused}{sentence_of(key, fault)}{more}", ERROR))

    def judge(self, text: Content) -> None:
        """Say something that holds until a setting is changed."""
        self._judged = self.form.texts
        self.say(text)

    def say(self, text: Content) -> None:
        """Say something below the form."""
        self.put("#form-state", text)

    def put(self, place: str, text: Content) -> None:
        """Show a text of any height; what stands there already costs no new layout."""
        if self._shown.get(place) != text:
            self._shown[place] = text
            self.query_one(place, Static).update(text)
