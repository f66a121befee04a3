"""What the command line loads, prints and checks without a run."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from acted_runs import ActedRun
from command_lab import Answer, Lab

from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import from_toml
from bertft_tui.core.paths import resolve_store
from bertft_tui.core.presets import PRESETS
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli.commands import app

Cli = Callable[..., Answer]

TRAINING = {"torch", "transformers", "datasets", "evaluate", "pandas", "accelerate", "sklearn", "numpy"}
LATE = {"textual", "sqlmodel", "sqlalchemy", "alembic", "rich"}

COMMANDS: list[tuple[list[str], set[str]]] = [
    (["--version"], TRAINING | LATE),
    (["--help"], TRAINING | LATE),
    (["run", "--help"], TRAINING | LATE),
    (["config"], TRAINING | LATE),
    (["presets"], TRAINING | (LATE - {"rich"})),
    (["list"], (TRAINING | {"textual"}) - {"numpy"}),
    (["queue", "--json"], (TRAINING | {"textual"}) - {"numpy"}),
    (["doctor"], (TRAINING | {"textual"}) - {"numpy"}),
    (["devices"], (TRAINING | {"textual"}) - {"numpy"}),
]


@pytest.mark.parametrize(("arguments", "forbidden"), COMMANDS, ids=[" ".join(command) for command, _ in COMMANDS])
def test_each_command_loads_only_what_it_needs(lab: Lab, arguments: list[str], forbidden: set[str]) -> None:
    """No command loads a training library; version, help and settings load neither the store nor the app."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('LOADED', *sys.modules, file=sys.stderr))\n"
        f"sys.argv = ['bertft-tui', *{arguments!r}]\n"
        "from bertft_tui.tui.cli.main import main\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=lab.folder,
        env=lab.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.rpartition("LOADED")[2].split())
    assert forbidden & loaded == set()


def test_version_and_help(cli: Cli) -> None:
    """The version is the distribution's, and help names every command."""
    assert cli("--version").out.startswith("bertft-tui 0.")
    text = cli("--help").out
    for command in app_commands():
        assert f"\n  {command} " in text
        assert "--help" in cli(command, "--help").out


def app_commands() -> list[str]:
    """Return the names of all commands."""
    found = [*app.registered_commands]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        found.extend(group.typer_instance.registered_commands)
    return [str(command.name or command.callback.__name__) for command in found if command.callback]


def test_config_prints_what_run_takes(cli: Cli) -> None:
    """The TOML of a preset is that preset; as JSON it has the same sections."""
    assert from_toml(cli("config").out) == RunConfig()
    assert from_toml(cli("config", "--preset", "demo").out) == PRESETS["demo"].config
    assert json.loads(cli("config", "--preset", "demo", "--json").out) == PRESETS["demo"].config.model_dump()


def test_presets_are_listed(cli: Cli) -> None:
    """Each preset stands there with its sentence and, as JSON, its config."""
    listed = json.loads(cli("presets", "--json").out)
    assert [each["name"] for each in listed] == list(PRESETS)
    text = cli("presets").out
    assert all(preset.description in text for preset in PRESETS.values())


def test_devices_are_listed(cli: Cli) -> None:
    """There is a processor at least, and it is free."""
    listed = json.loads(cli("devices", "--json").out)
    processor = listed[-1]
    assert processor["name"] == "cpu"
    assert processor["busy"] is False
    assert processor["title"] in cli("devices").out


def test_the_doctor_finds_a_sound_installation(cli: Cli) -> None:
    """Without a store, and with one, nothing fails here; a store is not made by looking for it."""
    document = json.loads(cli("doctor", "--json").out)
    names = ["python", "libraries", "torch", "demo", "devices", "disk", "store"]
    assert [check["name"] for check in document["checks"]] == names
    assert document["ok"] is True
    assert not resolve_store().file.exists()
    Database.open(resolve_store()).close()
    answer = cli("doctor")
    assert answer.code == 0
    assert "schema" in answer.out
    assert "scheduler" in answer.out


def test_the_doctor_sees_a_damaged_store(cli: Cli) -> None:
    """A file whose pages were overwritten is called damaged, with exit code 1."""
    path = resolve_store()
    Database.open(path).close()
    content = bytearray(path.file.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    path.file.write_bytes(content)
    for leftover in path.file.parent.glob(path.file.name + "-*"):
        leftover.unlink()
    answer = cli("doctor")
    assert answer.code == 1
    assert "fail" in answer.out
    assert "Traceback" not in answer.err


def test_the_doctor_sees_a_paused_queue(cli: Cli) -> None:
    """A queue that holds runs back is a warning with its way out."""
    cli("queue", "--pause", "lunch")
    document = json.loads(cli("doctor", "--json").out)
    paused = next(check for check in document["checks"] if check["name"] == "scheduler")
    assert paused["state"] == "warn"
    assert "queue --resume" in paused["hint"]


def test_output_survives_an_ascii_terminal(lab: Lab) -> None:
    """Where the terminal knows no Unicode, letters are replaced and nothing fails."""
    with Database.open(lab.store) as db:
        ActedRun(db, "caf\u00e9").start()
    narrow = Lab(lab.folder, lab.store, {**lab.environment, "PYTHONIOENCODING": "ascii"})
    answer = narrow.run("list")
    assert (answer.code, answer.err) == (0, "")
    assert "? lost  caf?" in answer.out  # it has no process: a look says so
