"""What every interest of a screen has."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from bertft_tui.core.store.database import Database
from bertft_tui.tui.measured import Measured

if TYPE_CHECKING:
    from bertft_tui.core.store.thinning import Thinned
    from bertft_tui.tui.interests.evaluated import KeptRuns
    from bertft_tui.tui.interests.standings import Standing
    from bertft_tui.tui.known_runs import KnownRuns

T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """What an interest is answered from."""

    db: Database
    known: "KnownRuns"
    sizes: Measured = field(default_factory=Measured)
    kept: "KeptRuns" = field(default_factory=OrderedDict)  # what `evaluated.kept_of` has read
    curves: "dict[tuple[Any, ...], tuple[int, Thinned]]" = field(default_factory=dict)  # the last asked for last
    standings: "dict[tuple[Any, ...], Standing]" = field(default_factory=dict)  # what `Standings` has computed


def revision_of(run_id: str, source: Source, newest: int) -> int:
    """The revision in which a run has last changed; the newest when the run is not known."""
    run = source.known.by_id.get(run_id)
    return newest if run is None else run.revision


class Interest(Generic[T]):
    """A question to the store, asked again whenever the answer may be another.

    Kinds of it are frozen dataclasses: equal ones are the same question. All of it runs in the feed's thread.
    """

    #: Whether an answer may take long enough to be seen: what else there is to show does not wait for it.
    SLOW: ClassVar[bool] = False

    def revision(self, source: Source, newest: int) -> int:
        """The store's revision in which what is asked for has last changed; the newest where that is not known."""
        return newest

    def stamp(self, source: Source) -> object:
        """What the answer depends on beside the store's revision; quick, since it is asked several times a second."""
        return None

    def rest(self, answer: T) -> float:
        """Seconds until it may be asked again: what costs much is asked seldom."""
        return 0.0

    def at_once(self, source: Source, before: T | None) -> T | None:
        """What can be said before a slow answer is read; None: nothing. It is asked for with every snapshot."""
        return before

    def read(self, source: Source, before: T | None) -> T:
        """Answer; `before` is what this answered last, None at first. Raises BertftError."""
        raise NotImplementedError
