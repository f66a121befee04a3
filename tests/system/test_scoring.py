"""A finished run at work: `evaluate` on its test split and elsewhere, `predict` with words and files."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from living import config, ended, until
from made_predictions import digest
from piloting import shows
from piloting import until as until_so
from processes import end_processes
from textual.events import Paste
from tiny_bert import texts, write_csv

from bertft_tui.core.config import RunConfig
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import helper as helpers
from bertft_tui.core.scheduling import service
from bertft_tui.core.scheduling.trying import Trial
from bertft_tui.core.store import commands, history, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.predictions import read_predictions
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.screens.trying import TrialScreen


@dataclass(frozen=True)
class Trained:
    """A store with one finished run, and the data it was trained on."""

    db: Database
    run: RunRecord
    folder: Path

    def call(self, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run a command as somebody at a shell would."""
        environment = {**os.environ, "BERTFT_DB": str(self.db.path.file), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-P", "-m", "bertft_tui.tui.cli.main", *words]
        return subprocess.run(
            command, env=environment, cwd=self.folder, input=stdin, capture_output=True, text=True, check=False
        )

    def read(self, *words: str, stdin: str = "") -> Any:
        """Run a command with --json; it must work."""
        done = self.call(*words, "--json", stdin=stdin)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def lines(self, name: str) -> list[Any]:
        """Read a file of JSON lines."""
        return [json.loads(line) for line in (self.folder / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[Trained]:
    """A run on 90 texts, a fifth of them carved out for evaluation, with 30 more set aside as a test split."""
    folder = tmp_path_factory.mktemp("scoring")
    (folder / "data").mkdir()
    write_csv(folder / "data" / "train.csv", texts(90, seed=1))
    write_csv(folder / "data" / "test.csv", texts(30, seed=2))
    settings: dict[str, Any] = {"data.test_split": "test", "training.num_train_epochs": 6, "data.max_length": 24}
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BERTFT_RUNTIME_DIR", str(folder / "runtime"))
        environment.setenv("OMP_NUM_THREADS", "1")
        with Database.open(StorePath(folder / "experiments.db")) as db:
            run_id = commands.enqueue(db, config(tiny_model, folder / "data", **settings), name="topics")
            run = until(db, run_id, ended)
            assert run.status == "finished", run.error
            yield Trained(db, run, folder)
        end_processes(StorePath(folder / "experiments.db"))
        if (child := service._started.pop(folder / "experiments.db", None)) is not None:
            child.wait(10)


def test_the_test_split_is_scored_and_kept(trained: Trained) -> None:
    """`evaluate` scores the rows set aside, says that they chose nothing, and the figure stands among the metrics."""
    found = trained.read("evaluate", "topics")
    assert (found["split"], found["rows"], found["is_test"], found["chose_checkpoint"]) == ("test", 30, True, False)
    assert found["metrics"].keys() >= {"accuracy", "f1", "loss"}
    assert found["intervals"].keys() >= {"accuracy", "loss"}
    assert all(each["low"] <= found["metrics"][name] <= each["high"] for name, each in found["intervals"].items())
    run = queries.get_run(trained.db, trained.run.id)
    assert run.metrics["test_accuracy"].last == found["metrics"]["accuracy"]
    assert history.evaluations(trained.db, run.id)[-1].rows == 30
    said = history.tested_predictions(trained.db, run.id)
    assert said is not None
    assert [run.labels[label] for label in said.label] == [label for _, label in texts(30, seed=2)]
    assert [int(key) for key in said.text_hash] == [digest(text) for text, _ in texts(30, seed=2)]
    assert float((said.label == said.predicted).mean()) == pytest.approx(found["metrics"]["accuracy"])
    points = trained.read("metrics", "topics", "test_accuracy")["points"]
    assert (points[-1]["step"], points[-1]["value"]) == (found["step"], found["metrics"]["accuracy"])
    shown = trained.call("show", "topics").stdout
    assert "test_accuracy" in shown
    assert "selected on this set" in shown


async def test_the_app_scores_the_test_split_too(trained: Trained) -> None:
    """E scores the highlighted run, and the figure stands among the run's metrics."""
    app = BertftApp(trained.db, wake=lambda db: None)
    before = len(history.evaluations(trained.db, trained.run.id))
    async with app.run_test(size=(120, 40)) as pilot:
        while not app.snapshot.runs:
            await pilot.pause(0.05)
        await pilot.press("E")
        while len(history.evaluations(trained.db, trained.run.id)) == before:
            await pilot.pause(0.1)
    newest = history.evaluations(trained.db, trained.run.id)[-1]
    assert (newest.is_test, newest.rows) == (True, 30)


async def test_texts_are_tried_on_it(trained: Trained) -> None:
    """T loads the checkpoint into a helper that stays: a text is answered at once, as when it was evaluated."""
    run = trained.run
    app = BertftApp(trained.db, wake=lambda db: None)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_so(pilot, lambda: app.snapshot.run(run.id))
        await pilot.press("T")
        await until_so(pilot, lambda: isinstance(app.screen, TrialScreen))
        screen = app.screen
        assert isinstance(screen, TrialScreen)
        await shows(pilot, "Type a text")
        await pilot.press("ctrl+n")
        await shows(pilot, f"of {run.eval_rows}, its label: ", " of 24 tokens · ", "on the processor")
        sample, reply = screen._sample, screen._reply
        assert sample is not None
        assert reply is not None
        assert isinstance(sample.label, tuple)
        assert (sample.text, sample.label[0]) in texts(90, seed=1)
        await until_so(pilot, lambda: screen._answered.text == sample.text)
        stored = read_predictions(trained.db.path.run(run.id).predictions, reply.verdicts[0].step)
        said = dict(screen._reply.verdicts[0].shares) if screen._reply else {}
        assert [said[label] for label in run.labels] == pytest.approx(stored.probabilities[sample.row - 1], abs=1e-3)
        app.post_message(Paste("bread " * 30))
        await shows(pilot, "cut at 24: the last ")
        gone = await asyncio.to_thread(Trial(trained.db).ask, [replace(run, problem_type=None)], "a text")
        assert gone.verdicts[0].problem is not None
        await pilot.press("escape")
        await until_so(pilot, lambda: not helpers._alive)


def test_the_evaluation_rows_give_the_recorded_figure(trained: Trained) -> None:
    """Scored again, the rows that chose the checkpoint give the very accuracy that was recorded, and are marked."""
    found = trained.read("evaluate", "topics", "--split", "evaluation rows")
    assert found["rows"] == trained.run.eval_rows
    assert found["metrics"]["accuracy"] == trained.run.metrics["eval_accuracy"].best
    assert found["chose_checkpoint"]


@pytest.mark.long
def test_other_words_for_the_run_s_own_data_are_its_own_data(trained: Trained) -> None:
    """A path written otherwise, or texts cut elsewhere, change neither which rows are scored nor what they are."""
    around = str(trained.folder / "data" / ".." / "data")
    found = trained.read("evaluate", "topics", "--dataset", around)
    assert (found["split"], found["is_test"]) == ("test", True)
    found = trained.read("evaluate", "topics", "--set", "data.max_length=12")
    assert (found["split"], found["rows"], found["is_test"]) == ("test", 30, False)
    found = trained.read("evaluate", "topics", "--dataset", around, "--split", "evaluation rows")
    assert found["chose_checkpoint"]


def test_rows_that_the_run_has_met_are_counted(trained: Trained) -> None:
    """Rows that were trained on, or that chose the checkpoint, are told by their texts, wherever they lie now."""
    copy = trained.folder / "copy.csv"
    copy.write_bytes((trained.folder / "data" / "train.csv").read_bytes())
    done = trained.call("evaluate", "topics", "--dataset", "copy.csv")
    assert done.returncode == 0, done.stderr
    assert f"{trained.run.train_rows} rows were trained on" in done.stderr
    assert f"{trained.run.eval_rows} rows were evaluated on in training" in done.stderr


def test_data_that_changed_is_not_scored_as_it_was(trained: Trained) -> None:
    """Rows drawn from a file that was edited since are not passed off as those that chose the checkpoint."""
    train = trained.folder / "data" / "train.csv"
    before = train.read_bytes()
    write_csv(train, texts(90, seed=4))
    done = trained.call("evaluate", "topics", "--split", "evaluation rows")
    train.write_bytes(before)
    assert (done.returncode, done.stdout) == (2, "")
    assert "The data has changed since the run was trained" in done.stderr


def test_other_data_is_scored_row_by_row(trained: Trained) -> None:
    """Another file is read by the same rules; --output has each row's text, label, verdict and probabilities."""
    rows = [f"{number},{text},{label}" for number, (text, label) in enumerate(texts(12, seed=3))]
    (trained.folder / "other.csv").write_text(
        "\n".join(["id,text,label", *rows[:4], "9,no label,", *rows[4:]]) + "\n"
    )
    found = trained.read("evaluate", "topics", "--dataset", "other.csv", "--output", "scored.jsonl")
    assert (found["rows"], found["split"], found["is_test"]) == (12, "train", False)
    scored = trained.lines("scored.jsonl")
    assert [(row["text"], row["label"]) for row in scored] == texts(12, seed=3)
    assert [row["id"] for row in scored] == [str(number) for number in range(12)]
    right = [row["label"] == row["predicted"] for row in scored]
    assert sum(right) / 12 == pytest.approx(found["metrics"]["accuracy"])
    for row in scored:
        shares = [value for name, value in row.items() if name.startswith("probability_")]
        assert len(shares) == 3
        assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_words_and_lines_are_classified(trained: Trained) -> None:
    """Texts come as words, or as lines of standard input; they keep their order whatever their lengths."""
    short, long = "bread", "the goal of the team in the match " * 3
    found = trained.read("predict", "topics", short, long, short)
    assert [row["text"] for row in found["predictions"]] == [short, long, short]
    first, _, last = (row["probabilities"] for row in found["predictions"])
    assert first == pytest.approx(last, abs=1e-6)
    for row in found["predictions"]:
        assert row["predicted"] == max(row["probabilities"], key=row["probabilities"].get)
    warm = trained.read("predict", "topics", short, "--temperature", "4")
    (mild,) = (row["probabilities"] for row in warm["predictions"])
    assert (found["temperature"], warm["temperature"]) == (1.0, 4.0)
    assert max(mild, key=mild.__getitem__) == max(first, key=first.__getitem__)
    flat = {label: share**0.25 for label, share in first.items()}
    assert mild == pytest.approx({label: each / sum(flat.values()) for label, each in flat.items()}, abs=1e-5)
    lines = trained.call("predict", "topics", "-", stdin=f"{short}\n\n{long}\n").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [
        "predicted",
        *(row["predicted"] for row in found["predictions"][:2]),
    ]


def test_a_file_in_and_a_file_out(trained: Trained) -> None:
    """Every row and column comes back, with the verdict beside it; rows without a text have none, and it is said."""
    (trained.folder / "new.csv").write_text('id,text,predicted\n1,soup and bread,x\n2,,y\n3,"cold, cold rain",z\n')
    done = trained.call("predict", "topics", "--file", "new.csv", "--output", "verdicts.jsonl")
    assert done.returncode == 0, done.stderr
    assert "1 row without a text" in done.stderr
    found = trained.lines("verdicts.jsonl")
    assert [(row["id"], row["predicted"]) for row in found] == [("1", "x"), ("2", "y"), ("3", "z")]
    assert [row["predicted_2"] is None for row in found] == [False, True, False]


def test_lines_end_where_files_end_them(trained: Trained) -> None:
    """One text a line: other characters that some call line ends do not shift the rows."""
    (trained.folder / "lines.txt").write_bytes("soup\u2028bread\r\nrain\fsnow\nthe goal".encode())
    found = trained.read("predict", "topics", "--file", "lines.txt")
    assert [row["text"] for row in found["predictions"]] == ["soup\u2028bread", "rain\fsnow", "the goal"]


def test_of_several_splits_the_one_that_is_read_is_named(trained: Trained) -> None:
    """A folder with train and test is classified in part, and it is said which part."""
    done = trained.call("predict", "topics", "--file", "data", "--output", "part.csv")
    assert done.stdout == "90 rows written to part.csv.\n"
    assert "Only split 'train' is classified" in done.stderr


_BAD: dict[str, tuple[list[str], str]] = {
    "no text": (["predict", "topics"], "Nothing to classify"),
    "empty text": (["predict", "topics", " "], "There is nothing to classify"),
    "empty lines": (["predict", "topics", "--file", "blank.txt"], "There is nothing to classify"),
    "text and file": (["predict", "topics", "a", "--file", "data/test.csv"], "Texts and a file exclude each other"),
    "no such run": (["predict", "nobody", "a"], "No such run"),
    "no such file": (["predict", "topics", "--file", "gone.csv"], "The data is not there"),
    "output of another kind": (
        ["predict", "topics", "a", "--output", "x.xlsx"],
        "This kind of file cannot be written",
    ),
    "output folder": (["predict", "topics", "a", "--output", "no/x.csv"], "The folder is not there"),
    "output is input": (
        ["predict", "topics", "--file", "data/test.csv", "--output", "data/test.csv"],
        "Input and output are the same file",
    ),
    "output is the data": (
        ["evaluate", "topics", "--output", "data/train.csv"],
        "Input and output are the same file",
    ),
    "output is among what a pattern reads": (
        ["predict", "topics", "--file", "data/*.csv", "--output", "data/test.csv"],
        "Input and output are the same file",
    ),
    "input is gone, output is there": (
        ["predict", "topics", "--file", "gone.csv", "--output", "blank.csv"],
        "The data is not there",
    ),
    "pairs for a model of single texts": (
        ["predict", "topics", "--file", "data/test.csv", "--set", "data.text_pair_column=label"],
        "This model reads one text at a time",
    ),
    "a column of numbers": (
        ["predict", "topics", "--file", "numbers.jsonl", "--set", "data.text_column=id"],
        "This column holds no texts",
    ),
    "too long and not to be cut": (
        ["predict", "topics", "soup", "soup and bread " * 20, "--set", "data.truncation=false"],
        "A text is longer than the model may read",
    ),
    "several splits": (["predict", "topics", "--file", "parts"], "Which split?"),
    "splits without usual names": (["evaluate", "topics", "--dataset", "parts"], "Which split?"),
    "other rows of the training": (["evaluate", "topics", "--set", "data.eval_size=3"], "This setting cannot be"),
    "unknown test split": (["evaluate", "topics", "--set", "data.test_split=nosuch"], "There is no such split"),
    "no such split": (["evaluate", "topics", "--split", "dev"], "There is no such split"),
    "training again": (["evaluate", "topics", "--set", "training.seed=1"], "This setting cannot be changed any more"),
    "too many tokens": (["predict", "topics", "a", "--set", "data.max_length=5000"], "The model takes shorter texts"),
    "no such device": (["evaluate", "topics", "--device", "cuda:77"], "There is no such device"),
    "no such column": (["evaluate", "topics", "--set", "data.label_column=topic"], "There is no column 'topic'"),
    "unknown labels": (["evaluate", "topics", "--dataset", "strange.csv"], "The model does not know some labels"),
}


@pytest.mark.parametrize("kind", _BAD)
def test_what_cannot_be_done_is_said(trained: Trained, kind: str) -> None:
    """Exit code 2, title, message and hint on stderr, nothing on stdout, nothing in the store."""
    write_csv(trained.folder / "strange.csv", [("soup", "dinner"), ("ball", "sport"), ("bread", "lunch")] * 4)
    (trained.folder / "blank.txt").write_text("\n\n")
    (trained.folder / "blank.csv").touch()
    (trained.folder / "numbers.jsonl").write_text('{"id": 1, "text": "soup"}\n')
    (trained.folder / "parts").mkdir(exist_ok=True)
    for name in ("here", "there"):
        write_csv(trained.folder / "parts" / f"{name}.csv", texts(4))
    words, title = _BAD[kind]
    before = queries.revision(trained.db)
    done = trained.call(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {title}")
    assert "Traceback" not in done.stderr
    assert queries.revision(trained.db) == before


def test_a_run_without_a_checkpoint_cannot_work(trained: Trained) -> None:
    """A run that never began is refused in a sentence."""
    commands.pause_queue(trained.db, "a test")
    commands.enqueue(trained.db, RunConfig(), name="fresh")
    done = trained.call("predict", "fresh", "a text")
    assert done.returncode == 2
    assert "This run has no best checkpoint" in done.stderr
