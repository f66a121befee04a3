"""What workers leave behind when they are gone: processes that become children of a scheduler that adopts orphans."""

import os
from contextlib import suppress


class Orphans:
    """The process groups that workers led which are gone."""

    def __init__(self) -> None:
        self._groups: set[int] = set()

    def expect(self, group: int | None) -> None:
        """Remember a group: what is left of it may have become a child of this process."""
        if group is not None:
            self._groups.add(group)

    def reap(self) -> None:
        """Let those go that have ended; without this they would be listed for as long as this process lives."""
        for group in tuple(self._groups):
            with suppress(OSError):
                while os.waitpid(-group, os.WNOHANG)[0]:
                    pass
                continue  # one of the group is there still
            self._groups.discard(group)
