"""The command palette, mended where a page key comes before its list has a size."""

from contextlib import suppress

from textual.command import CommandPalette


class Palette(CommandPalette):
    """Textual's palette. Its list looks up lines that are not laid out yet, and the error would end the app."""

    def _action_command_list(self, action: str) -> None:
        with suppress(LookupError):
            super()._action_command_list(action)
