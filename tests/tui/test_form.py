"""The form in use: lists, folds, finding, choosing, undo, drafts, presets, keys typed behind a launch."""

import asyncio
import threading
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from acted_runs import DEMO, ActedRun
from piloting import screen_text, shows, until
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from bertft_tui.core.config import RunConfig
from bertft_tui.core.presets import preset
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.tell import Tell
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.arrangement import Arrangement
from bertft_tui.tui.form.drafts import Drafts
from bertft_tui.tui.form.origin import Origin
from bertft_tui.tui.screens.new_run.chooser import Chooser
from bertft_tui.tui.screens.new_run.form import FormScreen
from bertft_tui.tui.screens.new_run.presets import PresetScreen
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.widgets.config_form import ConfigForm
from bertft_tui.tui.widgets.run_table import RunTable


def form_of(pilot: Pilot[str]) -> ConfigForm:
    """The form on screen."""
    return pilot.app.screen.query_one(ConfigForm)


def text_of(pilot: Pilot[str], key: str) -> str:
    """What stands in a field."""
    row = form_of(pilot).row(key)
    assert row is not None
    return row.text


async def said(pilot: Pilot[str], text: str) -> None:
    """Wait until a message in the corner says something; on screen it is broken into lines."""
    app = pilot.app
    assert isinstance(app, BertftApp)
    await until(pilot, lambda: any(text in f"{each.title} {each.message}" for each in app.told))


async def open_demo(pilot: Pilot[str]) -> None:
    """The form of the demo preset."""
    app = pilot.app
    assert isinstance(app, BertftApp)
    app.open_form(DEMO, origin="preset demo", preset="demo")
    await until(pilot, lambda: bool(app.screen.query("SettingRow:focus-within")))


async def test_lists_make_runs(app: BertftApp, db: Database) -> None:
    """Typing replaces what is there; lists in typed and in turned fields; one launch puts all into the queue."""
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await open_demo(pilot)
        form_of(pilot).focus_on("training.learning_rate")
        await pilot.press(*"1e-5, 3e-5")
        await shows(pilot, "[ Launch 2 runs ]", "Two values: two runs.", "Preset demo has 2e-4.")
        form_of(pilot).focus_on("training.lr_scheduler_type")
        await pilot.press("comma", "right")
        await shows(pilot, "linear, ‹ constant ›", "[ Launch 4 runs ]", "2 learning_rate × 2 lr_scheduler_type")
        form_of(pilot).focus_on("training.seed")
        await pilot.press(*"1,")
        await shows(pilot, "must have a value in each place of the list", "Not yet: seed must have")
        await pilot.press("ctrl+s")
        await shows(pilot, "Not launched: seed must have a value in each place")
        await pilot.press("backspace", "home", "7")
        assert text_of(pilot, "training.seed") == "71"
        form_of(pilot).focus_on("tags")
        await pilot.press(*"one two")
        late = Key("D", "D")  # typed at the form, for whoever typed it
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        app.post_message(late)
        await said(pilot, "4 runs queued They start as devices get free. b groups them by their experiment.")
        runs = sorted(queries.list_runs(db), key=lambda run: run.created_at)
        assert [run.name for run in runs][1] == "learning_rate 1e-5, lr_scheduler_type constant"
        assert {run.experiment for run in runs} == {"demo, seed 71: learning_rate × lr_scheduler_type"}
        assert {run.tags for run in runs} == {("one", "two")}
        assert isinstance(app.screen, RunsScreen)


async def test_seeds_are_asked_for_in_words(app: BertftApp, db: Database) -> None:
    """`3 seeds` in the seed's field is a list; the help says so; none at all is a fault beside the field."""
    async with app.run_test(size=(120, 40)) as pilot:
        await open_demo(pilot)
        form_of(pilot).focus_on("training.seed")
        await shows(pilot, "five runs, with seeds from 42 on.")
        await pilot.press(*"0 seeds")
        await shows(pilot, "Not yet: 0 seeds were asked for")
        await pilot.press("home", "delete", "3")
        await shows(pilot, "[ Launch 3 runs ]", "Three values: three runs.", "training.seed=42,43,44")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(queries.list_runs(db)) == 3)
        assert [run.config.training.seed for run in reversed(queries.list_runs(db))] == [42, 43, 44]
        assert {run.experiment for run in queries.list_runs(db)} == {"demo: seed"}


