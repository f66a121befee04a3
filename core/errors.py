"""What can go wrong, as sentences.

Every error that a person may meet is a `BertftError` with three parts: a title (what), a message (what exactly,
where) and a hint (what to do). The same words stand in the dialog, on stderr and in the store.

    BertftError
    ├── InputError            the caller's words are off: exit code 2
    │   ├── ConfigError       a setting
    │   ├── DataError         the data
    │   ├── ModelError        the pretrained model
    │   ├── UnknownRunError   a name or id that no run, or more than one, has
    │   ├── FilterError       a filter, or a field to sort or group by
    │   └── RefusedError      a request that a run cannot take in its status
    └── StoreError            the store cannot be opened, read or written: exit code 2
        ├── DamagedStoreError   its file is damaged or gone; it can be rebuilt
        │   └── ReplacedStoreError  another one lies in its place
        ├── FullStoreError      its disk has no room
        └── ReadOnlyStoreError  it can be looked at, not written
"""

from dataclasses import dataclass

from bertft_tui.core.redaction import redact


@dataclass(frozen=True)
class Problem:
    """An error or warning as data: title, message, and a hint that says what to do; without any secret."""

    title: str
    message: str
    hint: str = ""

    def __post_init__(self) -> None:
        for part in ("title", "message", "hint"):
            object.__setattr__(self, part, redact(getattr(self, part)))

    def as_dict(self) -> dict[str, str]:
        """The problem as the `--json` documents and the journal show it."""
        return {"title": self.title, "message": self.message, "hint": self.hint}


class BertftError(Exception):
    """An error with a title, a message and a hint."""

    exit_code = 1

    def __init__(self, title: str, message: str, hint: str = "") -> None:
        self.problem = Problem(title, message, hint)
        super().__init__(f"{self.problem.title}: {self.problem.message}")


class InputError(BertftError):
    """The caller's words are off; nothing was done."""

    exit_code = 2


class ConfigError(InputError):
    """A setting is out of bounds, unknown, or contradicts another."""


class DataError(InputError):
    """The data cannot be read, or cannot be trained on."""


class ModelError(InputError):
    """The pretrained model cannot be found or used."""


class UnknownRunError(InputError):
    """No run, or more than one, answers to this name or id."""


class FilterError(InputError):
    """A filter, or the name of a field to sort or group by, that is not understood; with the place in its text.

    `unfinished`: what stands there may become right when somebody types on.
    """

    def __init__(
        self,
        title: str,
        message: str,
        hint: str = "",
        *,
        text: str,
        position: int,
        length: int = 1,
        unfinished: bool = False,
    ) -> None:
        super().__init__(title, message, hint)
        self.text = text
        self.position = position
        self.length = length
        self.unfinished = unfinished


class RefusedError(InputError):
    """A run cannot take this request in its present status."""


class StoreError(BertftError):
    """The store cannot be opened, read or written."""

    exit_code = 2


class DamagedStoreError(StoreError):
    """The store's file is damaged, or gone while its runs are still there; `doctor --rebuild` makes it again."""


class ReplacedStoreError(DamagedStoreError):
    """Another store lies where the open one was."""


class FullStoreError(StoreError):
    """The disk that the store is on has no room."""


class ReadOnlyStoreError(StoreError):
    """The store can be looked at, but not written."""
