"""What the Hub may answer to the check before a launch, through the libraries' own clients."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hub_stand_in import Repository, hub_stand_in
from imdb_like import tutorial_repositories

CHECK_MANY = Path(__file__).with_name("check_many.py")

IMDB = {"data.dataset": "stanfordnlp/imdb", "data.eval_split": "test"}
DEMO_MODEL = {"model.name_or_path": "demo", "data.max_length": 64}
DEMO_DATA = {"data.dataset": "demo", "data.max_length": 64}
CSV = DEMO_MODEL | {"data.dataset": "a/table"}
BERT = {"model.name_or_path": "google-bert/bert-base-cased"}

#: What is asked for → the title of the answer, a word of its message or hint; None: all is well.
ONLINE: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "data and model": (IMDB | BERT, None, ""),
    "no such data set": (DEMO_MODEL | {"data.dataset": "a/nothing"}, "The Hub has no such data set", "a/nothing"),
    "no such name": (DEMO_MODEL | {"data.dataset": "nothing"}, "The Hub has no such data set", "'nothing'"),
    "gated data": (DEMO_MODEL | {"data.dataset": "a/gated"}, "This data set is gated", "hf auth login"),
    "data revision": (DEMO_MODEL | IMDB | {"data.revision": "v9"}, "The Hub has no such revision", "v9"),
    "configuration": (DEMO_MODEL | IMDB | {"data.config_name": "no"}, "There is no such configuration", "plain_text"),
    "huge data": (DEMO_MODEL | {"data.dataset": "a/huge"}, "There is no room for the data set", "HF_HOME"),
    "no rows": (DEMO_MODEL | {"data.dataset": "a/empty"}, "The data set has no files of rows", "a/empty"),
    "script": (DEMO_MODEL | {"data.dataset": "a/script"}, "This data set is a Python script", "parquet"),
    "no labels": (
        DEMO_MODEL | IMDB | {"data.train_split": "unsupervised"},
        "Split 'unsupervised' has no labels",
        "'train', 'test'",
    ),
    "no such model": (DEMO_DATA | {"model.name_or_path": "a/nothing"}, "The Hub has no such model", "a/nothing"),
    "model revision": (DEMO_DATA | BERT | {"model.revision": "v9"}, "The Hub has no such revision", "v9"),
    "gated model": (DEMO_DATA | {"model.name_or_path": "a/gated"}, "This model is gated", "hf auth login"),
    "huge model": (DEMO_DATA | {"model.name_or_path": "a/huge"}, "The disk has no room for the model", "HF_HOME"),
    "pickled": (DEMO_DATA | {"model.name_or_path": "a/pickled"}, "The weights are pickled", "safetensors"),
    "no tokenizer": (
        DEMO_DATA | {"model.name_or_path": "a/bare"},
        "The model folder has no tokenizer",
        "tokenizer.json",
    ),
    "picture model": (DEMO_DATA | {"model.name_or_path": "a/picture"}, "This model cannot classify texts", "vit"),
    "csv files": (CSV, None, ""),
    "split": (DEMO_MODEL | IMDB | {"data.eval_split": "tset"}, "There is no such split", "Did you mean 'test'?"),
}


def repositories(folder: Path) -> dict[str, Repository]:
    """The tutorial's repositories in small, and some that have something wrong with them."""
    found = tutorial_repositories(folder, rows=60)
    data, bert = folder / "imdb", folder / "bert"
    (folder / "empty").mkdir()
    (folder / "empty" / "README.md").write_text("Nothing here.")
    (folder / "table").mkdir()
    rows = "".join(f"text {number},{'NA' if number % 2 else 'null'}\n" for number in range(20))
    (folder / "table" / "train.csv").write_text(f"text,label\n{rows}")
    (folder / "script").mkdir()
    (folder / "script" / "script.py").write_text("raise SystemExit")
    pickled = Path(shutil.copytree(bert, folder / "pickled"))
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    bare = Path(shutil.copytree(bert, folder / "bare"))
    for path in bare.iterdir():
        if path.name not in ("config.json", "model.safetensors"):
            path.unlink()
    picture = Path(shutil.copytree(bert, folder / "picture"))
    (picture / "config.json").write_text(json.dumps({"model_type": "vit", "architectures": ["ViTModel"]}))
    return found | {
        "datasets/a/gated": Repository(data, gated=True),
        "datasets/a/huge": Repository(data, sizes={"plain_text/train-00000-of-00001.parquet": 10**15}),
        "datasets/a/empty": Repository(folder / "empty"),
        "datasets/a/table": Repository(folder / "table"),
        "datasets/a/script": Repository(folder / "script"),
        "models/a/gated": Repository(bert, gated=True),
        "models/a/huge": Repository(bert, sizes={"model.safetensors": 10**15}),
        "models/a/pickled": Repository(pickled),
        "models/a/bare": Repository(bare),
        "models/a/picture": Repository(picture),
    }


def ask(configs: list[dict[str, Any]], **environment: str) -> list[dict[str, Any]]:
    """Check configs in a process of their own: the clients read their environment when they are imported."""
    done = subprocess.run(
        [sys.executable, str(CHECK_MANY)],
        input=json.dumps(configs),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


Answers = dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What is answered online, and then without a network, offline, and offline with nothing cached."""
    folder = tmp_path_factory.mktemp("hub")
    home = str(folder / "home")
    kinds = [config for config, _, _ in ONLINE.values()]
    with hub_stand_in(repositories(folder)) as hub:
        online = ask(kinds, HF_HOME=home, HF_ENDPOINT=hub.endpoint)
        endpoint = hub.endpoint  # nobody listens there any more when the block has ended
    kept = {
        "there": IMDB | DEMO_MODEL,
        "table": CSV,
        "data": DEMO_MODEL | {"data.dataset": "a/gated"},
        "model": DEMO_DATA | {"model.name_or_path": "a/gated"},
    }
    away = {"HF_HOME": home, "HF_ENDPOINT": endpoint}
    return {
        "online": dict(zip(ONLINE, online, strict=True)),
        "unreachable": dict(zip(kept, ask(list(kept.values()), **away), strict=True)),
        "offline": dict(zip(kept, ask(list(kept.values()), **away, HF_HUB_OFFLINE="1"), strict=True)),
    }


@pytest.mark.parametrize("kind", ONLINE)
def test_what_the_hub_answers(answers: Answers, kind: str) -> None:
    """Each answer is a sentence that says what and where, within seconds."""
    _, title, word = ONLINE[kind]
    answer = answers["online"][kind]
    assert answer.get("title") == title
    assert word in answer.get("message", "") + answer.get("hint", "")
    assert answer["seconds"] < 20


@pytest.mark.parametrize(("state", "word"), [("unreachable", "cannot be reached"), ("offline", "HF_HUB_OFFLINE")])
def test_without_the_hub(answers: Answers, state: str, word: str) -> None:
    """What was fetched once still trains; what was not is named with what the cache holds instead."""
    found = answers[state]
    assert found["there"].get("title") is None, found["there"]
    assert found["table"].get("labels") == answers["online"]["csv files"]["labels"] == ["NA", "null"]
    assert "stanfordnlp/imdb" in found["data"]["message"]
    for kind in ("data", "model"):
        assert word in found[kind]["title"] + found[kind]["message"]
        assert found[kind]["seconds"] < 10