async def test_the_runs_of_a_launch_are_in_sight(app: BertftApp, db: Database) -> None:
    """All of them, the first highlighted; in a group, which opens; where a filter hides them, that is said."""
    for number in range(30):
        ActedRun(db, f"old {number}").start().train(5).finish()
    async with app.run_test(size=(60, 20), notifications=True) as pilot:
        await shows(pilot, "old 29")
        table = app.screen.query_one(RunTable)
        await pilot.press("end")
        for seeds in ("1,2,3,4,5,6", "7,8"):
            await open_demo(pilot)
            row = form_of(pilot).row("training.seed")
            assert row is not None
            row.text = seeds
            await pilot.press("ctrl+s")
            new = [f"seed {seed}" for seed in seeds.split(",")]
            await until(pilot, lambda first=new[0]: isinstance(table.row, RunRecord) and table.row.name == first)  # type: ignore[misc]
            await shows(pilot, *new)
            app.clear_notifications()
            if seeds[0] == "1":
                await asyncio.sleep(0.5)  # keys behind a launch are not heard
                app.rearrange(Arrangement(group_by=("experiment",)))
                await shows(pilot, "grouped by experiment")
        app.rearrange(Arrangement(where="old"))
        await shows(pilot, "30/38")
        await open_demo(pilot)
        await pilot.press("ctrl+s")
        await said(pilot, "The filter hides the new run: esc shows all.")


async def test_many_runs_are_asked_about(app: BertftApp, db: Database) -> None:
    """Above twenty a question comes; above two hundred nothing can be launched."""
    async with app.run_test(size=(80, 24)) as pilot:
        await open_demo(pilot)
        rows = {row.key: row for row in form_of(pilot).rows}
        rows["training.seed"].text = ",".join(map(str, range(21)))
        await pilot.press("ctrl+s")
        await shows(pilot, "Launch 21 runs?")
        await pilot.press("n")
        rows["training.learning_rate"].text = ",".join(f"{each}e-6" for each in range(1, 11))
        await shows(pilot, "make 210; at most 200")
        assert queries.list_runs(db) == []


async def test_folds_finding_sections_and_undo(app: BertftApp) -> None:
    """Rare settings are folded, unless they differ; any is found by name; a change is taken back step by step."""
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.open_form(DEMO.with_settings({"model.attention_dropout": 0.0}), origin="preset demo", preset="demo")
        await until(pilot, lambda: bool(app.screen.query("SettingRow:focus-within")))
        rows = {row.key: row for row in form_of(pilot).rows}
        assert rows["model.attention_dropout"].display  # the preset's is no default
        assert not rows["data.stratify"].display
        await pilot.press("ctrl+g")
        await shows(pilot, "less")
        assert rows["data.stratify"].display
        await pilot.press("ctrl+g")
        assert not rows["data.stratify"].display
        form_of(pilot).focus_on("model.name_or_path")
        await pilot.press("ctrl+g")
        await said(pilot, "attention_dropout differs from its default")
        await pilot.press("ctrl+f", *"subseed")
        await shows(pilot, "data.subset_seed", "Draws subsets and splits")
        await pilot.press("enter")
        await until(pilot, lambda: rows["data.subset_seed"].field.has_focus)
        await pilot.press("7", "8", "f6")
        assert rows["training.num_train_epochs"].field.has_focus
        await pilot.press("9", "ctrl+up", "ctrl+up")
        assert rows["model.name_or_path"].field.has_focus
        assert (rows["data.subset_seed"].text, rows["training.num_train_epochs"].text) == ("78", "9")
        await shows(pilot, "2 changed")
        await pilot.press("ctrl+z")
        assert rows["training.num_train_epochs"].text == "2"
        await shows(pilot, "1 changed")  # the screen hears of what is taken back, too
        await pilot.press("ctrl+z", "ctrl+z")
        assert rows["data.subset_seed"].text == "42"
        await said(pilot, "there is nothing to take back")
        assert form_of(pilot).edited == []


async def test_a_file_is_chosen_by_typing(app: BertftApp, tmp_path: Path, db: Database) -> None:
    """Folders and files as one types a path, tab completes; names used before; a field without a list says so."""
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reviews" / "a,b.csv").write_text("text,label\n", encoding="utf-8")
    (tmp_path / "reviews" / "notes.txt").write_text("no rows", encoding="utf-8")
    ActedRun(db, "before", DEMO.with_settings({"data.dataset": "org/corpus"}))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await shows(pilot, "before")
        await open_demo(pilot)
        await pilot.press("ctrl+l")
        await shows(pilot, "dataset: what is here", "BBC News, packaged", "org/corpus  used before")
        app.screen.query_one(Input).value = f"{tmp_path}/rev"
        await shows(pilot, "reviews/  folder")
        await pilot.press("tab")
        await shows(pilot, "a,b.csv  csv file,")
        assert "notes.txt" not in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, Chooser))
        assert text_of(pilot, "data.dataset") == f'"{tmp_path}/reviews/a,b.csv"'
        checked = form_of(pilot).read()
        assert checked.config is not None
        assert checked.config.data.dataset == f"{tmp_path}/reviews/a,b.csv"
        form_of(pilot).focus_on("training.seed")
        await pilot.press("ctrl+l")
        await said(pilot, "seed has no list to choose from")


