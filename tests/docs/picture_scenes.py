"""What the pictures of the guide show: which keys lead there, and by what words one knows that it is there."""

from dataclasses import dataclass, field
from typing import Any, Literal

#: The stores that pictures are taken of: a copy of the example; none yet; one in which a run is under way.
Place = Literal["example", "empty", "live"]


@dataclass(frozen=True)
class Act:
    """Keys, by Textual's names and separated by blanks, or letters to type; and what is on screen afterwards."""

    keys: str = ""
    typed: str = ""
    shows: tuple[str, ...] = ()

    @property
    def presses(self) -> list[str]:
        """All keys, one by one."""
        return [*self.keys.split(), *self.typed]


@dataclass(frozen=True)
class Scene:
    """One picture."""

    name: str
    acts: tuple[Act, ...]
    size: tuple[int, int] = (120, 36)
    place: Place = "example"
    settings: dict[str, Any] = field(default_factory=dict)


def _found(what: str) -> tuple[Act, ...]:
    """Look for runs by a filter."""
    return (_HOME, Act("slash"), Act("", what), Act("enter", shows=("/",)))


_HOME = Act(shows=("demo recipe", "n new"))
_SEEDS = Act("b down enter", shows=("demo recipe × 3",))
_COMPARED = "tag:baseline OR tag:cheap OR train_size=600"
_RATES = (
    *_found("tag:baseline OR learning_rate=5e-5 seed=42"),
    Act("a", shows=("●✓ lr 5e-5",)),
    Act("c", shows=("compare 2 runs", "is not told from the baseline")),
)

SCENES = (
    Scene("first-start", (Act(shows=("Welcome.",)),), (100, 24), "empty", {"tour_seen": False}),
    Scene("table", (_HOME, _SEEDS, Act(shows=("against ★ demo recipe",)))),
    Scene("filter", (_HOME, Act("slash", "accuracy>0.9 tag:l", shows=("tag:l",)))),
    Scene("seeds", (_HOME, _SEEDS, Act("G", shows=("demo recipe",)), Act("enter", shows=("seed 42 → 1",)))),
    Scene("run", (*_found("note:resumed"), Act("G enter", shows=("1 curves", "matthews"))), (120, 44)),
    Scene("compare", (*_found(_COMPARED), Act("a", shows=("●✓ LoRA",)), Act("c", shows=("compare 4 runs",)))),
    Scene("rates", _RATES),
    Scene("texts", (*_RATES, Act("i", shows=("only A right 8", "sports")))),
    Scene("padding", (*_found("experiment:padding"), Act("C", shows=("9 runs", "beaten by none")))),
    Scene(
        "form",
        (
            _HOME,
            Act("n enter", shows=("from preset demo",)),
            Act("ctrl+f", "learning_rate", shows=("Find a setting",)),
            Act("enter", shows=("learning_rate: ",)),
            Act("end ctrl+u", "1e-4, 2e-4", shows=("Launch 2 runs", "median", "duration  ")),
        ),
    ),
    Scene("queue", (Act(shows=("my first run",)), Act("Q", shows=("waiting 2",))), (120, 16), "live"),
    Scene("live", (Act(shows=("my first run",)), Act("G enter", shows=("ETA", "1 curves"))), place="live"),
    Scene(
        "try-it",
        (
            Act(shows=("my first run",)),
            Act("G T", shows=("Type or paste a text",)),
            Act("", "The striker scored twice in the last minute", shows=("sports", "tokens")),
        ),
        (100, 16),
        "live",
    ),
    Scene(
        "settings",
        (Act(shows=("LoRA", "n new")), Act("comma", shows=("theme",))),
        (100, 24),
        settings={"theme": "light"},
    ),
)
