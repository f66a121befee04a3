"""An app whose looks follow its settings, at once and for good."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.timer import Timer

from bertft_tui.core.errors import Problem
from bertft_tui.core.paths import settings_file
from bertft_tui.tui import settings_file as files
from bertft_tui.tui.ascii_filter import AsciiFilter
from bertft_tui.tui.background import AskingDriver
from bertft_tui.tui.glyphs import choose_glyphs, is_ascii
from bertft_tui.tui.messages import BackgroundSeen
from bertft_tui.tui.settings import DEFAULTS, flat_values
from bertft_tui.tui.telling_app import TellingApp
from bertft_tui.tui.theme import THEMES
from bertft_tui.tui.theme_choice import AUTO, background_told, theme_of
from bertft_tui.tui.warm_choice import choose_warm

#: Seconds after a change until it is written; more changes may come meanwhile.
_REST = 0.5


class SettledApp(TellingApp):
    """Keeps settings in the user's file, and looks as they say.

    `overrides`: settings of this start alone, such as those of the command line; they are not written.
    """

    def __init__(self, overrides: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._settings_file = settings_file()
        self._saved, self.setting_problems = files.read(self._settings_file)
        self._overrides = dict(overrides or {})
        self.settings = self._saved.changed(self._overrides)
        self._unwritten: dict[str, Any] = {}
        self._writing: Timer | None = None
        self._told_of_failure = False
        self._background = background_told(os.environ)
        self._ascii = AsciiFilter(enabled=False)
        self._filters.append(self._ascii)
        for theme in THEMES:
            self.register_theme(theme)
        if not self.settings.warm:
            choose_warm(warm=False)
        self._look()

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver for this system; for a terminal, one that can ask it for its background."""
        usual = super().get_driver_class()
        return AskingDriver if usual is LinuxDriver else usual

    @property
    def is_ascii(self) -> bool:
        """Whether all is drawn in ASCII."""
        return self._ascii.enabled

    def is_asked_for(self, name: str) -> bool:
        """Whether the command line, not the file, says what a setting is."""
        return name in self._overrides

    def change_settings(self, **changes: Any) -> None:
        """Change settings, by name: they hold at once, and are written a moment later. Raises ValidationError."""
        self.put_settings(
            {
                name: asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
                for name, value in changes.items()
            }
        )

    def put_settings(self, values: Mapping[str, Any]) -> None:
        """Change settings, by dotted name, as `change_settings` does."""
        self._change(flat_values(values))

    def reset_setting(self, name: str) -> None:
        """Put one setting, by dotted name, back to its default."""
        self._change({name: DEFAULTS.flat()[name]}, written=files.DEFAULT)

    def _change(self, changes: Mapping[str, Any], written: object = None) -> None:
        before = self.settings.flat()
        self.settings = self.settings.changed(changes)
        now = self.settings.flat()
        for name in changes:
            self._overrides.pop(name, None)
            if written is not None or now[name] != before.get(name):
                self._unwritten[name] = now[name] if written is None else written
        if self._unwritten and self._writing is None:
            self._writing = self.set_timer(_REST, self._write_soon)
        if now != before:
            if now["warm"] != before["warm"]:
                choose_warm(warm=now["warm"])
            self._look()
            self.settings_changed()

    def settings_changed(self) -> None:
        """Show what else depends on the settings."""

    async def _write_soon(self) -> None:
        self._writing = None
        changes, self._unwritten = self._unwritten, {}
        await asyncio.to_thread(self._write, changes)

    def _write(self, changes: Mapping[str, Any]) -> None:
        if not changes:
            return
        try:
            files.write(self._settings_file, changes)
        except OSError as error:
            if not self._told_of_failure and self.is_running:
                self._told_of_failure = True
                message = f"{self._settings_file}: {error.strerror or error}. They hold until the app is closed."
                self.call_later(self.complain, Problem("The settings cannot be kept", message))

    def keep_settings(self) -> None:
        """Write what is not yet written, before the app is gone."""
        changes, self._unwritten = self._unwritten, {}
        self._write(changes)

    def _look(self) -> None:
        """Look as the settings say."""
        self.animation_level = "full" if self.settings.animation else "none"
        choose_glyphs(self.settings.glyphs)
        redraw = self._ascii.enabled != is_ascii()
        self._ascii.enabled = is_ascii()
        name = theme_of(self.settings.theme, self._background, self.settings.background)
        if self.theme != name:
            self.theme = name
        if redraw and self._screen_stack:
            self._redraw()

    def _watch_theme(self, theme_name: str) -> None:
        """Draw everything in the colours of another theme, also what holds only their names."""
        super()._watch_theme(theme_name)
        self.call_next(self._redraw)

    def _redraw(self) -> None:
        for screen in self.screen_stack:
            for widget in (screen, *screen.walk_children()):
                widget.notify_style_update()
                widget.refresh()

    def ask_background(self) -> None:
        """Ask the terminal whether it is dark or light, where that matters."""
        if self.settings.theme == AUTO and isinstance(self._driver, AskingDriver):
            self._driver.ask_background()

    def on_app_focus(self) -> None:
        """Look again: the terminal may have another background by now."""
        self.ask_background()

    def on_background_seen(self, event: BackgroundSeen) -> None:
        """Follow the terminal; the next start begins like this."""
        if event.background != self._background:
            self._background = event.background
            self.change_settings(background=event.background)
            self._look()
