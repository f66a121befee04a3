"""Preflight in the app: its pane at every size, marks at fields, the launch that needs no second look."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from acted_runs import DEMO, ActedRun
from piloting import screen_text, shows, until

from bertft_tui.core.analysis.pace import expected_duration
from bertft_tui.core.config import RunConfig
from bertft_tui.core.presets import PRESETS
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.known_memory import forecast
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.form.findings import Findings
from bertft_tui.tui.form.preflight_words import Ahead, histogram, preflight_text
from bertft_tui.tui.screens.new_run.form import FormScreen
from bertft_tui.tui.screens.runs import RunsScreen

COLUMNS = {"text": {"column": "text", "why": "the only column of texts"}}
LABELS = {
    "rows": 400, "majority": "pos [/]", "baseline": 0.5, "baseline_metric": "accuracy", "first_are": "neg",
    "counts": {"neg\x1b[2J": 200, "pos [/]": 200}, "values": {}, "bins": [],
}  # fmt: skip
PARTS: list[dict[str, Any]] = [
    {"part": "progress", "text": "Reading the data"},
    {"part": "data", "splits": ["train", "test"], "column_names": ["text", "label"], "columns": COLUMNS,
     "labels": LABELS, "train_available": 400, "eval_available": 100, "carved": False, "notes": []},
    {"part": "check", "warnings": [{"title": "3 texts also in training", "message": "rows 1, 2, 3", "hint": ""}],
     "train_rows": 300, "eval_rows": 100, "labels": ["neg", "pos"]},
    {"part": "lengths", "saved": 2.2, "padding": "packed", "found": {
        "bins": [{"texts": each} for each in (1, 4, 8, 2)], "median": 233, "longest": 900, "share_cut": 0.14,
        "max_length": 96, "padding": 0.54}},
    {"part": "done"},
]  # fmt: skip


class Surveyor:
    """Answers at once, with the same parts; a data set that is called wrong is."""

    def __init__(self, hear: Callable[[dict[str, Any]], None]) -> None:
        self._hear = hear

    def ask(self, number: int, config: RunConfig, gpu: str | None) -> None:
        """Say all parts."""
        problem = {"title": "The data is not there", "message": f"There is no {config.data.dataset!r}.", "hint": ""}
        wrong = [{"part": "problem", "of": "data", "problem": problem}, {"part": "done"}]
        for part in wrong if config.data.dataset == "wrong" else PARTS:
            self._hear({"id": number, **part})

    def close(self) -> None:
        """Nothing is open."""


async def test_the_pane_and_the_launch(db: Database) -> None:
    """All figures stand there, at every size or behind f3; an error marks its field; ctrl+s looks no second time."""
    looked: list[int] = []

    def check(configs: Sequence[RunConfig], tell: Tell) -> list[Checked]:
        looked.append(len(configs))
        return [Checked(config) for config in configs]

    app = BertftApp(db, wake=lambda db: None, check=check, survey=Surveyor, overrides={"tour_seen": True})
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        app.open_form(DEMO, origin="preset demo", preset="demo")
        await shows(pilot, "300 to train on, 100 to evaluate", "always 'pos [/]': accuracy 0.5", "packed saves 2.2×")
        await shows(
            pilot, "14% cut at 96", "76  (38 an epoch, 2 evaluations)", "3 texts also in training", "bertft-tui run"
        )
        await until(pilot, lambda: isinstance(app.screen, FormScreen) and app.screen._device is not None)
        await shows(pilot, "memory     unknown", "duration   unknown")
        for size in ((200, 50), (80, 24), (60, 20)):
            await pilot.resize_terminal(*size)
            if size[0] < 110:
                await shows(pilot, "76 steps")
                assert "always" not in screen_text(pilot)
                await pilot.press("f3")
            await shows(pilot, "rows       300 to train on, 100 to evaluate", "always 'pos [/]'")
            if size[0] < 110:
                await pilot.press("down", "f3")
        form = app.screen
        assert isinstance(form, FormScreen)
        form.form.focus_on("data.dataset")
        await pilot.press(*"wrong")
        await until(pilot, lambda: (row := form.form.row("data.dataset")) and row.fault == "The data is not there")
        await shows(pilot, "The data is not there: F3 says more")
        await pilot.press("ctrl+r")
        await shows(pilot, "76 steps")
        form.form.focus_on("training.learning_rate")
        await pilot.press(*"1e-5,3e-5")
        await shows(pilot, "[ Launch 2 runs ]")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        assert (len(queries.list_runs(db)), looked) == (2, [])


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_the_pane_says_what_is_to_be_mended(db: Database, size: tuple[int, int]) -> None:
    """It names the fields that are wrong and what they take; what was found before is said to be that."""
    app = BertftApp(db, wake=lambda db: None, survey=Surveyor, overrides={"tour_seen": True})
    async with app.run_test(size=size) as pilot:
        app.open_form(PRESETS["own-data"].config, origin="preset own-data", preset="own-data")
        await until(pilot, lambda: isinstance(app.screen, FormScreen) and bool(app.screen.form.is_attached))
        if size[0] < 110:
            await pilot.press("f3")
        await shows(pilot, "Mend dataset first", "dataset must be a text that is not empty", "are looked at here.")
        form = app.screen
        assert isinstance(form, FormScreen)
        for key, text in {"data.dataset": "a.csv", "training.learning_rate": "fast", "training.seed": "x"}.items():
            row = form.form.row(key)
            assert row is not None
            row.text = text
            if key == "data.dataset":
                await shows(pilot, "300 to train on")
        await shows(pilot, "Mend learning_rate and seed first", "up to 10", "seed must be a whole number from 0")
        await shows(pilot, "What stands below was found before.", "300 to train on")


def test_memory_has_a_verdict() -> None:
    """SAFE, TIGHT or TOO BIG against what is free; unknown where nothing was measured, and on a processor."""
    gpu = Device("cuda:0", "NVIDIA H100", "", 80_000_000_000, 70_000_000_000)
    found = Findings(check={"train_rows": 300, "eval_rows": 100, "warnings": []})

    def memory(device: Device, peak: int | None) -> str:
        ahead = Ahead(found.with_part({"part": "memory", "peak": peak, "measured": 3}), None, device, None, "")
        return next(line for line in preflight_text(ahead).plain.splitlines() if line.startswith("memory"))

    assert memory(gpu, 6_100_000_000) == "memory     6.1 GB of 80 GB  SAFE  told from 3 batches"
    assert "TIGHT" in memory(gpu, 65_000_000_000)
    assert "TOO BIG" in memory(gpu, 75_000_000_000)
    assert "unknown" in memory(gpu, None)
    assert "unknown" in memory(Device("cpu", "2 cores"), 1)
    assert histogram([0, 1, 50, 100]) == " ▁▄█"


def test_memory_is_told_from_other_batches() -> None:
    """A line through batches of the same kind; what was tried is known; too few or too far away tell nothing."""
    facts = ["Bert", "bert", "sdpa", "100", "100", "bf16", "adamw_torch_fused", "all_tokens"]
    device = "NVIDIA H100 80GB HBM3"

    def known(*shapes: tuple[str, int], kind: str = "sdpa") -> dict[str, int]:
        words = [*facts[:2], kind, *facts[3:]]
        return {" ".join([*words, shape, device, "85000000000", "torch 2.11"]): peak for shape, peak in shapes}

    tried = known(("8x128", 2_000), ("16x128", 3_000), ("32x512+", 9_999))
    told = forecast(tried, facts, device, (24, 128), accumulates=False)
    assert told is not None
    assert (told.peak, told.measured) == (4_000, 2)
    exact = forecast(tried, facts, device, (16, 128), accumulates=False)
    assert exact is not None
    assert (exact.peak, exact.measured) == (3_000, 1)
    assert forecast(tried, facts, device, (64, 512), accumulates=False) is None
    assert forecast(tried, facts, device, (24, 128), accumulates=True) is None
    assert forecast(tried, facts, "Tesla T4", (24, 128), accumulates=False) is None
    eager = known(("8x128", 2_000), ("16x128", 3_000), kind="eager")
    assert forecast(eager, [*facts[:2], "eager", *facts[3:]], device, (8, 256), accumulates=False) is None


def test_duration_is_told_from_runs_like_it(db: Database) -> None:
    """Finished ones with the same model, lengths and batches on that device; other learning rates count too."""
    ActedRun(db, "like it", DEMO.with_settings({"training.seed": 5})).start().train().say(
        "metrics", step=76, epoch=2.0, values={"train_runtime": 20.0, "train_samples_per_second": 30.0}
    ).finish()
    ActedRun(db, "unlike", DEMO.with_settings({"data.max_length": 32})).start().train().finish()
    runs = queries.list_runs(db)
    longer = DEMO.with_settings({"training.num_train_epochs": 4, "training.learning_rate": 1e-5})
    told = expected_duration(runs, longer, 300, "cpu")
    assert told is not None
    assert told.runs == 1
    besides = queries.find_run(db, "like it").duration_seconds - 20
    assert told.seconds == pytest.approx(4 * 300 / 30 + besides)
    assert expected_duration(runs, longer, 300, "cuda:0") is None
