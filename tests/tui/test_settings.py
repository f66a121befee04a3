"""Settings that last: what is kept, what a damaged file does, and two apps at once."""

import os
import stat
from pathlib import Path

import pytest
from acted_runs import ActedRun
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from piloting import screen_text, shows, until

from bertft_tui.core.forking import NO_WARM
from bertft_tui.core.paths import settings_file
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.curves import ChartOptions
from bertft_tui.tui.offered_settings import offers
from bertft_tui.tui.settings import DEFAULTS, Settings, flat_values, nested
from bertft_tui.tui.settings_file import DEFAULT, read, write
from bertft_tui.tui.warm_choice import asked_warm


def app_on(db: Database, **overrides: object) -> BertftApp:
    """Another start of the app, by somebody who has seen the tour."""
    return BertftApp(db, wake=lambda db: None, overrides={"tour_seen": True, **overrides})


async def test_what_is_chosen_lasts(db: Database) -> None:
    """Theme, metric and chart options are there at the next start; the file is private."""
    ActedRun(db, "one").start().train()
    app = app_on(db)
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "one", "0.940")
        await pilot.press("M", "y", "plus")
        await shows(pilot, "by f1", "EMA 0.9")
        app.change_settings(theme="contrast")
        await until(pilot, settings_file().is_file)
    file = settings_file()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    again = app_on(db)
    assert (again.theme, again.metric, again.charts) == ("contrast", "f1", ChartOptions(log_y=True, smoothing=0.9))
    async with again.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "by f1", "EMA 0.9")


async def test_a_change_just_before_leaving_is_kept(db: Database) -> None:
    """Nothing waits when the app goes; and going back to the default takes the line out of the file."""
    app = app_on(db)
    async with app.run_test() as pilot:
        app.change_settings(theme="light", sort="name")
        await pilot.press("q")
    assert app_on(db).settings.sort == "name"
    app = app_on(db)
    async with app.run_test() as pilot:
        app.reset_setting("theme")
        await pilot.press("q")
    assert "theme" not in settings_file().read_text()
    assert read(settings_file())[0] == Settings(sort="name")


async def test_of_two_apps_the_last_change_of_each_setting_wins(db: Database) -> None:
    """Neither takes back what the other changed meanwhile."""
    one, other = app_on(db), app_on(db)
    async with one.run_test(), other.run_test():
        one.change_settings(metric="f1", sort="name")
        other.change_settings(theme="light", sort="best")
    kept = read(settings_file())[0]
    assert kept == Settings(metric="f1", theme="light", sort=kept.sort)
    assert kept.sort in ("name", "best")


async def test_the_command_line_wins_and_is_not_kept(db: Database) -> None:
    """Unless it is changed by hand afterwards."""
    write(settings_file(), {"theme": "light"})
    app = app_on(db, theme="contrast")
    async with app.run_test() as pilot:
        assert app.theme == "contrast"
        app.change_settings(metric="f1")
        await pilot.press("q")
    assert read(settings_file())[0] == Settings(theme="light", metric="f1")
    app = app_on(db, theme="contrast")
    async with app.run_test() as pilot:
        app.change_settings(theme="dark")
        await pilot.press("q")
    assert read(settings_file())[0].theme == "dark"


DAMAGED = """# my settings
theme = "light"
metric = "f1
future = { "some" = "thing" }
reverse = "perhaps"
columns = ["name", 3]
charts = { log_y = true, smoothing = 7, shape = "round" }
"""


async def test_a_damaged_file_breaks_no_start(db: Database) -> None:
    """What can be read is kept, a warning names file and line, and nothing is lost when something is changed."""
    file = settings_file()
    file.parent.mkdir(parents=True)
    file.write_text(DAMAGED)
    app = app_on(db)
    assert app.settings == Settings(theme="light", charts=ChartOptions(log_y=True), tour_seen=True)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await shows(pilot, "Some settings cannot be read")
        assert "line 3" in screen_text(pilot)
        app.change_settings(sort="best")
        await pilot.press("q")
    assert read(file)[0] == Settings(theme="light", charts=ChartOptions(log_y=True), sort="best")
    assert 'some = "thing"' in file.read_text() or '"some" = "thing"' in file.read_text()
    assert file.with_name("settings.toml.damaged").read_text() == DAMAGED


