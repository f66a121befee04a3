"""Data sets of the Hub: from the local caches without a network, and a sentence for each answer the Hub may give."""

import http.server
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import huggingface_hub
import pyarrow as pa
import pytest
from datasets import load_dataset_builder
from pyarrow import parquet

from bertft_tui.core.errors import InputError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.sources.hub_cache import cached_names
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.sources.raw import Source

_COMMIT = "e6281661ce1c48d982bc483cf8a173c1bbeb5d31"
_OLDER = "0" * 40

_CARD = """---
dataset_info:
- config_name: plain_text
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names: {'0': neg, '1': pos}
configs:
- config_name: plain_text
  default: true
  data_files:
  - {split: train, path: plain_text/train-*}
  - {split: unsupervised, path: plain_text/unsupervised-*}
---
"""

_TWO = """---
configs:
- {config_name: cola, data_files: cola.csv}
- {config_name: sst2, data_files: sst2.csv}
---
"""


@pytest.fixture(autouse=True)
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty caches of the Hub and of `datasets`, and no way to the Hub itself."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "datasets")
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """HF_HUB_OFFLINE=1."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)


Answer = tuple[int, dict[str, str], dict[str, Any]]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Answer]]:
    """A Hub that knows nothing but the answers put in here: status, headers and body by a data set's name."""
    known: dict[str, Answer] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/api/datasets/").partition("?")[0]
            status, headers, body = known[name]
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        yield known
        server.shutdown()


def _snapshot(root: Path, name: str, card: str, files: dict[str, pa.Table | str], commit: str = _COMMIT) -> Path:
    """Fill the Hub's cache with a data set as the Hub's own tools do."""
    folder = root / "hub" / f"datasets--{name.replace('/', '--')}"
    snapshot = folder / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (folder / "refs").mkdir(exist_ok=True)
    (folder / "refs" / "main").write_text(commit)
    (snapshot / "README.md").write_text(card)
    for path, content in files.items():
        (snapshot / path).parent.mkdir(exist_ok=True)
        if isinstance(content, str):
            (snapshot / path).write_text(content)
        else:
            parquet.write_table(content, snapshot / path)
    return snapshot


def _imdb(root: Path) -> Path:
    train = pa.table({"text": ["bad", "good"] * 4, "label": [0, 1] * 4})
    rest = pa.table({"text": ["who knows"] * 3, "label": [-1] * 3})
    files: dict[str, pa.Table | str] = {
        "plain_text/train-00000-of-00001.parquet": train,
        "plain_text/unsupervised-00000-of-00001.parquet": rest,
    }
    return _snapshot(root, "stanfordnlp/imdb", _CARD, files)


def _prepare(root: Path, name: str, commit: str, texts: list[str], config: str = "plain_text") -> None:
    """Fill the cache of `datasets` with what it makes of a data set."""
    source = root / "source"
    source.mkdir(exist_ok=True)
    features = '{"info": {"features": {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}}}'
    table = pa.table({"text": texts, "label": [0] * len(texts)})
    parquet.write_table(table, source / "train.parquet")
    builder = load_dataset_builder("parquet", data_files=str(source / "train.parquet"), cache_dir=str(root / "made"))
    builder.download_and_prepare()
    own = name.rsplit("/", maxsplit=1)[-1]
    made = root / "datasets" / name.replace("/", "___") / config / "0.0.0" / commit
    shutil.copytree(builder.cache_dir, made)
    info = json.loads((made / "dataset_info.json").read_text()) | {"dataset_name": own, "config_name": config}
    info["features"]["label"] = json.loads(features)["info"]["features"]["label"]
    (made / "dataset_info.json").write_text(json.dumps(info))
    (made / "parquet-train.arrow").rename(made / f"{own}-train.arrow")


def _open(dataset: str, **settings: str) -> Source:
    return open_source(DataSection(dataset=dataset, **settings))  # type: ignore[arg-type]


def _problem(dataset: str, **settings: str) -> tuple[str, str, str]:
    with pytest.raises(InputError) as caught:
        _open(dataset, **settings)
    problem = caught.value.problem
    return problem.title, problem.message, problem.hint


def test_files_in_the_cache(caches: Path, offline: None) -> None:
    """The files of a data set in the Hub's cache are enough: splits, types and class names come from its card."""
    _imdb(caches)
    told: list[str] = []
    source = open_source(DataSection(dataset="stanfordnlp/imdb"), told.append)
    assert source.name == "stanfordnlp/imdb"
    assert source.split_names == ("train", "unsupervised")
    assert told == []
    raw = source.read("train")
    assert raw.table.column("text").to_pylist() == ["bad", "good"] * 4
    assert raw.class_names == {"label": ("neg", "pos")}
    assert raw.place(7) == "row 8 of train"
    assert source.read("unsupervised").table.column("label").to_pylist() == [-1] * 3
    assert told == ["preparing stanfordnlp/imdb"]
    assert source.notes == []


