"""Downloads over a slow line: how far they are is said on the way, and a request ends them at once."""

import json
import os
import random
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hub_stand_in import Hub, Repository, hub_stand_in
from huggingface_hub import constants
from training_runs import attempt, events, make_run, worker_command

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError, DataError
from bertft_tui.core.journal import EventType, JournalWriter
from bertft_tui.core.scheduling import helper
from bertft_tui.core.tell import go_on
from bertft_tui.core.training import downloads
from bertft_tui.core.training.downloads import Parcel, download

_DATA = "org/data"
_MODEL = "org/tiny"
_SHARDS = 16  # `datasets` fetches so many with threads of its own
_MANY = f"org/{_SHARDS}"


def _rows(count: int, seed: int) -> str:
    draw = random.Random(seed)
    rows = [{"text": f"{draw.randbytes(200).hex()}", "label": number % 2} for number in range(count)]
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[Hub]:
    """A Hub at the end of a slow line: 2 MB of rows in one file, as much in many, and 20 MB of weights."""
    root = tmp_path_factory.mktemp("slow")
    data, many, model = root / "data", root / "many", Path(shutil.copytree(tiny_model, root / "model"))
    data.mkdir()
    (data / "train.jsonl").write_text(_rows(4500, 0))
    many.mkdir()
    shards = [f"train-{number:05}-of-{_SHARDS:05}.jsonl" for number in range(_SHARDS)]
    for number, name in enumerate(shards):
        (many / name).write_text(_rows(600, number))
    (model / "model.safetensors").write_bytes(bytes(20_000_000))
    repositories = {
        f"datasets/{_DATA}": Repository(data, slow={"train.jsonl": 1_000_000}),
        f"datasets/{_MANY}": Repository(many, slow=dict.fromkeys(shards, 10_000)),
        f"models/{_MODEL}": Repository(model, slow={"model.safetensors": 1_000_000}),
    }
    with hub_stand_in(repositories) as running:
        yield running


def _megabytes(words: list[str], name: str) -> list[tuple[float, float]]:
    """What was said of a download: pairs of MB that are here, and of all."""
    found = [re.fullmatch(rf"downloading {name}: ([\d.]+) of ([\d.]+) MB", text) for text in words]
    return [(float(match[1]), float(match[2])) for match in found if match]


def test_the_check_says_how_far_a_data_set_is(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers grow up to the size of the files; then it is said that the rows are prepared."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    config = RunConfig().with_settings({"model.name_or_path": "demo", "data.dataset": _DATA})
    told: list[str] = []
    question = {"configs": [config.model_dump(mode="json")]}
    assert helper.ask("bertft_tui.core.training.check", question, tell=told.append)["checks"][0]["train_rows"]
    said = _megabytes(told, _DATA)
    assert len(said) >= 3
    assert said == sorted(set(said))
    assert said[0] == (0.0, 1.9)
    told.clear()
    helper.ask("bertft_tui.core.training.check", question, tell=told.append)
    assert not [text for text in told if _DATA in text], "what is here is not downloaded again"


class _Canceller(JournalWriter):
    """A journal that asks for the end once so many different words on a download are in it."""

    def __init__(self, path: Path, request: Path, words: int) -> None:
        super().__init__(path)
        self._request = request
        self._words = words
        self.asked = 0.0

    def write(self, kind: EventType, **fields: Any) -> None:
        """Write the event, and count it."""
        super().write(kind, **fields)
        if "MB" in fields.get("detail", ""):
            self._words -= 1
            if self._words == 0:
                self._request.touch()
                self.asked = time.monotonic()


def test_a_run_says_how_far_its_model_is(
    hub: Hub, config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The journal has growing numbers, the log two lines; a request to cancel ends it, and leaves nothing."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    template = hub.endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    run = make_run(tmp_path / "run", config.with_settings({"model.name_or_path": _MODEL}))
    journal = _Canceller(run.events, run.cancel_request, 3)
    assert attempt(run, journal=journal) == "cancelled"
    assert time.monotonic() - journal.asked < 1.5
    said = _megabytes([event.fields.get("detail", "") for event in events(run, "progress")], _MODEL)
    assert len(said) == 3
    assert said == sorted(set(said))
    assert {total for _, total in said} == {20.0}
    assert [event.fields["phase"] for event in events(run, "phase")] == ["loading"]
    lines = [line[9:] for line in capsys.readouterr().err.splitlines()]
    assert lines == [f"downloading {_MODEL}: 0 of 20 MB", f"the download of {_MODEL} is left"]
    assert not list((tmp_path / "cache").rglob("*.incomplete"))


def test_a_worker_whose_download_is_cancelled_is_gone(hub: Hub, config: RunConfig, tmp_path: Path) -> None:
    """The process ends within a second or so, though `datasets` has threads at work that Python would wait for."""
    run = make_run(tmp_path / "run", config.with_settings({"data.dataset": _MANY, "data.eval_split": None}))
    environment = {**os.environ, "HF_HOME": str(tmp_path / "hf"), "HF_ENDPOINT": hub.endpoint}
    with subprocess.Popen(worker_command(run), env=environment, stdout=subprocess.DEVNULL) as process:
        while not [event for event in events(run, "progress") if "MB" in event.fields["detail"]]:
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(0.3)
        run.cancel_request.touch()
        began = time.monotonic()
        assert process.wait(10) == 0
    assert time.monotonic() - began < 2
    assert events(run)[-1].type == "cancelled"
    assert not list((tmp_path / "hf" / "hub").rglob("*.incomplete"))


def test_a_helper_that_is_ended_leaves_nothing(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has lost interest in an answer finds no partial files in the cache, and waits for nothing."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    config = RunConfig().with_settings({"model.name_or_path": "demo", "data.dataset": _MANY})
    asked: list[float] = []

    def lose_interest() -> None:
        deadline = time.monotonic() + 60
        while len(list((tmp_path / "hub").rglob("*.incomplete"))) < _SHARDS and time.monotonic() < deadline:
            time.sleep(0.05)
        asked.append(time.monotonic())
        helper.end_all()

    watcher = threading.Thread(target=lose_interest)
    watcher.start()
    with pytest.raises(BertftError):
        helper.ask("bertft_tui.core.training.check", {"configs": [config.model_dump(mode="json")]})
    watcher.join()
    assert time.monotonic() - asked[0] < 10
    assert not list((tmp_path / "hub").rglob("*.incomplete"))


@pytest.mark.parametrize("size", [0, 500_000])
def test_a_cache_of_any_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """A cache that is a file, has folders and broken links, or is not there changes nothing for a download."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(downloads, "_SECONDS", 0.02)
    parcel = Parcel("org/odd", "dataset", size)
    told: list[str] = []

    def work() -> int:
        time.sleep(0.1)
        return 7

    assert download(work, parcel, told.append, go_on) == 7
    parcel.blobs.parent.mkdir()
    parcel.blobs.write_text("a file")
    assert download(work, parcel, told.append, go_on) == 7
    parcel.blobs.unlink()
    (parcel.blobs / "folder").mkdir(parents=True)
    (parcel.blobs / "nowhere").symlink_to("gone")
    assert download(work, parcel, told.append, go_on) == 7
    assert set(told) == {"downloading org/odd: 0.0 of 0.5 MB" if size else "downloading org/odd: 0.0 MB"}


def test_what_goes_wrong_is_raised_where_somebody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the download is the error of the call."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))

    def work() -> None:
        raise DataError("No", "nothing", "stop")

    with pytest.raises(DataError, match="nothing"):
        download(work, Parcel("org/odd", "model", 0), lambda _: None, go_on)
