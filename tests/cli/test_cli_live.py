"""The command line with real processes: a training from a csv, requests to a live run, an interrupted wait."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_lab import Lab, make_lab
from processes import end_processes
from tiny_bert import texts, write_csv

from bertft_tui.core.journal import read_events
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

Document = dict[str, Any]

CANARIES = {
    "HF_TOKEN": "hf_CANARY0123456789abc",
    "HUGGING_FACE_HUB_TOKEN": "hf_CANARY0123456789def",
    "WANDB_API_KEY": "CANARY-wandb",
    "AWS_SECRET_ACCESS_KEY": "CANARY/aws+",
    "DATABASE_URL": "postgresql://me:CANARY-database@host/store",
    "HF_ENDPOINT": "http://me:CANARY-endpoint@127.0.0.1:9",
    "HTTP_PROXY": "http://me:CANARY-proxy@127.0.0.1:9",
    "HTTPS_PROXY": "http://me:CANARY-proxy@127.0.0.1:9",
}


def settings(model: Path, **others: object) -> list[str]:
    """Return the options of a short run on `data.csv`."""
    every = {
        "data.dataset": "data.csv",
        "model.name_or_path": model,
        "data.max_length": 16,
        "training.num_train_epochs": 2,
        "training.learning_rate": 5e-3,
        "hardware.device": "cpu",
        **others,
    }
    return [part for key, value in every.items() for part in ("--set", f"{key}={value}")]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[tuple[Lab, Document]]:
    """A lab in which a csv that the program had never seen was trained on, and the document that came out."""
    made = make_lab(tmp_path_factory.mktemp("trained"), CANARIES)
    mask = os.umask(0)
    write_csv(made.folder / "data.csv", texts(150))
    answer = made.run("run", *settings(tiny_model), "--name", "mine", "--experiment", "first", "--wait", "--json")
    assert answer.code == 0, answer.err
    assert "best accuracy" in answer.err
    for words in (["predict", "mine", "--file", "data.csv"], ["evaluate", "mine"]):
        output = f"{words[0]}.csv"
        assert made.run(*words, "--output", output).code == 0
        assert (made.folder / output).is_file()
    os.umask(mask)
    yield made, json.loads(answer.out)
    end_processes(made.store)


def test_no_secret_is_written_or_said(trained: tuple[Lab, Document]) -> None:
    """Of tokens, keys and passwords in the environment, nothing is in any file, log, document or table."""
    lab, document = trained
    answers = [lab.run(*words) for words in (["doctor"], ["show", document["id"], "--json"], ["logs", "mine"])]
    refused = lab.run("run", "--set", "model.name_or_path=https://me:CANARY-in-a-name@host/model")
    assert "https://***@host/model" in refused.err
    for answer in (*answers, refused):
        assert "CANARY" not in answer.out + answer.err
    files = [path for path in lab.folder.rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert names >= {"lab.db", "lab.db.scheduler.log", "config.toml", "train.log", "model.safetensors"}
    assert names >= {"predict.csv", "evaluate.csv"}
    assert [path for path in files if b"CANARY" in path.read_bytes()] == []


def test_what_is_written_is_private(trained: tuple[Lab, Document]) -> None:
    """With umask 000 too: store, locks, logs, run directories, checkpoints and exports are for their owner alone."""
    lab, _ = trained
    given = {lab.folder / "data.csv"}
    modes = {path: path.lstat().st_mode & 0o077 for path in lab.folder.rglob("*") if path not in given}
    assert len(modes) > 20
    assert {path: oct(mode) for path, mode in modes.items() if mode} == {}


def test_a_csv_trains_from_one_line(trained: tuple[Lab, Document]) -> None:
    """`run --wait --json` ends with the document of a finished run that has learnt something."""
    lab, document = trained
    assert document["status"] == "finished"
    assert (document["name"], document["experiment"]) == ("mine", "first")
    assert document["config"]["data"]["dataset"] == str(lab.folder / "data.csv")
    assert document["metrics"]["eval_accuracy"]["best"] > 0.5
    assert document["metrics"]["loss"]["count"] == document["step"] == document["max_steps"]
    assert document["attempts"][0]["outcome"] == "finished"
    assert document["attempts"][0]["exit_code"] == 0
    assert document["environment"]["device"] == "cpu"
    assert any(event.type == "finished" for event, _ in read_events(Path(document["directory"], "events.jsonl")))
    assert document["error"] is None


def test_the_run_is_found_again(trained: tuple[Lab, Document]) -> None:
    """Another process lists, shows and prints it: the same run, the same figures."""
    lab, document = trained
    (listed,) = json.loads(lab.run("list", "--json").out)
    assert {key: document[key] for key in listed} == listed
    points = json.loads(lab.run("metrics", "mine", "loss", "--json").out)["points"]
    assert [point["step"] for point in points] == list(range(1, document["step"] + 1))
    assert lab.run("logs", document["id"][:4], "--follow").code == 0
    refused = lab.run("resume", "mine")
    assert refused.code == 2
    assert "finished" in refused.err


def test_changed_settings_make_a_child(trained: tuple[Lab, Document]) -> None:
    """`run --from` starts from a run's settings; the new one knows where it comes from, and what was changed."""
    lab, first = trained
    answer = lab.run("run", "--from", "mine", "--set", "training.max_steps=1", "--wait", "--json")
    assert answer.code == 0, answer.err
    child = json.loads(answer.out)
    assert child["config"] == {**first["config"], "training": {**first["config"]["training"], "max_steps": 1}}
    assert (child["name"], child["experiment"]) == ("max_steps -1 → 1", "first")
    assert f"{first['id']}: max_steps -1 → 1" in lab.run("show", child["id"]).out
    assert lab.run("run", "--from", "nobody").code == 2
    assert "exclude each other" in lab.run("run", "--from", "mine", "--preset", "demo").err