def test_prepared_before(caches: Path, offline: None) -> None:
    """What `datasets` prepared comes first, the newest of it, or that of the revision that is named."""
    _prepare(caches, "stanfordnlp/imdb", _OLDER, ["old"])
    _prepare(caches, "stanfordnlp/imdb", _COMMIT, ["new", "newer"])
    for commit, time in ((_OLDER, 1), (_COMMIT, 2)):
        os.utime(caches / "datasets" / "stanfordnlp___imdb" / "plain_text" / "0.0.0" / commit, (time, time))
    source = _open("stanfordnlp/imdb")
    assert source.split_names == ("train",)
    assert source.read("train").table.column("text").to_pylist() == ["new", "newer"]
    assert source.read("train").class_names == {"label": ("neg", "pos")}
    assert _open("stanfordnlp/imdb", revision=_OLDER).read("train").table.num_rows == 1
    assert _open("stanfordnlp/imdb", config_name="plain_text").read("train").table.num_rows == 2
    assert _problem("stanfordnlp/imdb", revision="v2")[0] == "This data set is not in the local caches"
    title, message, _ = _problem("stanfordnlp/imdb", config_name="plain")
    assert (title, "'plain_text'" in message) == ("There is no such configuration", True)


def test_no_network(caches: Path) -> None:
    """When the Hub does not answer, the local copy is used and that is said; without one the caches are listed."""
    _imdb(caches)
    source = _open("stanfordnlp/imdb")
    assert source.read("train").table.num_rows == 8
    assert [note.title for note in source.notes] == ["The Hub cannot be reached"]
    title, message, hint = _problem("stanfordnlp/sst2")
    assert title == "The Hub cannot be reached"
    assert "refused. The local caches hold stanfordnlp/imdb." in message
    assert "hf download --repo-type dataset stanfordnlp/sst2" in hint


def test_not_in_the_caches(caches: Path, offline: None) -> None:
    """With HF_HUB_OFFLINE=1 what is not here is said to be not here, with what is, and names that are like it."""
    assert "they hold no data set" in _problem("imdb")[1]
    _imdb(caches)
    _prepare(caches, "nyu/glue", _COMMIT, ["a"])
    assert cached_names() == ["nyu/glue", "stanfordnlp/imdb"]
    (caches / "imdb.csv").write_text("text,label\n")
    title, message, hint = _problem("imdb")
    assert title == "This data set is not in the local caches"
    assert "they hold nyu/glue, stanfordnlp/imdb" in message
    assert hint.startswith("In that folder there is imdb.csv. Unset HF_HUB_OFFLINE")


def test_configurations(caches: Path, offline: None) -> None:
    """One of several configurations must be named, and be there."""
    csv = "text,label\na,x\nb,y\n"
    _snapshot(caches, "nyu/glue", _TWO, {"cola.csv": csv, "sst2.csv": csv + "c,x\n"})
    assert _problem("nyu/glue")[:2] == ("Which configuration is meant?", "nyu/glue has 2: 'cola', 'sst2'.")
    title, message, _ = _problem("nyu/glue", config_name="mnli")
    assert (title, message) == (
        "There is no such configuration",
        "data.config_name is 'mnli'; nyu/glue has 'cola', 'sst2'.",
    )
    assert _open("nyu/glue", config_name="sst2").read("train").table.num_rows == 3


def test_configurations_with_options(caches: Path, offline: None) -> None:
    """What somebody prepared with files or options of their own is not offered."""
    _prepare(caches, "me/data", _COMMIT, ["a", "b"], "default")
    _prepare(caches, "me/data", _COMMIT, ["c"], "default-0123456789abcdef")
    _prepare(caches, "me/other", _COMMIT, ["d"], "default-sep=%3B")
    assert _open("me/data").read("train").table.column("text").to_pylist() == ["a", "b"]
    assert cached_names() == ["me/data"]
    assert _problem("me/other")[0] == "This data set is not in the local caches"


