"""Into the trash, out of it, and out of the world."""

from collections.abc import Sequence

from bertft_tui.core.store import trash
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import clean, count_of, size
from bertft_tui.tui.interests.history import History
from bertft_tui.tui.interests.sizes import TrashSizes
from bertft_tui.tui.screens.base import StoreScreen
from bertft_tui.tui.screens.dialogs import Confirm


class TrashActions(StoreScreen):
    """A screen with a selected run, which may lie in the trash."""

    def action_delete(self) -> None:
        """Move the run into the trash; one that is there already can only be purged."""
        run, app = self.require_run(), self.bertft
        if run is None:
            return
        if run.trashed_at is not None:
            self.action_purge()
            return

        def delete() -> None:
            trash.throw_away(app.db, [run.id])
            app.deleted.append(run.id)

        app.perform(delete, done=f"{clean(run.name, limit=80)} is in the trash; z takes it back.")

    def action_undo(self) -> None:
        """Take a run out of the trash: the one that is selected, else the last that was deleted here."""
        app, run = self.bertft, self.selected
        if run is None or run.trashed_at is None:
            known = map(app.snapshot.run, reversed(app.deleted))
            run = next((each for each in known if each is not None), None)  # others were purged meanwhile
        if run is None:
            self.notify("Nothing was deleted here. D shows the trash.", severity="warning", markup=False)
            return

        def restore() -> None:
            app.deleted = [run_id for run_id in app.deleted if run_id != run.id]
            trash.take_out(app.db, [run.id])
            app.highlight = run.id

        app.perform(restore, done=f"{clean(run.name, limit=80)} is out of the trash.")

    def action_purge(self) -> None:
        """Ask, then remove the run for good: this cannot be undone."""
        if (run := self.require_run()) is not None:
            self.ask_to_purge([run], f"Purge {clean(run.name, limit=80)} for good?")

    def ask_to_purge(self, runs: Sequence[RunRecord], question: str) -> None:
        """Ask with the size, then purge."""
        held = [self._held(run) for run in runs]
        known = sum(count for count in held if count is not None)
        frees = size(known) if None not in held else "its disk space"
        self.app.push_screen(
            Confirm(f"{question} This frees {frees} and cannot be undone.", f"purge {count_of(len(runs), 'run')}"),
            lambda yes: self.bertft.purge([run.id for run in runs], known) if yes else None,
        )

    def _held(self, run: RunRecord) -> int | None:
        """What a run holds on the disk, if it was measured."""
        snapshot = self.bertft.snapshot
        history, sizes = snapshot.answer(History(run.id)), snapshot.answer(TrashSizes()) or {}
        return sizes.get(run.id, history.bytes if history is not None else None)
