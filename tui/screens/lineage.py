"""What came from what, and whether each step helped."""

from typing import ClassVar

from textual.binding import BindingType

from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.format import count_of
from bertft_tui.tui.interests.families import Families, FamilyOf
from bertft_tui.tui.keys import Scope, bindings, key_of
from bertft_tui.tui.lineage_words import notes_of
from bertft_tui.tui.metric_choice import AUTO
from bertft_tui.tui.screens.overlooking import Overlooking
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.lineage_lines import lineage_lines


class LineageScreen(Overlooking):
    """Trees of runs, the one of the highlighted run first."""

    SCOPE: ClassVar[Scope] = "lineage"
    BINDINGS: ClassVar[list[BindingType]] = bindings("lineage")

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self._run_id = run_id

    @property
    def place(self) -> str:
        """What the header says."""
        return "lineage"

    @property
    def _chosen(self) -> str | None:
        """The metric by its full name; None: each run's own."""
        return None if self.bertft.metric == AUTO else evaluation_name(self.bertft.metric)

    @property
    def _families(self) -> Families | None:
        return self.answer(FamilyOf(self._run_id, self._chosen))

    def interests(self) -> Interests:
        """The trees."""
        return (FamilyOf(self._run_id, self._chosen),)

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """The runs of all trees."""
        families = self._families
        return tuple(branch.run for tree in families.trees for branch in tree) if families is not None else ()

    def on_mount(self) -> None:
        """Begin at the run that was highlighted."""
        self.board.cursor = self._run_id

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring the trees up to date."""
        families, chosen = self._families, self._chosen
        if families is None:
            return
        found = families.trees
        alone = all(len(tree) == 1 for tree in found)
        key = key_of("copy_run", "lineage")
        how = [f"No run was made from another yet: {key} starts one from this run, with settings changed."] * alone
        notes = _notes(families, chosen)
        self.put(_title(families), how, lambda width: lineage_lines(found, chosen, width), notes=notes)

    def action_compare(self) -> None:
        """Compare the run with the one that it was made from."""
        if (run := self.require_run()) is None:
            return
        if run.parent is None or self.bertft.snapshot.run(run.parent) is None:
            self.notify("This run was made from none that is here.", severity="warning", markup=False)
            return
        self.bertft.open_comparison((run.parent, run.id), run.parent)


def _title(families: Families) -> str:
    runs = sum(map(len, families.trees))
    return f"{count_of(len(families.trees), 'tree')} of {count_of(runs, 'run')}: what was changed, what that brought"


def _notes(families: Families, chosen: str | None) -> list[str]:
    said = notes_of(families.trees, chosen)
    if families.left_out:
        said.append(f"{count_of(families.left_out, 'more tree')} not shown: `bertft-tui lineage` prints all.")
    return said
