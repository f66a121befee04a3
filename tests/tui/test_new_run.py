"""Starting a run from the app: presets, the form, the check, the launch."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from acted_runs import DEMO, ActedRun
from hypothesis import given
from hypothesis import strategies as st
from piloting import screen_text, shows, until
from textual.events import Key
from textual.pilot import Pilot

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import InputError, Problem
from bertft_tui.core.presets import PRESETS
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.tell import Tell
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.form.fields import allowed, field_keys, info_of, is_bounded, named_in, texts_of
from bertft_tui.tui.form.reading import read_form
from bertft_tui.tui.screens.new_run.form import FormScreen
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.widgets.config_form import ConfigForm
from bertft_tui.tui.widgets.run_table import RunTable

MakeApp = Callable[[Callable[[RunConfig], Checked]], BertftApp]


async def set_field(pilot: Pilot[str], key: str, text: str) -> None:
    """Type a value into a field, in place of what stands there."""
    pilot.app.screen.query_one(ConfigForm).focus_on(key)
    await pilot.press("end", "ctrl+u", *text)


async def open_form(pilot: Pilot[str]) -> None:
    """Take the first preset."""
    await shows(pilot, "No runs yet.")
    await pilot.press("n")
    await shows(pilot, "from which preset?", *list(PRESETS)[:3])
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, FormScreen))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 50)])
async def test_launching_a_preset(app: BertftApp, db: Database, size: tuple[int, int]) -> None:
    """n, enter, ctrl+s: the run stands in the queue with the preset's settings, under the cursor."""
    async with app.run_test(size=size) as pilot:
        await open_form(pilot)
        await shows(pilot, "from preset demo", "learning_rate" if size[1] > 45 else "dataset")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        (run,) = queries.list_runs(db)
        assert run.config == DEMO
        assert run.parent is None
        await until(pilot, lambda: app.screen.query_one(RunTable).cursor == run.id)


async def test_a_wrong_value_says_at_once_what_is_allowed(app: BertftApp, db: Database) -> None:
    """The sentence stands beside the field, launching is impossible until it is mended."""
    async with app.run_test(size=(120, 40)) as pilot:
        await open_form(pilot)
        await set_field(pilot, "training.learning_rate", "fast")
        await shows(pilot, "must be a number above 0, up to 10")
        await pilot.press("ctrl+s")
        await shows(pilot, "Not launched: learning_rate must be a number")
        assert isinstance(app.screen, FormScreen)
        await set_field(pilot, "training.learning_rate", "3e-5")
        await until(pilot, lambda: "must be a number above" not in screen_text(pilot).split("Not launched")[0])
        await shows(pilot, "1 changed", "* learning_rate")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: queries.list_runs(db))
        assert queries.list_runs(db)[0].config.training.learning_rate == 3e-5


async def test_a_rule_over_two_fields_stands_beside_the_first(app: BertftApp) -> None:
    """`steps` without eval_steps is said beside eval_strategy; the choice is turned with the arrow."""
    async with app.run_test(size=(120, 40)) as pilot:
        await open_form(pilot)
        app.screen.query_one(ConfigForm).focus_on("training.eval_strategy")
        await pilot.press("right")
        await shows(pilot, "eval_steps must say how many", "‹ steps ›")
        await pilot.press("ctrl+r")
        await shows(pilot, "‹ epoch ›")


async def test_a_failed_check_loses_nothing(make_app: MakeApp, db: Database) -> None:
    """The check's error stands in the form, what was typed stands too, the store is empty."""

    def check(config: RunConfig, tell: Tell) -> Checked:
        raise InputError("There is no such file", "news.csv [/] is not there.", "Check the path.")

    app = make_app(check)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(pilot)
        await set_field(pilot, "data.dataset", "news.csv")
        await pilot.press("ctrl+s")
        await shows(pilot, "There is no such file", "news.csv [/] is not there.", "Check the path.", "news.csv")
        assert queries.list_runs(db) == []
        assert app.screen.query_one(ConfigForm).read().config == DEMO.with_settings({"data.dataset": "news.csv"})


