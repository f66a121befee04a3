"""What a round came to."""

from dataclasses import dataclass, field

#: Seconds within which a run that has vanished is to be shown as what it is, while a scheduler is at work.
LIMIT = 2.0


@dataclass
class Result:
    """What a round came to. `lost`, `wrong`, `orphans` and `twice` have to be nought."""

    kind: str
    seed: int
    done: int = 0  # how often that was done which the kind is about: a round without it shows nothing
    acknowledged: int = 0  # points that a worker was told are written
    longest: float = 0.0  # seconds that a run was shown as running without a process, a scheduler being at work
    longest_shown: float = 0.0  # the same as an open app shows it, whoever is dead: told, and no failure so far
    lost: int = 0  # acknowledged points, or runs, that the store does not have
    wrong: int = 0  # statuses, signals and orders that are not true
    orphans: int = 0  # processes that nobody knows of
    twice: int = 0  # attempts that were started more than once
    faults: list[str] = field(default_factory=list)  # what was done, in order
    found: list[str] = field(default_factory=list)  # what was not as it has to be, in words

    @property
    def sound(self) -> bool:
        """Whether something was done, and nothing was lost, wrong, left over or done twice."""
        nought = not (self.lost or self.wrong or self.orphans or self.twice)
        return self.done > 0 and nought and self.longest <= LIMIT

    def is_wrong(self, what: str) -> None:
        """Note something that is not true."""
        self.wrong += 1
        self.found.append(what)
