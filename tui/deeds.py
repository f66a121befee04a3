"""What was done here and can be taken back, the last one first."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Deed:
    """Something that was done to runs. `undo` takes it back and says so; it raises BertftError when it cannot."""

    run_ids: tuple[str, ...]
    undo: Callable[[], str]


class Deeds:
    """The deeds of one app; they end with it."""

    def __init__(self) -> None:
        self._done: list[Deed] = []

    def add(self, deed: Deed) -> None:
        """Remember a deed."""
        self._done.append(deed)

    def take_last(self, exists: Callable[[str], object]) -> Deed | None:
        """Forget the last deed and return it; those whose runs are all gone by now are passed over."""
        while self._done:
            deed = self._done.pop()
            if any(map(exists, deed.run_ids)):
                return deed
        return None