async def test_the_check_is_visible_and_escape_ends_it_alone(make_app: MakeApp, db: Database) -> None:
    """While it runs the form says so and takes no text; escape ends it, and nothing is launched."""
    go_on = threading.Event()

    def check(config: RunConfig, tell: Tell) -> Checked:
        go_on.wait(30)
        return Checked(config)

    app = make_app(check)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(pilot)
        await pilot.press("ctrl+s", "ctrl+s")
        await shows(pilot, "Checking data and model…", "esc ends the check")
        await pilot.press("x", "ctrl+r", "ctrl+o", "down", "7", "escape")
        await shows(pilot, "The check was ended: nothing was launched.")
        go_on.set()
        await asyncio.sleep(0.2)
        assert queries.list_runs(db) == []
        form = app.screen.query_one(ConfigForm)
        assert form.edited == []
        assert form.focused_row is not None
        assert form.focused_row.key == "data.dataset"
        await pilot.press("x", "ctrl+s")
        await until(pilot, lambda: queries.list_runs(db))
        assert queries.list_runs(db)[0].config.data.dataset == "x"


async def test_quitting_asks_during_the_check_alone(make_app: MakeApp) -> None:
    """ctrl+q in a form with changes leaves them as a draft; under a check it asks."""
    go_on = threading.Event()

    def check(config: RunConfig, tell: Tell) -> Checked:
        go_on.wait(30)
        return Checked(config)

    app = make_app(check)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(pilot)
        await pilot.press("ctrl+s", "ctrl+q")
        await shows(pilot, "Leave during the check?")
        await pilot.press("n", "escape")
        go_on.set()
        await set_field(pilot, "data.train_size", "7")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value is not None)
        assert app.return_value == "The form is kept as a draft: preset demo."


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 50)])
async def test_a_wrong_value_and_its_fault_can_be_seen(app: BertftApp, size: tuple[int, int]) -> None:
    """The value keeps its cells; the fault is whole beside it or below, wherever the cursor is, and at the launch."""
    async with app.run_test(size=size) as pilot:
        await open_form(pilot)
        await set_field(pilot, "training.max_steps", "abcdefghij")
        await shows(pilot, "* max_steps", "abcdefghij")
        await pilot.press("up")
        fault = "must be a whole number from -1, up to 1,000,000,000"
        for words in (f"abcdefghij {fault}", f"Not yet: max_steps {fault} ctrl+s goes there"):
            await until(pilot, lambda words=words: words in words_on(pilot))
        await pilot.press("ctrl+s")
        for words in (f"abcdefghij {fault}", f"Not launched: max_steps {fault}", "Not yet: mend max_steps first"):
            await until(pilot, lambda words=words: words in words_on(pilot))
        row = app.screen.query_one(ConfigForm).row("training.max_steps")
        assert row is not None
        assert row.size.height == (1 if size[0] == 200 else 2)
        await set_field(pilot, "training.max_steps", "7")
        await until(pilot, lambda: row.size.height == 1 and fault not in words_on(pilot))


def words_on(pilot: Pilot[str]) -> str:
    """What stands on screen, however it is broken into lines, without scroll bars and the pane beside the form."""
    lines = (line.partition("│")[0] for line in screen_text(pilot).splitlines())
    return " ".join(word for line in lines for word in line.split() if word not in "▁▂▃▄▅▆▇█")


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_the_help_of_a_field_is_whole(app: BertftApp, size: tuple[int, int]) -> None:
    """The longest sentences, and what the field takes, also in a small terminal."""
    async with app.run_test(size=size) as pilot:
        await open_form(pilot)
        for key in ("data.stratify", "data.dataset", "model.freeze_layers", "training.metric_for_best_model"):
            app.screen.query_one(ConfigForm).focus_on(key)
            takes = f"Takes {allowed(key)}." if is_bounded(key) else ""

            def whole(key: str = key, takes: str = takes) -> bool:
                text = " ".join(screen_text(pilot).split())
                return str(info_of(key).description) in text and takes in text

            await until(pilot, whole)


