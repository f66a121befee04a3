"""Models on the Hub: one question, small files first, weights when they are needed, the local copy offline."""

import json
import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import huggingface_hub
import pytest
import torch
from hub_stand_in import COMMIT, Hub, Repository, hub_stand_in
from safetensors.torch import load_file, save_file
from training_runs import Prompter, attempt, events, make_run, points

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.encoder import load_encoder
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.model.trained import load_trained
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.task import Task

_NAME = "org/tiny"
_TASK = Task("single_label_classification", ("bad", "good"))
constants = huggingface_hub.constants


@pytest.fixture
def hub(tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub with the tiny model, and an empty cache."""
    folder = Path(shutil.copytree(tiny_model, tmp_path / "repository"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with hub_stand_in({f"models/{_NAME}": Repository(folder)}) as running:
        _point_to(running.endpoint, monkeypatch)
        yield running


def _point_to(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


def _switch_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Point at a port where nobody listens."""
    _point_to("http://127.0.0.1:9", monkeypatch)


def _section(**values: Any) -> ModelSection:
    quiet_libraries()
    return ModelSection(name_or_path=_NAME, **values)


def _refused(section: ModelSection) -> Any:
    with pytest.raises(BertftError) as caught:
        inspect_model(section, 24)
    assert caught.value.problem.hint
    return caught.value.problem


def test_weights_come_when_they_are_needed(hub: Hub) -> None:
    """The look fetches what is small; loading fetches the weights; then a look is one question."""
    location = inspect_model(_section(), 24)
    assert location.missing == ("model.safetensors",)
    assert [request for request in hub.requests if "/api/models" in request] == [f"GET /api/models/{_NAME}"]
    assert not [request for request in hub.requests if "safetensors" in request]
    encoder = load_encoder(location, _section(), _TASK, 24)
    assert [note.title for note in encoder.notes] == ["The classification head is new"]
    assert [request for request in hub.requests if request.startswith("GET") and "safetensors" in request]
    hub.requests.clear()
    again = inspect_model(_section(), 24)
    assert again.missing == ()
    assert hub.requests == [f"GET /api/models/{_NAME}"]


def test_a_run_online_then_offline(
    hub: Hub, tmp_path: Path, config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run trains on what the Hub gives; with HF_HUB_OFFLINE the next one asks nothing, and LoRA is loaded again."""
    config = config.with_settings({"model.name_or_path": _NAME, "training.max_steps": 1, "model.lora_r": 2})
    first = make_run(tmp_path / "first", config)
    assert attempt(first) == "finished", events(first, "error")
    adapter = json.loads((first.checkpoints / "checkpoint-1" / "adapter_config.json").read_text())
    assert adapter["base_model_name_or_path"] == _NAME
    hub.requests.clear()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    second = make_run(tmp_path / "second", config)
    assert attempt(second) == "finished", events(second, "error")
    load_trained(
        first.checkpoints / "checkpoint-1", config.model, Task("single_label_classification", ("a", "b", "c"))
    )
    assert hub.requests == []


def test_lora_on_a_model_that_has_moved(hub: Hub, tmp_path: Path, config: RunConfig) -> None:
    """A run with LoRA goes on, and predicts, on the commit that it began with; where that is gone, this is said."""
    config = config.with_settings({"model.name_or_path": _NAME, "training.num_train_epochs": 1.0, "model.lora_r": 2})
    whole, stopped = (make_run(tmp_path / name, config) for name in ("whole", "stopped"))
    assert attempt(whole) == "finished", events(whole, "error")
    assert attempt(stopped, 1, Prompter(stopped, stopped.stop_request, "metrics", step=2)) == "stopped"
    repository = hub.repositories[f"models/{_NAME}"]
    _perturb(repository.folder)
    repository.commit = "f" * 40
    load_encoder(inspect_model(_section(), 24), _section(), _TASK, 24)  # somebody fetches what is there now
    checkpoint = whole.checkpoints / "checkpoint-6"
    assert json.loads((checkpoint / "adapter_config.json").read_text())["revision"] == COMMIT
    task = Task("single_label_classification", ("food", "sport", "weather"))
    load = partial(load_trained, checkpoint, config.model, task)
    embedding = load().model.get_base_model().bert.embeddings.word_embeddings.weight.detach()
    place = Path(constants.HF_HUB_CACHE) / "models--org--tiny" / "snapshots"
    began_with = load_file(place / COMMIT / "model.safetensors")["embeddings.word_embeddings.weight"]
    assert torch.equal(embedding, began_with)
    assert attempt(stopped, 2) == "finished", events(stopped, "error")
    assert points(stopped) == points(whole)
    shutil.rmtree(place / COMMIT)
    with pytest.raises(BertftError, match="The Hub has no such revision"):
        load()
    repository.commit = COMMIT  # and where the Hub still has it, it is fetched
    assert load()


def _perturb(folder: Path) -> None:
    """Change the weights in a folder."""
    path = folder / "model.safetensors"
    tensors = {name: tensor + 0.1 for name, tensor in load_file(path).items()}
    save_file(tensors, path, metadata={"format": "pt"})


def test_nobody_answers(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network a whole copy is used, and a note says so; where there is none, the error says what to do."""
    load_encoder(inspect_model(_section(), 24), _section(), _TASK, 24)
    _switch_off(monkeypatch)
    location = inspect_model(_section(), 24)
    assert location.missing == ()
    assert [note.title for note in location.notes] == ["The local copy of the model is used"]
    began = time.monotonic()
    problem = _refused(ModelSection(name_or_path="org/other"))
    assert time.monotonic() - began < 6
    assert problem.title == "The Hub cannot be reached"
    assert f"holds {_NAME}." in problem.message
    assert "hf download org/other" in problem.hint


def test_switched_off(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """With HF_HUB_OFFLINE nobody is asked; a copy of which only the small files are here is none."""
    inspect_model(_section(), 24)
    asked = len(hub.requests)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    problem = _refused(_section())
    assert problem.title == "The Hub is switched off"
    assert "HF_HUB_OFFLINE" in problem.message + problem.hint
    assert len(hub.requests) == asked


def test_what_the_hub_does_not_have(hub: Hub) -> None:
    """A name and a revision that are not there are said to be not there."""
    assert _refused(ModelSection(name_or_path="org/nothing")).title == "The Hub has no such model"
    assert _refused(_section(revision="v9")).title == "The Hub has no such revision"


def test_gated(hub: Hub) -> None:
    """What its owner gives to some people only is said to be gated, with what to do."""
    hub.repositories[f"models/{_NAME}"].gated = True
    problem = _refused(_section())
    assert problem.title == "This model is gated"
    assert "hf auth login" in problem.hint


def test_no_room(hub: Hub) -> None:
    """Weights larger than the disk are refused with both sizes, before a byte of them is fetched."""
    hub.repositories[f"models/{_NAME}"].sizes["model.safetensors"] = 10**15
    problem = _refused(_section())
    assert problem.title == "The disk has no room for the model"
    assert "need 1000000.0 GB" in problem.message
    assert "HF_HOME" in problem.hint


def test_pickled(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pickled weights are refused; where a conversion waits on the Hub, the hint says at which revision."""
    folder = hub.repositories[f"models/{_NAME}"].folder
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    problem = _refused(_section())
    assert problem.title == "The weights are pickled"
    assert "whose weights are safetensors" in problem.hint
    found = SimpleNamespace(title="Adding `safetensors` variant of this model", git_reference="refs/pr/3")
    monkeypatch.setattr(huggingface_hub.HfApi, "get_repo_discussions", lambda *_, **__: [found])
    assert "model.revision = 'refs/pr/3'" in _refused(_section()).hint


@pytest.mark.parametrize(
    ("files", "title"),
    [
        ({"config.json": '{"model_type": "vit"}'}, "This model cannot classify texts"),
        ({"config.json": '{"model_type": "bert", "max_position_embeddings": 8}'}, "The model takes shorter texts"),
        ({"config.json": None}, "The model has no config.json"),
        ({"config.json": None, "model.safetensors": None, "m.gguf": "."}, "The weights are of another kind"),
        (
            {"config.json": None, "adapter_config.json": '{"base_model_name_or_path": "org/base"}'},
            "This is an adapter, not a model",
        ),
        ({"model.safetensors": None}, "The model folder has no weights"),
        ({"vocab.txt": None, "tokenizer.json": None}, "The model folder has no tokenizer"),
    ],
)
def test_what_cannot_be_used(hub: Hub, files: dict[str, str | None], title: str) -> None:
    """What is wrong with a folder is found on the Hub too, and no weights are fetched for it."""
    folder = hub.repositories[f"models/{_NAME}"].folder
    for name, content in files.items():
        (folder / name).unlink(missing_ok=True)
        if content is not None:
            (folder / name).write_text(content)
    assert _refused(_section()).title == title
    assert not [request for request in hub.requests if request.endswith("model.safetensors")]


def test_parts(hub: Hub) -> None:
    """Of weights in parts the index comes first, and every part is fetched when they are needed."""
    folder = hub.repositories[f"models/{_NAME}"].folder
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    halves = [dict(list(tensors.items())[:9]), dict(list(tensors.items())[9:])]
    index = {}
    for number, half in enumerate(halves):
        save_file(half, folder / f"part-{number}.safetensors", metadata={"format": "pt"})
        index |= dict.fromkeys(half, f"part-{number}.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))
    location = inspect_model(_section(), 24)
    assert location.missing == ("part-0.safetensors", "part-1.safetensors")
    load_encoder(location, _section(), _TASK, 24)
    assert inspect_model(_section(), 24).missing == ()


def test_the_network_goes_in_between(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that cannot be fetched any more are an error about that."""
    location = inspect_model(_section(), 24)
    del hub.repositories[f"models/{_NAME}"]
    with pytest.raises(BertftError, match="The model could not be fetched"):
        load_encoder(location, _section(), _TASK, 24)
