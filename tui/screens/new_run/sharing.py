"""The same runs elsewhere: as a command, as TOML, as a preset."""

from functools import cached_property
from pathlib import Path

from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.grid import Grid
from bertft_tui.core.local_names import expanded
from bertft_tui.core.paths import resolve_store
from bertft_tui.core.presets import PRESETS, save_preset
from bertft_tui.core.whole_file import write_whole
from bertft_tui.tui.form.command import command_line
from bertft_tui.tui.format import clean
from bertft_tui.tui.keys import key_of
from bertft_tui.tui.screens.dialogs import AskText, Confirm
from bertft_tui.tui.screens.new_run.launching import Launching


class Sharing(Launching):
    """A form whose runs can be taken along."""

    def command(self, grid: Grid) -> str:
        """The command line that makes the same runs."""
        return command_line(self.origin, self._base, grid, self.form.said, self._store)

    @cached_property
    def _store(self) -> str | None:
        """The store's file, where the command would not find it by itself."""
        file = self.bertft.db.path.file
        try:
            return None if resolve_store().file == file else str(file)
        except BertftError:
            return str(file)

    def action_copy_command(self) -> None:
        """Copy the command line that makes the same."""
        if (grid := self._whole("Nothing to copy: ")) is not None:
            self._copy(self.command(grid), "The command")

    def action_copy_toml(self) -> None:
        """Copy the settings as TOML."""
        if (grid := self._whole("Nothing to copy: ")) is not None:
            self._copy(grid.toml(), "The TOML")

    def _copy(self, text: str, what: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(f"{what} is copied; where the terminal refuses, f5 writes a file.", markup=False)

    def action_save_file(self) -> None:
        """Ask for a file, and write command or TOML there."""
        if (grid := self._whole("Nothing to write: ")) is None:
            return
        title = "Write to a file: .toml for the settings, any other ending for the command"

        def answered(name: str | None) -> None:
            if name is not None and name.strip():
                self._ask_and_write(name.strip(), grid)

        self.app.push_screen(AskText(title, f"{clean(self.origin.key, limit=40)}.toml"), answered)

    def _ask_and_write(self, name: str, grid: Grid) -> None:
        try:
            file = expanded(name).absolute()
        except BertftError as error:
            self.bertft.complain(error.problem)
            return
        text = grid.toml(comments=True) if file.suffix == ".toml" else self.command(grid) + "\n"
        if not file.exists():
            self._write_file(file, text)
            return
        question = f"{file} is there already. Write over it?"
        self.app.push_screen(Confirm(question, "write"), lambda yes: self._write_file(file, text) if yes else None)

    def _write_file(self, file: Path, text: str) -> None:
        try:
            write_whole(file, text.encode(), shared=True)
        except OSError as error:
            self.bertft.complain(
                Problem("The file cannot be written", f"{file}: {error.strerror or error}.", "Name another place.")
            )
        else:
            self.notify(clean(str(file)), title="Written", markup=False)

    def action_save_preset(self) -> None:
        """Ask for a name, and keep the settings as a preset."""
        grid = self._whole("No preset: ")
        if grid is None:
            return
        if grid.lists:
            key = next(iter(grid.lists))
            self.form.focus_on(key)
            words = f"A preset has one value each: {key.partition('.')[2]} is a list."
            self.notify(words, severity="warning", markup=False)
            return
        own = self.origin.key if self.origin.kind == "preset" and self.origin.key not in PRESETS else ""

        def answered(text: str | None) -> None:
            if text is not None and text.strip():
                name, _, words = text.strip().partition(" ")
                self._keep_preset(name, words.strip(), grid)

        title = "Keep these settings as a preset: a name, then in a few words what it is for"
        self.app.push_screen(AskText(title, own), answered)

    def _keep_preset(self, name: str, words: str, grid: Grid) -> None:
        words = words or f"From {self.origin.words}."

        def call() -> str:
            save_preset(name, words, grid.first)
            return f"Preset {name} is kept: {key_of('new_run', 'runs')} offers it."

        self.bertft.perform(call)

    def _whole(self, refused: str) -> Grid | None:
        """The runs of the form; None, with the reason said, while something in it is wrong."""
        if self._checking_since is not None:
            return None
        checked = self.read()
        if checked.grid is None:
            self.show_faults(checked.faults, refused)
        return checked.grid
