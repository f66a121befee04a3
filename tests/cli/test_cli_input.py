"""Words that are off: exit code 2, title, message and hint on stderr, nothing in the store."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from acted_runs import DEMO, ActedRun
from command_lab import Answer
from tiny_bert import texts, write_csv

from bertft_tui.core.config_file import to_toml
from bertft_tui.core.paths import resolve_store
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli import listing

Cli = Callable[..., Answer]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)


def refused(answer: Answer) -> str:
    """Check that nothing was done and that three parts stand on stderr; return them."""
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err
    title, *rest = answer.err.splitlines()
    assert title.startswith("Error: ")
    assert len(rest) >= 2
    if resolve_store().file.exists():
        with Database.open(resolve_store()) as db:
            assert queries.list_runs(db) == []
    return answer.err


def folder_without_weights(model: Path, target: Path) -> Path:
    """Copy a model's files, all but the weights."""
    target.mkdir()
    for file in model.iterdir():
        if file.suffix != ".safetensors":
            (target / file.name).write_bytes(file.read_bytes())
    return target


@pytest.mark.parametrize(
    ("content", "settings", "words"),
    [
        (None, [], "data.csv"),
        (b"", [], "empty"),
        (b"\x00\x01\x02\xff" * 500, [], "data.csv"),
        (b"text,score\na,1\nb,2\n", ["data.label_column=label"], "label"),
        (b"text,label\na,x\nb,x\nc,x\n", [], "class"),
        ("good", ["data.train_size=5000"], "5,000"),
    ],
    ids=["missing", "empty", "binary", "no label column", "one class", "subset too large"],
)
def test_data_that_cannot_be_trained_on(
    cli: Cli, tiny_model: Path, content: bytes | str | None, settings: list[str], words: str
) -> None:
    """Each fault of the data is named before anything is stored."""
    data = Path("data.csv")
    if isinstance(content, bytes):
        data.write_bytes(content)
    elif content:
        write_csv(data, texts(60))
    every = ["data.dataset=data.csv", "data.max_length=32", f"model.name_or_path={tiny_model}", *settings]
    error = refused(cli("run", *(part for each in every for part in ("--set", each)), "--json"))
    assert words in error.lower().replace("5000", "5,000")


def test_a_model_folder_without_weights(cli: Cli, tiny_model: Path, tmp_path: Path) -> None:
    """A folder that has no weights is no model."""
    folder = folder_without_weights(tiny_model, tmp_path / "model")
    write_csv(tmp_path / "data.csv", texts(60))
    error = refused(cli("run", "--set", "data.dataset=data.csv", "--set", f"model.name_or_path={folder}"))
    assert "model.safetensors" in error


@pytest.mark.parametrize(
    ("toml", "settings", "words"),
    [
        ("[training\n", [], "not valid TOML"),
        ("[training]\nlearnin_rate = 1e-5\n", [], "training.learning_rate"),
        ("[trainin]\nlearning_rate = 1e-5\n", [], "[training]"),
        ("[training]\nlearning_rate = 50\n", [], "training.learning_rate = 50"),
        ("", ["training.seed=-1"], "training.seed = -1"),
        ("", ["seed"], "section.field=value"),
        ("", ["training.sede=1"], "training.seed"),
    ],
)
def test_settings_that_are_wrong(cli: Cli, tmp_path: Path, toml: str, settings: list[str], words: str) -> None:
    """Broken TOML, typos and values out of bounds are named, with what was meant."""
    (tmp_path / "mine.toml").write_text(toml)
    assert words in refused(cli("run", "mine.toml", *(part for each in settings for part in ("--set", each))))


def test_files_and_presets_that_are_not_there(cli: Cli) -> None:
    """A missing file and an unknown preset are bad input."""
    assert "none.toml" in refused(cli("run", "none.toml"))
    assert "Did you mean 'demo'?" in refused(cli("run", "--preset", "demmo"))
    assert "Did you mean 'demo'?" in refused(cli("config", "--preset", "demmo"))


@pytest.mark.parametrize(
    "arguments", [["--nonsense"], ["nonsense"], ["run", "--nonsense"], ["show"], ["list", "--limit", "0"]]
)
def test_usage_errors(cli: Cli, arguments: list[str]) -> None:
    """What the parser does not know ends with 2 and says how to get help."""
    answer = cli(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err
    assert "Error" in answer.err


@pytest.mark.parametrize("text", ["shopping list " * 100, "bread"])
def test_a_file_that_is_no_store(cli: Cli, tmp_path: Path, text: str) -> None:
    """Another file, however short, is never taken for a store, and stays as it was."""
    other = tmp_path / "notes.txt"
    other.write_text(text)
    answer = cli("list", "--db", str(other))
    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert other.read_text() == text


@pytest.mark.parametrize(
    "arguments",
    [["show", "\udcff"], ["stop", "\udcff"], ["list", "--sort", "\udcff"], ["run", "--set", "data.dataset=\udcff"]],
)
def test_words_that_are_not_utf8(cli: Cli, arguments: list[str]) -> None:
    """A byte that the terminal could not decode is bad input like any other."""
    refused(cli(*arguments))


def test_the_app_asks_for_a_terminal(cli: Cli) -> None:
    """Without a terminal the app does not open, and another way is named."""
    assert "needs a terminal" in refused(cli())


def test_the_unforeseen_ends_in_a_sentence(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the program shows no traceback: it is written to a private file that the sentence names."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(listing, "print_list", lambda *_, **__: 1 / 0)
    answer = cli("list")
    assert answer.code == 1
    assert "Traceback" not in answer.err
    (report,) = (tmp_path / "state").rglob("*.txt")
    assert str(report) in answer.err
    assert "ZeroDivisionError" in report.read_text()
    assert report.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("XDG_STATE_HOME", os.devnull)
    assert cli("list").code == 1


def test_settings_changed_by_hand_are_refused_before_the_run_is_touched(cli: Cli, tmp_path: Path) -> None:
    """`resume` says what differs and what to do; the run stays as it was."""
    with Database.open(resolve_store()) as db:
        run = ActedRun(db, "stopped").start().train(10).say("stopped")
        file = db.path.run(run.id).config
        file.write_text(to_toml(DEMO.with_settings({"training.learning_rate": 0.5})))
        answer = cli("resume", run.id)
        assert (answer.code, answer.out) == (2, "")
        assert "learning_rate 2e-4 → 0.5" in " ".join(answer.err.split())
        assert "run --from" in answer.err
        assert queries.get_run(db, run.id).pending_request is None