async def test_a_draft_survives(db: Database, app: BertftApp) -> None:
    """What was typed, right or wrong, is there again: behind escape, and in another app; gone when discarded."""
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await open_demo(pilot)
        form_of(pilot).focus_on("data.train_size")
        await pilot.press(*"many", "escape")
        await said(pilot, "Kept as a draft: train_size.")
        await pilot.press("n")
        await shows(pilot, "draft from", "preset demo: train_size changed")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        assert text_of(pilot, "data.train_size") == "many"
        form_of(pilot).focus_on("note")
        await pilot.press(*"[why]", "ctrl+q")
        await until(pilot, lambda: app.return_value == "The form is kept as a draft: preset demo.")
    files = list(db.path.drafts.iterdir())
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600]
    again = BertftApp(db, wake=lambda db: None, survey=None, overrides={"tour_seen": True})
    async with again.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        again.open_form(DEMO, origin="preset demo", preset="demo")
        await shows(pilot, "There is a draft from", "train_size changed")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(again.screen, FormScreen))
        assert (text_of(pilot, "note"), text_of(pilot, "data.train_size")) == ("[why]", "many")
        await pilot.press("escape", "n")
        await until(pilot, lambda: isinstance(again.screen, PresetScreen))
        await pilot.press("ctrl+d")
        await said(pilot, "ctrl+z takes it back")
        assert list(db.path.drafts.iterdir()) == []
        await pilot.press("ctrl+z", "delete", "down", "delete")
        await said(pilot, "comes with the program and stays")


async def test_a_preset_is_found_by_typing(app: BertftApp, db: Database) -> None:
    """Letters are text and discard nothing; escape shows all again, and then leaves."""
    Drafts(db.path.drafts).keep(Origin("preset", "demo"), DEMO, {"training.seed": "7"})
    async with app.run_test(size=(60, 20), notifications=True) as pilot:
        await shows(pilot, "No runs yet.")
        await pilot.press("n", *"dzdown")
        await shows(pilot, "No draft or preset has these words", "dzdown")
        assert len(list(db.path.drafts.iterdir())) == 1
        await pilot.press("ctrl+d", "enter", "down", "enter", "escape")
        await shows(pilot, "type to find one", "draft from", "MiniLM on 300")
        await pilot.press(*"need", "enter")  # in what it is for
        await shows(pilot, "from preset imdb-1k")
        await pilot.press("escape", "n")
        await shows(pilot, "type to find one", "draft from")
        await pilot.press(*"demo", "left", "delete")
        await until(pilot, lambda: app.screen.query_one(Input).value == "dem")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        assert len(list(db.path.drafts.iterdir())) == 1


async def test_a_launch_leaves_no_draft(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where another thread is writing it when the run has come into the queue."""
    at_it, go_on, keep = threading.Event(), threading.Event(), Drafts.keep

    def keep_slowly(drafts: Drafts, origin: Origin, config: RunConfig, texts: Mapping[str, str]) -> None:
        at_it.set()
        go_on.wait(10)
        keep(drafts, origin, config, texts)

    def check(configs: Sequence[RunConfig], tell: Tell) -> list[Checked]:
        at_it.wait(10)
        threading.Timer(0.5, go_on.set).start()
        return [*map(Checked, configs)]

    monkeypatch.setattr(Drafts, "keep", keep_slowly)
    app = BertftApp(db, wake=lambda db: None, check=check, survey=None, overrides={"tour_seen": True})
    async with app.run_test(size=(80, 24)) as pilot:
        await open_demo(pilot)
        form_of(pilot).focus_on("training.seed")
        await pilot.press("7", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen) and go_on.is_set())
        await asyncio.sleep(0.3)
        assert at_it.is_set()
        assert Drafts(db.path.drafts).all() == []


async def test_the_same_elsewhere(app: BertftApp, tmp_path: Path) -> None:
    """Command and TOML are copied and written; settings are kept as a preset, listed, and used by its name."""
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await open_demo(pilot)
        form_of(pilot).focus_on("training.learning_rate")
        rate = form_of(pilot).row("training.learning_rate")
        assert rate is not None
        rate.text = "1e-5,3e-5"
        await pilot.press("ctrl+y")
        await until(pilot, lambda: "--set training.learning_rate=1e-5,3e-5" in app.clipboard)
        await pilot.press("ctrl+t")
        assert tomllib.loads(app.clipboard)["training"]["learning_rate"] == [1e-5, 3e-5]
        await pilot.press("f5")
        await shows(pilot, "Write to a file")
        app.screen.query_one(Input).value = f"{tmp_path}/g.toml"
        await pilot.press("enter")
        await until(pilot, (tmp_path / "g.toml").is_file)
        await pilot.press("f4")
        await said(pilot, "learning_rate is a list")
        rate.text = "1e-4"
        await pilot.press("f4")
        await shows(pilot, "Keep these settings as a preset")
        app.screen.query_one(Input).value = "slow Takes its time."
        await pilot.press("enter")
        await said(pilot, "Preset slow is kept")
        assert preset("slow").config == DEMO.with_settings({"training.learning_rate": 1e-4})
        assert preset("slow").description == "Takes its time."
        await pilot.press("escape", "n")
        await shows(pilot, "slow  your own", "Takes its time.")
