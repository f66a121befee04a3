"""Tokens and passwords: none is found in what the program writes or says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_bert import texts, write_csv

from bertft_tui.core import hub_environment, redaction
from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import to_toml
from bertft_tui.core.errors import ConfigError, Problem
from bertft_tui.core.journal import read_events
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.redaction import redact, without_password

SECRETS = {
    "HF_TOKEN": "the-token-of-mine",
    "WANDB_API_KEY": "0123456789abcdef",
    "AWS_SECRET_ACCESS_KEY": "wJalr/XUtn+FEMI",
    "PGPASSWORD": "correct horse",
    "SSH_PRIVATE_KEY": "-----BEGIN-----\nMIIEvQIBADANBg\n-----END-----",
    "DATABASE_URL": "postgresql://me:hunter2hunter2@db/store",
}
HARMLESS = {"TOKENIZERS_PARALLELISM": "false-or-true", "HF_TOKEN_PATH": "/home/me/token", "SHORT_KEY": "1"}


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**SECRETS, **HARMLESS}.items():
        monkeypatch.setenv(name, value)
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
        raise RuntimeError("401 for " + os.environ["HF_TOKEN"] + " at https://me:pw@hub.example")
"""


def test_a_library_that_leaks(tmp_path: Path, tiny_model: Path) -> None:
    """What a library prints and raises goes into log and journal without its secrets, the traceback too."""
    model = tmp_path / "model"
    model.mkdir()
    for file in tiny_model.iterdir():
        (model / file.name).symlink_to(file)
    (model / "config.json").unlink()
    settings = json.loads((tiny_model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps(settings | {"auto_map": {"AutoConfig": "leaky.Leaky"}}))
    (model / "leaky.py").write_text(_LEAKY)
    write_csv(tmp_path / "data.csv", texts(24))
    config = RunConfig().with_settings(
        {
            "model.name_or_path": str(model),
            "model.trust_remote_code": True,
            "data.dataset": str(tmp_path / "data.csv"),
            "data.max_length": 16,
            "hardware.device": "cpu",
        }
    )
    run = RunDirectory(tmp_path / "run")
    run.create()
    run.config.write_text(to_toml(config))
    launch = {"attempt": 1, "device": "cpu", "torch_device": "cpu", "device_reason": "", "device_lock": ""}
    run.launch.write_text(json.dumps({**launch, "resume": False, "adjustments": []}))
    run.start_ticket(1).touch()
    module = "bertft_tui.core.training.worker"
    with run.log.open("wb") as log:
        command = [sys.executable, "-P", "-m", module, run.start_ticket(1).name, str(run.path)]
        environment = {**os.environ, "HF_MODULES_CACHE": str(tmp_path / "modules")}
        code = subprocess.run(command, stdout=log, stderr=log, env=environment, check=False).returncode
    said = run.log.read_text()
    assert code == 1
    assert "logging in with ***" in said
    assert "at postgresql://***@db/store" in said
    assert "Traceback" in said
    failed = next(event for event, _ in read_events(run.events) if event.type == "error")
    assert "401 for *** at https://***@hub.example" in failed.fields["message"]
    for file in (path for path in run.path.rglob("*") if path.is_file()):
        assert not any(secret in file.read_text() for secret in ("the-token-of-mine", "hunter2", "me:pw")), file
