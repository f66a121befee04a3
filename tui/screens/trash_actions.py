"""Into the trash, out of it, and out of the world; and taking back what was done."""

from collections.abc import Sequence

from bertft_tui.core.store import trash
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.deeds import Deed
from bertft_tui.tui.format import count_of, size
from bertft_tui.tui.interests.history import History
from bertft_tui.tui.interests.sizes import TrashSizes
from bertft_tui.tui.run_words import called
from bertft_tui.tui.screens.base import StoreScreen
from bertft_tui.tui.screens.dialogs import Confirm


class TrashActions(StoreScreen):
    """A screen with selected runs, which may lie in the trash."""

    def action_delete(self) -> None:
        """Move the runs into the trash; of what is there already say how it leaves it."""
        runs, app = self.require_runs(), self.bertft
        if not runs:
            return
        if runs[0].trashed_at is not None:
            ways = f"z takes {_them(runs)} out, d in the trash purges."
            words = f"{called(runs)} {_are(runs)} in the trash already: {ways}"
            self.notify(words, severity="warning", markup=False)
            return
        ids = [run.id for run in runs]

        def delete() -> None:
            trash.throw_away(app.db, ids)
            app.deeds.add(Deed(tuple(ids), lambda: self._restore(runs)))

        app.perform(delete, done=f"{called(runs)} {_are(runs)} in the trash; z takes {_them(runs)} back.")
        self.forget_marks()

    def action_undo(self) -> None:
        """Take back what was done last here; in the trash, take the selected runs out of it."""
        app = self.bertft
        chosen = [run for run in self.targets if run.trashed_at is not None]
        if chosen:
            app.perform(lambda: self._restore(chosen))
        elif (deed := app.deeds.take_last(app.snapshot.run)) is not None:
            app.perform(deed.undo)
        else:
            words = "Nothing was done here that could be taken back. D shows the trash."
            self.notify(words, severity="warning", markup=False)

    def _restore(self, runs: Sequence[RunRecord]) -> str:
        """Take runs out of the trash, and go to the first of them."""
        app = self.bertft
        there = [run for run in runs if app.snapshot.run(run.id) is not None]  # others were purged meanwhile
        trash.take_out(app.db, [run.id for run in there])
        app.highlight = there[0].id
        return f"{called(there)} {_are(there)} out of the trash."

    def ask_to_purge(self, runs: Sequence[RunRecord], question: str) -> None:
        """Ask with the size, then purge."""
        held = [self._held(run) for run in runs]
        known = sum(count for count in held if count is not None)
        frees = size(known) if None not in held else "its disk space" if len(runs) == 1 else "their disk space"
        self.app.push_screen(
            Confirm(f"{question} This frees {frees} and cannot be undone.", f"purge {count_of(len(runs), 'run')}"),
            lambda yes: self.bertft.purge([run.id for run in runs], known) if yes else None,
        )

    def _held(self, run: RunRecord) -> int | None:
        """What a run holds on the disk, if it was measured."""
        snapshot = self.bertft.snapshot
        history, sizes = snapshot.answer(History(run.id)), snapshot.answer(TrashSizes()) or {}
        return sizes.get(run.id, history.bytes if history is not None else None)


def _are(runs: Sequence[RunRecord]) -> str:
    return "is" if len(runs) == 1 else "are"


def _them(runs: Sequence[RunRecord]) -> str:
    return "it" if len(runs) == 1 else "them"
