"""The tour: a few steps over the demo, each ticked when it is done, in whatever order."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.content import Content

from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, STATUS_COLOURS, TEXT, glyphs
from bertft_tui.tui.hanging import Hanging, Hung
from bertft_tui.tui.keys import Scope, key_of

if TYPE_CHECKING:
    from bertft_tui.tui.snapshot import Snapshot

_KEY = f"{ACCENT} bold"


@dataclass(frozen=True)
class Tour:
    """How far somebody is."""

    before: frozenset[str] = frozenset()  # the runs that there were when the tour began
    scopes: frozenset[str] = frozenset()  # the screens that were seen
    launched: int = 0
    has_learnt: bool = False

    def after(self, scope: str, snapshot: "Snapshot") -> "Tour":
        """The tour after a look at the screen and the store."""
        mine = [run for run in snapshot.runs if run.id not in self.before]
        learnt = any(run.progress.step or run.status is RunStatus.FINISHED for run in mine)
        return replace(
            self,
            scopes=self.scopes | {scope},
            launched=max(self.launched, len(mine)),
            has_learnt=self.has_learnt or learnt,
        )


@dataclass(frozen=True)
class Step:
    """One thing to do: words, and between them keys, each by its action and where it acts."""

    words: tuple[str | tuple[str, Scope], ...]
    is_done: Callable[[Tour], bool]

    def drawn(self, colour: str) -> Content:
        """The words with the keys as they are declared. Raises KeyError for one that is not."""
        return Content.assemble(
            *((each, colour) if isinstance(each, str) else (key_of(*each), _KEY) for each in self.words)
        )

    @property
    def can_be_done(self) -> bool:
        """Whether all its keys are there."""
        try:
            self.drawn("")
        except KeyError:
            return False
        return True


_STEPS: tuple[Step, ...] = (
    Step(("Press ", ("new_run", "runs"), ": it starts a run."), lambda tour: bool(tour.scopes & {"presets", "form"})),
    Step(("Choose demo with ", ("take", "presets"), ": it needs no network."), lambda tour: "form" in tour.scopes),
    Step((("launch", "form"), " checks the settings and launches."), lambda tour: tour.launched > 0),
    Step(("Watch it learn: step, loss and time left in its row.",), lambda tour: tour.has_learnt),
    Step(
        (("open_run", "runs"), " opens the run; ", ("back", "run"), " comes back."),
        lambda tour: "run" in tour.scopes,
    ),
    Step((("copy_run", "runs"), " runs it again with one setting changed."), lambda tour: tour.launched > 1),
    Step(
        (("mark", "runs"), " marks runs, ", ("compare", "runs"), " compares them."),
        lambda tour: "compare" in tour.scopes,
    ),
    Step((("help", "runs"), " shows all keys. That is all."), lambda tour: "help" in tour.scopes),
)  # fmt: skip


def steps() -> list[Step]:
    """The steps that there are keys for."""
    return [step for step in _STEPS if step.can_be_done]


def is_over(tour: Tour) -> bool:
    """Whether everything was done."""
    return all(step.is_done(tour) for step in steps())


def tour_page(tour: Tour) -> Hanging:
    """All steps, for a table that is empty."""
    lines: list[Hung | Content] = [
        Content.styled("Welcome. Nothing has been trained here yet.", f"{BRIGHT} bold"),
        Content.styled("A small BERT on BBC News learns in about a minute:", MUTED),
        Content(""),
    ]
    now = _place(tour)
    for place, step in enumerate(steps()):
        sign, colour = _sign(step.is_done(tour), place == now)
        words = step.drawn(TEXT if place == now else MUTED)
        lines.append(Hung(Content.assemble((f"{sign} ", colour), words), 2))
    lines += [Content(""), Content.assemble((key_of("leave_tour", "everywhere"), _KEY), (" ends the tour.", MUTED))]
    return Hanging(lines)


def tour_line(tour: Tour, *, leaves: bool) -> Hanging:
    """The step that comes next, for a line on every screen; `leaves`: the key that ends the tour acts there."""
    found, now = steps(), _place(tour)
    if now is None:
        return Hanging([Content.styled("The tour is over.", MUTED)])
    before = Content.assemble((f"tour {now + 1}/{len(found)}  ", MUTED))
    key = (key_of("leave_tour", "everywhere"), _KEY) if leaves else ("", "")
    after = Content.assemble("   ", key, (" ends the tour", MUTED)) if leaves else Content("")
    return Hanging([Hung(Content.assemble(before, found[now].drawn(BRIGHT), after), before.cell_length)])


def _place(tour: Tour) -> int | None:
    """The first step that is not done."""
    return next((place for place, step in enumerate(steps()) if not step.is_done(tour)), None)


def _sign(is_done: bool, is_now: bool) -> tuple[str, str]:
    if is_done:
        return glyphs().status[RunStatus.FINISHED], STATUS_COLOURS[RunStatus.FINISHED]
    return (glyphs().cursor, ACCENT) if is_now else (glyphs().status[RunStatus.QUEUED], MUTED)
