"""Choosing in the form: a setting by its name, a value from what is here."""

from functools import partial

from textual import on

from bertft_tui.core.grid import written
from bertft_tui.tui.form.fields import SAID, field_keys, info_of
from bertft_tui.tui.form.offers import Offer, offers_for, paths_for
from bertft_tui.tui.form.pickable import LISTS
from bertft_tui.tui.messages import ListAsked
from bertft_tui.tui.screens.new_run.chooser import Chooser
from bertft_tui.tui.screens.new_run.sharing import Sharing

_UNKNOWN = {
    "splits": "The splits are known when the data was read.",
    "columns": "The columns are known when the data was read.",
}


class Picking(Sharing):
    """A form with lists to choose from."""

    def action_find(self) -> None:
        """Go to a setting by its name."""
        if self._checking_since is not None:
            return
        said = [Offer(key, words) for key, words in SAID.items()]
        settings = [Offer(key, info_of(key).description or "") for key in field_keys()]

        def answered(key: str | None) -> None:
            if key is not None and self.form.row(key) is not None:
                self.form.focus_on(key)

        self.app.push_screen(Chooser("Find a setting", lambda: [*settings, *said]), answered)

    @on(ListAsked)
    def _list_asked(self) -> None:
        self.action_pick()

    def action_pick(self) -> None:
        """Choose the value of the field under the cursor from what is here."""
        row = self.form.focused_row
        if row is None or self._checking_since is not None:
            return
        if row.key not in LISTS:
            names = ", ".join(key.partition(".")[2] for key in LISTS)
            words = f"{row.label} has no list to choose from; {names} have one."
            self.notify(words, severity="warning", markup=False)
            return
        kind, key = LISTS[row.key], row.key
        runs = self.bertft.snapshot.runs

        def answered(value: str | None) -> None:
            if value is not None:
                row.text = value

        self.app.push_screen(
            Chooser(
                f"{row.label}: what is here",
                partial(offers_for, key, runs, self.found),
                written=partial(written, key),
                paths=partial(paths_for, key) if kind in ("models", "datasets") else None,
                empty=_UNKNOWN.get(kind, "Nothing here fits; enter takes what was typed."),
            ),
            answered,
        )