async def test_what_the_check_finds_is_shown_at_its_setting(make_app: MakeApp) -> None:
    """The cursor goes to the first setting that the error names, in sight; a change takes the error away."""

    def check(config: RunConfig, tell: Tell) -> Checked:
        raise InputError("Too long", "data.max_length is 96.", "Set data.max_length lower, or take a longer\nmodel.")

    app = make_app(check)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(pilot)
        form = app.screen.query_one(ConfigForm)
        await set_field(pilot, "hardware.dataloader_num_workers", "0")
        await pilot.press("ctrl+s")
        await shows(pilot, "data.max_length is 96.", "or take a longer", "max_length                   96")
        assert form.focused_row is not None
        assert form.focused_row.key == "data.max_length"
        assert form.focused_row.fault == "Too long"
        assert form.region.contains_region(form.focused_row.region)
        await pilot.press("1")
        await until(pilot, lambda: "Too long" not in screen_text(pilot))
        await pilot.press("backspace", "x", "ctrl+o")
        await shows(pilot, "No look at the data: max_length must be")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "No look" not in screen_text(pilot))
        assert form.focused_row.fault == ""


async def test_warnings_are_shown_after_the_launch(make_app: MakeApp) -> None:
    """What the check warns of is shown, and does not hold the launch."""
    warning = Problem("One class is rare", "sport has 3 texts.", "Set data.stratify.")
    app = make_app(lambda config, tell: Checked(config, (warning,)))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await open_form(pilot)
        await pilot.press("ctrl+s")
        await shows(pilot, "1 run queued", "One class is rare.")


async def test_own_data_is_asked_for(app: BertftApp, db: Database) -> None:
    """The preset without data begins at an empty dataset and says that it must be named; nothing is launched."""
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "No runs yet.")
        await pilot.press("n", "end", "enter")
        await shows(pilot, "from preset own-data", "must be a text that is not empty")
        await pilot.press("ctrl+s")
        await shows(pilot, "Not launched: dataset must be a text that is not empty")
        await pilot.press(*"a.csv", "ctrl+s")
        await until(pilot, lambda: queries.list_runs(db))
        assert queries.list_runs(db)[0].config == RunConfig().with_settings({"data.dataset": "a.csv"})


async def test_a_copy_says_what_changed(app: BertftApp, db: Database) -> None:
    """N starts from the highlighted run; the change is its name, the run its parent, untouched values are exact."""
    exact = DEMO.with_settings({"training.weight_decay": 0.0123456789})
    parent = ActedRun(db, "parent", exact).start().train().finish()
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "parent")
        await pilot.press("N")
        await shows(pilot, "from parent")
        await set_field(pilot, "training.learning_rate", "3e-5")
        await shows(pilot, "1 changed")
        await pilot.press("ctrl+s")
        await shows(pilot, "learning_rate 2e-4 → 3e-5")
        child = queries.list_runs(db)[0]
        assert (child.parent, child.name) == (parent.id, "learning_rate 2e-4 → 3e-5")
        assert exact.diff(child.config) == child_changes(exact)


def child_changes(config: RunConfig) -> tuple[object, ...]:
    """The one change of the copy."""
    return config.diff(config.with_settings({"training.learning_rate": 3e-5}))


async def test_letters_are_text_in_the_form(app: BertftApp) -> None:
    """q, x, n and ? leave the form alone, in typed fields and in chosen ones."""
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(pilot)
        await set_field(pilot, "name", "qxn?")
        app.screen.query_one(ConfigForm).focus_on("data.padding")
        await pilot.press("m", "q", "x", "n")
        assert app.screen.query_one(ConfigForm).name_row.text == "qxn?"
        config = app.screen.query_one(ConfigForm).read().config
        assert config is not None
        assert config.data.padding == "max_length"