def test_csv_files(caches: Path, offline: None) -> None:
    """Csv files are read as those here: `NA` and `null` are words, an empty cell is none; in the encoding named."""
    _snapshot(caches, "me/data", "", {"train.csv": "text,label\nNA,null\nb,\n"})
    raw = _open("me/data").read("train")
    assert raw.table.to_pydict() == {"text": ["NA", "b"], "label": ["null", None]}
    snapshot = _snapshot(caches, "me/old", "", {"train.csv": ""})
    (snapshot / "train.csv").write_bytes("text,label\ncafé,a\n".encode("cp1252"))
    source = _open("me/old", encoding="cp1252")
    assert source.read("train").table.column("text").to_pylist() == ["café"]
    assert source.notes == []
    with pytest.raises(InputError, match="The files are in another encoding") as caught:
        _open("me/old").read("train")
    assert "data.encoding" in caught.value.problem.hint
    assert _problem("me/old", encoding="utf-9")[0] == "Unknown encoding"


def test_encoding_of_parquet_files(caches: Path, offline: None) -> None:
    """An encoding that is of no use is said to be of none."""
    _imdb(caches)
    _prepare(caches, "me/data", _COMMIT, ["a"])
    for name in ("stanfordnlp/imdb", "me/data"):
        assert [note.title for note in _open(name, encoding="cp1252").notes] == ["data.encoding is not used"]


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_the_variable_that_is_set(offline: None, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    """The variable to unset is the one that is set."""
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.setenv(name, "1" if name == variable else "0")
    _, message, hint = _problem("me/data")
    assert message.startswith(f"{variable} is set")
    assert hint.startswith(f"Unset {variable} to")


def test_half_a_copy(caches: Path, offline: None) -> None:
    """A copy that lacks files, or parts of one, is not trained on."""
    snapshot = _imdb(caches)
    parts = snapshot / "plain_text"
    (parts / "train-00000-of-00001.parquet").rename(parts / "train-00000-of-00002.parquet")
    title, message, _ = _problem("stanfordnlp/imdb")
    assert (title, "train (1 of 2 are there)" in message) == ("The local copy is not whole", True)
    shutil.rmtree(parts)
    assert _problem("stanfordnlp/imdb")[0] == "The local copy is not whole"


_NOT_FOUND: Answer = (404, {"X-Error-Code": "RepoNotFound"}, {"error": "Repository not found"})

#: What the Hub answers → the title, a word of the message, a word of the hint.
_ANSWERS: dict[str, tuple[Answer, str, str, str]] = {
    "unknown": (_NOT_FOUND, "The Hub has no such data set", "neither here nor", "spelling"),
    "private": (
        (401, {"X-Error-Code": "RepoNotFound"}, {}),
        "The Hub has no such data set",
        "me/data",
        "hf auth login",
    ),
    "gated": ((403, {"X-Error-Code": "GatedRepo"}, {}), "This data set is gated", "accepted its terms", "hf auth"),
    "disabled": (
        (403, {"X-Error-Message": "Access to this resource is disabled."}, {}),
        "This data set is disabled",
        "me/data",
        "another",
    ),
    "token": (
        (401, {"X-Error-Message": "Invalid credentials in Authorization header"}, {}),
        "The Hub refuses your token",
        "401",
        "hf auth login",
    ),
    "overloaded": ((503, {}, {}), "The Hub cannot be reached", "it answered 503", "network"),
    "too often": ((429, {}, {}), "The Hub cannot be reached", "it answered 429", "network"),
    "somebody else": (
        (200, {}, {"welcome": "to this hotel's network"}),
        "The Hub cannot be reached",
        "not the Hub's",
        "network",
    ),
    "script": (
        (200, {}, {"id": "me/data", "sha": _COMMIT, "siblings": [{"rfilename": "data.py"}]}),
        "This data set is a Python script",
        "'me/data'",
        "parquet",
    ),
}


@pytest.mark.parametrize("kind", _ANSWERS)
def test_answers(answers: dict[str, Answer], kind: str) -> None:
    """What the Hub may say of a data set is put into a sentence, with what to do."""
    answer, title, word, todo = _ANSWERS[kind]
    answers["me/data"] = answer
    problem = _problem("me/data")
    assert problem[0] == title
    assert word in problem[1]
    assert todo in problem[2]


def test_no_such_revision(answers: dict[str, Answer]) -> None:
    """A revision that the Hub does not know is named."""
    answers["me/data/revision/v9"] = (404, {"X-Error-Code": "RevisionNotFound"}, {})
    assert _problem("me/data", revision="v9")[:2] == (
        "The Hub has no such revision",
        "There is no revision 'v9' of the data set 'me/data'.",
    )


def test_no_id() -> None:
    """A name that can be no Hub id is not asked for."""
    for name in ("two words", "a--b", "a/b/c", "-x", "über"):
        assert _problem(name)[0] == "The data is not there"
