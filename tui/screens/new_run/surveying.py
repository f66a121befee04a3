"""Preflight while the form is open: a helper process looks ahead whenever the settings that matter rest a moment."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from textual import work
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from bertft_tui.core.analysis.pace import expected_duration
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.grid import Grid
from bertft_tui.core.scheduling import devices
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.preflight import Checked, absolute_paths, checked_of
from bertft_tui.core.scheduling.stamps import stamp_of
from bertft_tui.core.scheduling.survey import Surveyor
from bertft_tui.tui.form.fields import named_in
from bertft_tui.tui.form.findings import NO_FINDINGS
from bertft_tui.tui.form.preflight_words import Ahead, preflight_text, summary
from bertft_tui.tui.hanging import Hung
from bertft_tui.tui.messages import PreflightHeard
from bertft_tui.tui.screens.new_run.picking import Picking
from bertft_tui.tui.widgets.config_form import NAME
from bertft_tui.tui.widgets.launch_line import LaunchLine

#: From this width on the pane stands beside the form.
WIDE = 110

#: Seconds for which the settings must rest before the helper is asked.
_PAUSE = 0.5

#: Seconds after which what was found is looked at again before a launch: the Hub may have changed.
_FRESH = 600.0

#: Settings that nothing in the answer depends on.
_INDIFFERENT = frozenset(
    {
        "training.learning_rate",
        "training.weight_decay",
        "training.max_grad_norm",
        "training.seed",
        "training.logging_steps",
        "training.num_train_epochs",
        "training.max_steps",
        "training.eval_on_start",
        "training.early_stopping_patience",
        "training.on_nan",
        "training.on_divergence",
        "hardware.dataloader_num_workers",
    }
)


class Surveying(Picking):
    """A form with a pane that says what the run will find."""

    _surveyor: Surveyor | None = None
    _ask_timer: Timer | None = None
    _number = 0  # of the newest question
    _asked: tuple[Any, ...] | None = None  # the settings that it was about
    _answered: tuple[tuple[Any, ...], str, float] | None = None  # what was found holds for: settings, files, when
    _parts = NO_FINDINGS  # of the newest answer
    _found_before = NO_FINDINGS  # when its question was put
    _stamped = ""  # the files as they were then
    _device: Device | None = None
    _devices: tuple[Device, ...] = ()
    _drawn: Sequence[Hung] = ()  # what stands in the pane
    _pane_wanted: bool | None = None  # None: where there is room
    _left_at = NAME  # where the cursor stood when the pane took its place

    def begin_survey(self) -> None:
        """Start to look ahead, where the app was given somebody who does."""
        if self.bertft.make_surveyor is not None:
            self._surveyor = self.bertft.make_surveyor(self._hear_part)
            self._find_devices()
        self.share_room()

    def on_unmount(self) -> None:
        """Nobody is interested any more."""
        super().on_unmount()
        if self._ask_timer is not None:
            self._ask_timer.stop()
        if self._surveyor is not None:
            self._surveyor.close()

    def on_resize(self) -> None:
        """The pane gives way where there is no room."""
        self.share_room()

    def share_room(self) -> None:
        """Show form and pane side by side, or one of the two."""
        wide = self.app.size.width >= WIDE
        shown = self._pane_wanted if self._pane_wanted is not None else wide
        self.set_class(shown and wide, "-side-by-side")
        self.set_class(shown and not wide, "-only-pane")
        self.set_class(not shown, "-only-form")
        self.call_after_refresh(self.show_ahead)

    def action_toggle_preflight(self) -> None:
        """Show or hide the pane."""
        pane = self.query_one("#form-preflight")
        self._pane_wanted = self.has_class("-only-form")
        if self._pane_wanted and self.form.focused_row is not None:
            self._left_at = self.form.focused_row.key
        self.share_room()
        pane.can_focus = self.has_class("-only-pane")
        if pane.can_focus:
            self.set_focus(pane)
        else:
            self.form.focus_on(self._left_at)

    def action_scroll_preflight(self, by: int) -> None:
        """Scroll the pane."""
        self.query_one("#form-preflight").scroll_relative(y=by, animate=False)

    @work(group="devices")
    async def _find_devices(self) -> None:
        self._devices = await asyncio.to_thread(devices.inventory)
        self.survey_soon()
        self.show_ahead()

    def survey_soon(self) -> None:
        """Ask anew when the settings rest; at once nothing that was found before is shown for other settings."""
        grid = self._checked.grid
        if grid is None or self._surveyor is None:
            return
        key = _matters(grid.first)
        if key == self._asked:
            self._mark_problems()
            return
        self._asked = None
        if self._ask_timer is not None:
            self._ask_timer.stop()
        self._ask_timer = self.set_timer(_PAUSE, self._ask)

    def _ask(self) -> None:
        grid = self._checked.grid
        if grid is None or self._surveyor is None:
            return
        self._asked = _matters(grid.first)
        self._answered = None
        self._number += 1
        self._device, _ = devices.choose(grid.first.hardware.device, self._devices, frozenset())
        gpu = self._device.title if self._device is not None and self._device.name.startswith("cuda") else None
        self._found_before, self._parts = self.found, NO_FINDINGS
        self._put_question(self._number, grid.first, gpu)

    @work(group="survey")
    async def _put_question(self, number: int, config: RunConfig, gpu: str | None) -> None:
        assert self._surveyor is not None
        try:
            stamp = await asyncio.to_thread(lambda: stamp_of(absolute_paths(config)))
            self._stamped = stamp
            await asyncio.to_thread(self._surveyor.ask, number, config, gpu)
        except BertftError as error:
            for part in ({"part": "problem", "of": "data", "problem": error.problem.as_dict()}, {"part": "done"}):
                self.post_message(PreflightHeard({"id": number, **part}))

    def _hear_part(self, part: dict[str, Any]) -> None:
        """Take a part of an answer; it comes from another thread."""
        self.post_message(PreflightHeard(part))

    def on_preflight_heard(self, event: PreflightHeard) -> None:
        """Show a part of an answer, unless its question is an old one; an error marks the field that it names."""
        part = event.part
        if part["id"] != self._number or not self.is_attached:
            return
        self._parts = self._parts.with_part(part)
        done = part["part"] == "done"
        # Until all is there, what the answer before had stands where this one has nothing yet.
        self.found = self._parts if done else self._parts.over(self._found_before)
        if done and self._asked is not None and not self._parts.problems and self._parts.check:
            self._answered = (self._asked, self._stamped, time.monotonic())
        self._mark_problems()
        self.show_ahead()
        if part["part"] != "progress" and (row := self.form.focused_row) is not None:
            self.show_help(row.key)

    def _mark_problems(self) -> None:
        """Say beside each field that a problem names what is wrong with it."""
        for _, problem in self._parts.problems:
            key = named_in(problem, self.form.texts)
            row = self.form.row(key) if key is not None else None
            if row is not None and not row.fault:
                row.show_fault(problem.title)

    def show_faults(self, faults: dict[str, str], refused: str = "Not launched: ") -> None:
        """Go to the first field that is wrong; the line of the launch does not repeat what is said then."""
        super().show_faults(faults, refused)
        self.show_ahead()

    def show_help(self, key: str) -> None:
        """Show the sentence of a field."""
        raise NotImplementedError

    def show_ahead(self) -> None:
        """Draw the pane, and the line of the launch."""
        if not self.is_attached:
            return
        grid = self._checked.grid
        expected = None
        if grid is not None and self._device is not None and self.found.train_rows:
            runs = self.bertft.snapshot.runs
            expected = expected_duration(runs, grid.first, self.found.train_rows, self._device.name)
        command = self.command(grid) if grid is not None else ""
        ahead = Ahead(self.found, grid, self._device, expected, command, self._checked.faults)
        words = summary(ahead) if not self.has_class("-side-by-side") else Content()
        self.query_one(LaunchLine).show(self._checked, words, is_said=bool(self._judged))
        if self.has_class("-only-form"):
            return
        text = preflight_text(ahead)
        if text.lines != self._drawn:
            self._drawn = text.lines
            self.query_one("#form-ahead", Static).update(text)

    def known_checks(self, grid: Grid) -> Sequence[Checked] | None:
        """What preflight has found is the check, where settings and files are those that it was about."""
        if self._answered is None:
            return None
        key, stamp, when = self._answered
        if time.monotonic() - when > _FRESH or any(_matters(config) != key for config in grid.configs):
            return None
        try:
            whole = [absolute_paths(config) for config in grid.configs]
        except BertftError:
            return None
        if stamp_of(whole[0]) != stamp:
            return None
        return [checked_of(config, self.found.check) for config in whole]


def _matters(config: RunConfig) -> tuple[Any, ...]:
    """The settings that an answer depends on."""
    return tuple(value for key, value in config.flat().items() if key not in _INDIFFERENT)