async def test_every_field_has_its_help(app: BertftApp) -> None:
    """Down goes through all settings, each with its sentence below."""
    async with app.run_test(size=(120, 40)) as pilot:
        await open_form(pilot)
        form = app.screen.query_one(ConfigForm)
        form.focus_on("training.optim")
        await shows(pilot, "optim: The optimizer.", "The default.", "Takes one of adamw_torch_fused")
        await pilot.press("down", "down")
        assert form.focused_row is not None
        assert form.focused_row.key == "training.eval_sampling_strategy"


@pytest.mark.parametrize("preset", [name for name in PRESETS if name != "own-data"])
def test_a_form_that_nobody_touched_is_its_config(preset: str) -> None:
    """Texts go back to the very same settings."""
    config = PRESETS[preset].config
    assert read_form(config, texts_of(config)).config == config
    assert read_form(RunConfig(), texts_of(config)).config == config


@given(st.sampled_from(field_keys()), st.text(max_size=20))
def test_any_text_in_any_field_is_read_or_explained(key: str, text: str) -> None:
    """Whatever is typed, there is a config, or a sentence at a field; never both, never neither."""
    checked = read_form(DEMO, {**texts_of(DEMO), key: text})
    assert (checked.config is None) == bool(checked.faults)
    assert all(checked.faults.values())


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("data.train_size", "a whole number of at least 1, or all"),
        ("model.freeze_layers", "a whole number of at least 0, or all"),
        ("data.padding", "one of auto, packed, dynamic, max_length"),
        ("model.attention_dropout", "a number from 0, below 1, auto, or nothing"),
        ("training.per_device_train_batch_size", "a whole number from 1 up to 65,536, or auto"),
        ("training.learning_rate", "a number above 0, up to 10"),
        ("training.eval_steps", "a whole number from 1"),
        ("hardware.device", "auto, cpu, mps or cuda:N"),
    ],
)
def test_what_a_field_allows(key: str, words: str) -> None:
    """Bounds in words."""
    assert allowed(key).startswith(words)


async def test_keys_act_in_the_order_in_which_they_were_typed(app: BertftApp) -> None:
    """A burst of keys, as a slow line brings it: the cursor passes every row, and no text lands in another one."""
    keys = ["down"] * 8 + ["ctrl+u", *"abc", "left", "backspace", "enter", "right", "down", "down"]
    keys += ["down", "down", "down", "down", "right", "up"]
    edited = {"data.max_length": "ac", "data.padding": "packed", "training.lr_scheduler_type": "cosine"}
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(pilot)
        form = app.screen.query_one(ConfigForm)
        for key in keys:
            app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: {row.key: row.text for row in form.rows if row.is_edited} == edited)
        assert form.focused_row is not None
        assert form.focused_row.key == "training.learning_rate"


@pytest.mark.parametrize(
    ("message", "hint", "key"),
    [
        ("news.csv has no column x.", "data.text_column names it, data.label_column too.", "data.text_column"),
        ("model.nothing and data.csv are no settings, training.seed is.", "Set data.dataset.", "training.seed"),
        ("There is no file or folder 'nosuch.csv'.", "Name a file.", "data.dataset"),
        ("'org/model' has no whole local copy.", "Check the network.", "model.name_or_path"),
        ("Nothing is named.", "", None),
    ],
)
def test_the_setting_that_an_error_names(message: str, hint: str, key: str | None) -> None:
    """The message comes before the hint, and names of files are not settings; else it is the one with that value."""
    texts = {"data.dataset": "nosuch.csv", "model.name_or_path": "org/model"}
    assert named_in(Problem("Wrong", message, hint), texts) == key
