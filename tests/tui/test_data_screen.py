"""A look at the data from the form: a real helper on real files."""

from pathlib import Path

import pytest
from piloting import screen_text, shows, until
from tiny_bert import texts, write_csv

from bertft_tui.core.config import RunConfig
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.screens.new_run.data import DataScreen
from bertft_tui.tui.screens.new_run.form import FormScreen


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_look_at_the_data(
    app: BertftApp, db: Database, tiny_model: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Rows, columns and why, the majority baseline, lengths in tokens; escape leads back to the form."""
    file = write_csv(tmp_path / "meals.csv", texts(90))
    config = RunConfig().with_settings({"data.dataset": str(file), "model.name_or_path": str(tiny_model)})
    config = config.with_settings({"data.max_length": 16})
    async with app.run_test(size=size) as pilot:
        app.open_form(config, origin="a test")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        await shows(pilot, "90 rows", "majority 'food': accuracy 0.333")
        await shows(pilot, "the only column of texts", "3 different labels")
        await shows(pilot, "↓ scroll", "esc back")
        before = app.screen.query_one("#data").scroll_y
        await pilot.press("space")
        await until(pilot, lambda: size[1] > 40 or app.screen.query_one("#data").scroll_y > before)
        await pilot.press("j", "k", "down", "end")
        await shows(pilot, "[CLS]", "row 1 of meals.csv")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))


async def test_what_is_wrong_with_the_data_is_said(app: BertftApp, db: Database, tmp_path: Path) -> None:
    """A file that is not there is an error with its name, and no more than that."""
    config = RunConfig().with_settings({"data.dataset": str(tmp_path / "nothing.csv")})
    async with app.run_test(size=(80, 24)) as pilot:
        app.open_form(config, origin="a test")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("ctrl+o")
        await shows(pilot, "The data is not there")
        assert "Traceback" not in screen_text(pilot)


async def test_sizes_that_do_not_fit_hide_nothing(
    app: BertftApp, db: Database, tiny_model: Path, tmp_path: Path
) -> None:
    """The demo's 300 rows of a file of 90: the fault is said, and the data is described all the same."""
    file = write_csv(tmp_path / "meals.csv", texts(90))
    settings = {"data.dataset": str(file), "model.name_or_path": str(tiny_model), "data.train_size": 300}
    async with app.run_test(size=(120, 50)) as pilot:
        app.open_form(RunConfig().with_settings(settings), origin="a test")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("ctrl+o")
        await shows(pilot, "The subset is larger than the data", "3 different labels", "majority 'food'")
