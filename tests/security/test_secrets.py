"""Tokens and passwords: none is found in what the program writes or says."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from living import config, ended, until
from piloting import screen_text, shows
from tiny_bert import texts, write_csv

from bertft_tui.core import hub_environment, redaction
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError, Problem
from bertft_tui.core.journal import read_events
from bertft_tui.core.redaction import redact, without_password
from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.export import save_picture

SECRETS = {
    "HF_TOKEN": "the-token-of-mine",
    "WANDB_API_KEY": "0123456789abcdef",
    "AWS_SECRET_ACCESS_KEY": "wJalr/XUtn+FEMI",
    "PGPASSWORD": "correct horse",
    "SSH_PRIVATE_KEY": "-----BEGIN-----\nMIIEvQIBADANBg\n-----END-----",
    "NATIVE_TOKEN": "the-native-secret",
    "DATABASE_URL": "postgresql://me:hunter2hunter2@db/store",
}
#: What the library below lets out.
SAID = ("the-token-of-mine", "hunter2", "me:pw", "the-native-secret")

#: The panes of a run's screen, by their keys, with words that each of them shows.
PANES = {"2": "learning_rate", "3": "error", "4": "natively", "5": "attempts"}

HARMLESS = {"TOKENIZERS_PARALLELISM": "false-or-true", "HF_TOKEN_PATH": "/home/me/token", "SHORT_KEY": "1"}


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {**SECRETS, **HARMLESS}.items():
        monkeypatch.setenv(name, value)
    redaction._pattern.cache_clear()
    yield
    redaction._pattern.cache_clear()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("token the-token-of-mine!", "token ***!"),
        ("key=0123456789abcdef", "key=***"),
        ("https://s3/?k=wJalr%2FXUtn%2BFEMI", "https://s3/?k=***"),
        ("as the shell has it: correct horse", "as the shell has it: ***"),
        ("MIIEvQIBADANBg", "***"),
        ("password hunter2hunter2 failed", "password *** failed"),
        ("hf_aBcDeFgHiJkLmNoPq of somebody else", "*** of somebody else"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer ***"),
        ("https://me:pass@word@host/a@b", "https://***@host/a@b"),
        ("proxy http://sometoken@host:80", "proxy http://***@host:80"),
        ("hf://org/name@main/x, a@b.c, false-or-true, /home/me/token, 1", None),
    ],
)
def test_what_is_hidden(text: str, shown: str | None) -> None:
    """Values of variables that are called secret, tokens and passwords in addresses; and nothing else."""
    assert redact(text) == (text if shown is None else shown)


def test_every_problem_is_without_secrets() -> None:
    """Whatever raises or stores a problem, its words hold none, and the exception's own text neither."""
    problem = Problem("at https://me:pw@host", "the-token-of-mine", "correct horse")
    assert (problem.title, problem.message, problem.hint) == ("at https://***@host", "***", "***")
    assert str(ConfigError("x", "the-token-of-mine")) == "x: ***"


def test_an_endpoint_is_kept_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store gets the address alone and the launch says so; a scheduler that has the password still uses it."""
    secret, bare = "https://me:hunter2@hub.example", "https://hub.example"
    monkeypatch.setenv("HF_ENDPOINT", secret)
    kept = hub_environment.of_this_process()
    assert kept["HF_ENDPOINT"] == bare == without_password(secret)
    (note,) = hub_environment.notes()
    assert "not kept" in note.message
    assert "hunter2" not in note.message
    assert hub_environment.with_those_of({"HF_ENDPOINT": secret}, kept)["HF_ENDPOINT"] == secret
    assert hub_environment.with_those_of({"HF_ENDPOINT": "https://a:b@other"}, kept)["HF_ENDPOINT"] == bare
    monkeypatch.setenv("HF_ENDPOINT", bare)
    assert hub_environment.notes() == ()


_LEAKY = """
import os, sys, traceback
from transformers import BertConfig
class Leaky(BertConfig):
    def __init__(self, *args, **kwargs):
        print("logging in with", os.environ["HF_TOKEN"])
        sys.stderr.write("at " + os.environ["DATABASE_URL"] + "\\n")
        os.write(2, ("natively " + os.environ["NATIVE_TOKEN"] + "\\n").encode())
        raise RuntimeError("401 for " + os.environ["HF_TOKEN"] + " at https://me:pw@hub.example")
"""


def _leaky_config(folder: Path, tiny_model: Path) -> RunConfig:
    """A run whose model comes with code that says what it should not."""
    model = folder / "model"
    model.mkdir()
    for file in tiny_model.iterdir():
        (model / file.name).symlink_to(file)
    (model / "config.json").unlink()
    settings = json.loads((tiny_model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps(settings | {"auto_map": {"AutoConfig": "leaky.Leaky"}}))
    (model / "leaky.py").write_text(_LEAKY)
    return config(model, write_csv(folder / "data.csv", texts(24)), **{"model.trust_remote_code": True})


async def test_a_library_that_leaks(
    live: Database, tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a library prints and raises goes without its secrets into log, journal and store, on screens, in pictures.

    What native code prints stands in the run's log alone, and is hidden there from whoever looks at it.
    """
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))
    run_id = commands.enqueue(live, _leaky_config(tmp_path, tiny_model), name="leaky")
    assert until(live, run_id, ended).status == "failed"
    run = live.path.run(run_id)
    said = run.log.read_text()
    assert "logging in with ***" in said
    assert "at postgresql://***@db/store" in said
    assert "Traceback" in said
    failed = next(event for event, _ in read_events(run.events) if event.type == "error")
    assert "401 for *** at https://***@hub.example" in failed.fields["message"]
    shown = await _screens(live, tmp_path)
    assert "logging in with ***" in shown
    assert "natively ***" in shown
    assert [secret for secret in SAID if secret in shown] == []
    run.log.write_text(said.replace("natively the-native-secret", ""))
    files = [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.startswith("leaky.")]
    assert {"experiments.db", "experiments.db.scheduler.log", "train.log"} <= {path.name for path in files}
    assert [path for path in files for secret in SAID if secret.encode() in path.read_bytes()] == []


async def _screens(db: Database, folder: Path) -> str:
    """All that the app shows of its only run, and a picture of it in a folder."""
    app, drawn = BertftApp(db, wake=lambda db: None), ""
    async with app.run_test(size=(160, 160)) as pilot:
        await shows(pilot, "leaky", "401 for")
        await pilot.press("enter")
        for key, words in PANES.items():
            await pilot.press(key)
            await shows(pilot, words)
            drawn += screen_text(pilot)
            path = save_picture(app, folder)
            assert isinstance(path, Path)
            drawn += path.rename(path.with_name(f"{key}.svg")).read_text(encoding="utf-8")
    return drawn
