"""The app's own messages."""

from typing import TYPE_CHECKING, Any

from textual.message import Message

from bertft_tui.core.errors import Problem

if TYPE_CHECKING:
    from bertft_tui.core.scheduling.purge import Purged
    from bertft_tui.tui.snapshot import Snapshot


class SnapshotReady(Message):
    """The feed has looked at the store. A newer one replaces one that still waits."""

    def __init__(self, snapshot: "Snapshot") -> None:
        super().__init__()
        self.snapshot = snapshot

    def can_replace(self, message: Message) -> bool:
        """Whether this message makes a waiting one superfluous."""
        return isinstance(message, SnapshotReady)


class FeedFailed(Message):
    """The store could not be read, or the scheduler not be started."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


class ScoringEnded(Message):
    """The scoring of a run is over, well or not."""

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id


class PurgeEnded(Message):
    """A purge is over; None when it did not come to an end."""

    def __init__(self, purged: "Purged | None") -> None:
        super().__init__()
        self.purged = purged


class RunHighlighted(Message):
    """The cursor of the table stands on another run (None: the table is empty)."""

    def __init__(self, run_id: str | None) -> None:
        super().__init__()
        self.run_id = run_id


class RunOpened(Message):
    """Enter was pressed on a run."""

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id


class FieldChanged(Message):
    """The text of one setting in a form has changed."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__()
        self.key = key
        self.text = text


class FieldFocused(Message):
    """The cursor stands on one setting of a form."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


class ListAsked(Message):
    """The mark of a field that has a list to choose from was clicked."""


class PreflightHeard(Message):
    """The helper that looks ahead has said a part of its answer."""

    def __init__(self, part: dict[str, Any]) -> None:
        super().__init__()
        self.part = part


class BackgroundSeen(Message):
    """The terminal has said whether it is `dark` or `light`."""

    def __init__(self, background: str) -> None:
        super().__init__()
        self.background = background