def test_a_run_that_fails_ends_with_one(lab: Lab, tiny_model: Path) -> None:
    """`run --wait` of a run that fails: exit code 1, and why on stderr."""
    write_csv(lab.folder / "data.csv", texts(60))
    answer = lab.run("run", *settings(tiny_model, **{"hardware.device": "cuda:99"}), "--wait")
    assert answer.code == 1
    assert "no such device" in answer.err
    assert "failed" in answer.out
    assert "Traceback" not in answer.err


def test_a_waiting_run_leaves_the_queue(lab: Lab, tiny_model: Path) -> None:
    """In a paused queue nothing starts; what is stopped there is cancelled, and cannot be resumed."""
    write_csv(lab.folder / "data.csv", texts(60))
    lab.run("queue", "--pause", "lunch")
    enqueued = lab.run("run", *settings(tiny_model), "--json")
    assert "paused (lunch)" in enqueued.err
    document = json.loads(enqueued.out)
    assert document["status"] == "queued"
    stopped = lab.run("stop", document["id"], "--json")
    assert [run["status"] for run in json.loads(stopped.out)] == ["cancelled"]
    refused = lab.run("resume", document["id"])
    assert refused.code == 2
    assert "Nothing was saved" in refused.err


def test_looking_away_stopping_going_on_and_cancelling(lab: Lab, tiny_model: Path) -> None:
    """Ctrl-C ends the waiting and not the run; `stop`, `resume` and `cancel` say what came of them."""
    write_csv(lab.folder / "data.csv", texts(150))
    waiting = lab.start("run", *settings(tiny_model, **{"training.num_train_epochs": 500}), "--wait")
    run = until(lab, lambda run: run.progress.step > 3)
    waiting.send_signal(signal.SIGINT)
    _, err = waiting.communicate(timeout=20)
    assert waiting.returncode == 130
    assert "The run goes on" in err
    seen = until(lab, lambda run: True).progress.step
    until(lab, lambda run: run.progress.step > seen)
    assert "stopped at step" in lab.run("stop", run.id).out
    assert "it goes on" in lab.run("resume", run.id).out
    until(lab, lambda run: run.status is RunStatus.RUNNING)
    assert lab.run("cancel", run.id).code == 0
    until(lab, lambda run: run.status is RunStatus.CANCELLED)


def test_the_demo_does_without_a_terminal(lab: Lab) -> None:
    """Where no app can open, `demo` enqueues its run and shows the progress in lines; ctrl-C only looks away."""
    demo = lab.start("demo")
    run = until(lab, lambda run: run.progress.max_steps is not None)
    assert run.train_rows == 300
    demo.send_signal(signal.SIGINT)
    out, err = demo.communicate(timeout=20)
    assert demo.returncode == 130
    assert "no terminal" in err
    assert f"bertft-tui show {run.id}" in err
    assert "loading" in out


def until(lab: Lab, condition: Callable[[RunRecord], bool], seconds: float = 90) -> RunRecord:
    """Look until the lab's one run is as it should be."""
    deadline = time.monotonic() + seconds
    with Database.open(lab.store) as db:
        while not ((runs := queries.list_runs(db)) and condition(runs[0])):
            assert time.monotonic() < deadline, f"still {runs and runs[0]}"
            time.sleep(0.1)
    return runs[0]