def test_comments_and_unknown_names_stay(tmp_path: Path) -> None:
    """People write into the file, and newer versions do."""
    file = tmp_path / "deep" / "settings.toml"
    write(file, {"theme": "light"})
    file.write_text('# mine\ntheme = "light"  # for the day\n[galaxy]\narms = 4\n')
    write(file, {"theme": "dark", "charts.log_y": True, "panes.run": 3})
    write(file, {"charts.log_y": DEFAULT, "charts.nothing": DEFAULT, "nowhere.x": DEFAULT})
    text = file.read_text()
    assert text.startswith('# mine\ntheme = "dark"  # for the day\n')
    assert "arms = 4" in text
    assert read(file) == (Settings(theme="dark", panes={"run": 3}), ())


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """People keep such files elsewhere."""
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "dotfiles" / "mine.toml").write_text("reverse = true\n")
    (tmp_path / "settings.toml").symlink_to(tmp_path / "dotfiles" / "mine.toml")
    write(tmp_path / "settings.toml", {"theme": "dark"})
    assert (tmp_path / "settings.toml").is_symlink()
    assert read(tmp_path / "dotfiles" / "mine.toml")[0] == Settings(reverse=True, theme="dark")


async def test_a_folder_that_cannot_be_written_is_said_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings hold until the app is closed."""
    monkeypatch.setenv("BERTFT_CONFIG_DIR", "/dev/null/nowhere")
    app = app_on(db)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        app.change_settings(theme="light")
        await shows(pilot, "The settings cannot be kept")
        assert app.theme == "light"


async def test_settings_are_turned_and_seen_at_once(app: BertftApp) -> None:
    """Each turn holds at once; ctrl+r takes it back to the default, also in the file; esc leaves."""
    async with app.run_test(size=(60, 20)) as pilot:
        await shows(pilot, "No runs yet.")
        await pilot.press("comma")
        await shows(pilot, "Settings", "kept in", "auto follows", "‹ auto ›")
        await pilot.press("right", "right")
        await shows(pilot, "* theme", "‹ light ›")
        assert app.theme == "light"
        await pilot.press("down", "a")
        await shows(pilot, "* shapes", "< ascii >", "BERTFT_ASCII")
        await pilot.press("ctrl+r", "down", "space", "down", "down", "down", "down", "down", "left")
        await shows(pilot, "on", "‹ 0.7 ›", "moving average")
        assert app.settings.charts.smoothing == 0.7
        assert app.animation_level == "full"
        assert "✗ failed" not in screen_text(pilot)  # the sample gives way
        await pilot.resize_terminal(200, 50)
        await shows(pilot, "✗ failed", "moving average")
        await pilot.press("escape", "q")
    assert read(settings_file())[0] == Settings(theme="light", animation=True, charts=ChartOptions(smoothing=0.7))


async def test_the_warm_process_is_switched_off_and_on(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this app launches follows the setting at once; the command line wins, until the setting is changed."""
    monkeypatch.delenv(NO_WARM)
    app = app_on(db)
    async with app.run_test(size=(100, 30)):
        assert NO_WARM not in os.environ
        app.change_settings(warm=False)
        assert os.environ[NO_WARM] == "1"
        app.keep_settings()
    monkeypatch.delenv(NO_WARM)
    assert app_on(db).settings.warm is False
    assert os.environ[NO_WARM] == "1"
    monkeypatch.setenv(NO_WARM, "0")
    asked = BertftApp(db, overrides=asked_warm(os.environ))
    assert asked.settings.warm
    assert asked.is_asked_for("warm")
    assert os.environ[NO_WARM] == "0"
    async with asked.run_test(size=(100, 30)):
        asked.change_settings(warm=False)
        assert os.environ[NO_WARM] == "1"


def test_every_setting_has_its_words() -> None:
    """What is offered is kept, its default is among its values, and a sentence says what it does."""
    for offer in offers((), DEFAULTS):
        assert offer.name in DEFAULTS.flat()
        assert not offer.options or offer.text(DEFAULTS) in offer.options
        assert offer.help.endswith(".")
        for option in offer.options:
            assert offer.text(DEFAULTS.changed({offer.name: offer.value(option)})) == option


async def test_what_the_command_line_says_is_said(db: Database) -> None:
    """Beside the setting, until it is changed."""
    app = app_on(db, theme="contrast")
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "No runs yet.")
        await pilot.press("comma")
        await shows(pilot, "‹ contrast ›", "The command line has said this for now")
        await pilot.press("left")
        await shows(pilot, "‹ light ›")
        assert "has said this" not in screen_text(pilot)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.lists(st.text(max_size=3))


@examples(20)
@given(st.dictionaries(st.sampled_from([*DEFAULTS.flat(), "panes.x", "odd", "charts", "a.b"]), LEAVES))
def test_any_values_give_settings(values: dict[str, object]) -> None:
    """Whatever stands in a file, the app has settings; what it wrote itself comes back the same."""
    settings, wrong = DEFAULTS.with_known(flat_values(nested({k: v for k, v in values.items() if k != "charts"})))
    assert all(isinstance(words, str) for words in wrong)
    assert DEFAULTS.with_known(settings.flat()) == (settings, [])


@examples(20)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    """Nothing in a file keeps the app from starting."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "settings.toml"
        file.write_bytes(data)
        read(file)
        write(file, {"theme": "light"})
        assert read(file)[0].theme == "light"
