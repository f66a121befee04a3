"""Models that cannot be used: each kind is refused before anything is launched, with a reason and something to do."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from bertft_tui.core.errors import BertftError
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.encoder import load_encoder
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.task import Task

_WEIGHTS = "model.safetensors"


def _config(**values: Any) -> Callable[[Path], None]:
    """Change entries of config.json; None takes one out."""

    def change(folder: Path) -> None:
        path = folder / "config.json"
        config = json.loads(path.read_text()) | values
        path.write_text(json.dumps({name: value for name, value in config.items() if value is not None}))

    return change


def _write(name: str, content: bytes | str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return change


def _instead(old: str, new: str, content: bytes = b"...") -> Callable[[Path], None]:
    """Take a file away and put another there."""

    def change(folder: Path) -> None:
        (folder / old).unlink()
        (folder / new).write_bytes(content)

    return change


def _cut(folder: Path) -> None:
    data = (folder / _WEIGHTS).read_bytes()
    (folder / _WEIGHTS).write_bytes(data[:-100])


def _shards(folder: Path) -> None:
    """Two parts with an index, the second part missing."""
    tensors = load_file(folder / _WEIGHTS)
    (folder / _WEIGHTS).unlink()
    names = sorted(tensors)
    files = {name: f"model-{1 + (name > names[9])}-of-2.safetensors" for name in names}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": files}))
    first = {name: tensors[name] for name in names if "-1-" in files[name]}
    save_file(first, folder / "model-1-of-2.safetensors", metadata={"format": "pt"})


def _torn_index(folder: Path) -> None:
    _instead(_WEIGHTS, "model.safetensors.index.json", b'{"weight_map": [1')(folder)


def _adapter(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "org/base"}')
    (folder / "adapter_model.safetensors").write_bytes(b"...")


def _checkpoints(folder: Path) -> None:
    for step in (500, 1000, 90):
        shutil.copytree(folder, folder.parent / "out" / f"checkpoint-{step}")
    shutil.rmtree(folder)
    (folder.parent / "out").rename(folder)


def _no_tokenizer(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name not in ("config.json", _WEIGHTS):
            path.unlink()


def _own_code(*classes: str) -> Callable[[Path], None]:
    return _config(model_type="their-own", auto_map={name: f"code.{name}" for name in classes})


#: What is wrong → (the change to a good folder, the title, a word of the message or hint).
_BAD: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "no config": (lambda folder: (folder / "config.json").unlink(), "The model folder has no usable config.json", ""),
    "config is no JSON": (_write("config.json", "{"), "The model folder has no usable config.json", "Expecting"),
    "config is a list": (
        _write("config.json", "[1]"),
        "The model folder has no usable config.json",
        "no JSON object",
    ),
    "config is not UTF-8": (
        _write("config.json", b"\xff\xfe"),
        "The model folder has no usable config.json",
        "utf-8",
    ),
    "no model_type": (_config(model_type=None), "The model does not say what it is", "model_type"),
    "unknown architecture": (_config(model_type="brt"), "This model cannot classify texts", "did it mean 'bert'"),
    "images": (_config(model_type="vit"), "This model cannot classify texts", "no head for classifying texts"),
    "images and texts": (_config(model_type="clip"), "This model cannot classify texts", "clip"),
    "speech": (_config(model_type="whisper"), "This model cannot classify texts", "whisper"),
    "pages": (_config(model_type="layoutlmv3"), "This model cannot classify texts", "reads more than texts"),
    "encoder and decoder": (
        _config(model_type="t5"),
        "This model cannot classify texts",
        "an encoder with a decoder",
    ),
    "decoder": (_config(model_type="gpt2"), "This model cannot classify texts", "a decoder"),
    "large decoder": (_config(model_type="llama"), "This model cannot classify texts", "a decoder"),
    "quantised": (_config(quantization_config={"quant_method": "gptq"}), "The model is quantised", "gptq"),
    "own code": (
        _own_code("AutoConfig", "AutoModelForSequenceClassification"),
        "The model brings its own code",
        "trust_remote_code = true",
    ),
    "attention on the Hub": (
        _config(_attn_implementation="evil/kernel"),
        "The model brings its own attention",
        "'evil/kernel'",
    ),
    "attention on the Hub of a part": (
        _config(text_config={"attn_implementation": {"": "evil/kernel@main"}}),
        "The model brings its own attention",
        "Take attn_implementation out",
    ),
    "own code without a head": (_own_code("AutoConfig", "AutoModel"), "This model cannot classify texts", "no head"),
    "no weights": (lambda folder: (folder / _WEIGHTS).unlink(), "The model folder has no weights", _WEIGHTS),
    "pickled weights": (_instead(_WEIGHTS, "pytorch_model.bin"), "The weights are pickled", "pytorch_model.bin"),
    "GGUF": (_instead(_WEIGHTS, "model-q4.gguf"), "The weights are of another kind", "GGUF"),
    "GGUF alone": (
        lambda folder: (_instead(_WEIGHTS, "model-q4.gguf")(folder), (folder / "config.json").unlink())[0],
        "The weights are of another kind",
        "GGUF",
    ),
    "ONNX": (_instead(_WEIGHTS, "model.onnx"), "The weights are of another kind", "ONNX"),
    "TensorFlow": (_instead(_WEIGHTS, "tf_model.h5"), "The weights are of another kind", "TensorFlow"),
    "weights cut off": (_cut, "The weights are damaged", "cut off"),
    "weights are no safetensors": (_write(_WEIGHTS, "<html>404</html>"), "The weights are damaged", "16 bytes"),
    "empty weights": (_write(_WEIGHTS, b""), "The weights are damaged", "0 bytes"),
    "Git LFS pointer": (
        _write(_WEIGHTS, "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 12\n"),
        "The weights were not fetched",
        "git lfs pull",
    ),
    "a part missing": (_shards, "Some of the weights are missing", "model-2-of-2.safetensors"),
    "torn index": (_torn_index, "The index of the weights cannot be read", "index.json"),
    "adapter": (_adapter, "This is an adapter, not a model", "org/base"),
    "checkpoints": (_checkpoints, "This folder holds checkpoints, not a model", "checkpoint-1000"),
    "no tokenizer": (_no_tokenizer, "The model folder has no tokenizer", "tokenizer.json"),
    "tokenizer without a model": (_write("tokenizer.json", "{}"), "The tokenizer is damaged", "has no vocabulary"),
    "tokenizer without tokens": (
        _write("tokenizer.json", '{"added_tokens": [], "model": {"type": "WordPiece", "vocab": {}}}'),
        "The tokenizer is damaged",
        "tokenizer.json: it has no vocabulary",
    ),
    "tokenizer cut off": (_write("tokenizer.json", '{"model": {"vo'), "The tokenizer is damaged", "tokenizer.json: "),
    "tokenizer is a list": (_write("tokenizer.json", "[1]"), "The tokenizer is damaged", "no JSON object"),
    "tokenizer as a Git LFS pointer": (
        _write("tokenizer.json", "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 12\n"),
        "The tokenizer was not fetched",
        "git lfs pull",
    ),
    "empty vocabulary": (_instead("tokenizer.json", "vocab.txt", b""), "The tokenizer is damaged", "it is empty"),
    "settings of the tokenizer cut off": (
        _write("tokenizer_config.json", '{"do_lower'),
        "The tokenizer is damaged",
        "tokenizer_config.json: ",
    ),
    "few positions": (_config(max_position_embeddings=16), "The model takes shorter texts", "16 positions"),
}


def _inspect(name: object, **values: Any) -> None:
    inspect_model(ModelSection(name_or_path=str(name), **values), 24)


@pytest.mark.parametrize("name", _BAD)
def test_bad_folders(folder: Path, name: str) -> None:
    """Each kind of bad folder has its title, and words that name what is wrong."""
    change, title, word = _BAD[name]
    change(folder)
    with pytest.raises(BertftError) as caught:
        _inspect(folder)
    problem = caught.value.problem
    assert problem.title == title
    assert word in problem.message + problem.hint
    assert problem.hint
    assert "\n" not in problem.message


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("/nowhere/model", "is not there"),
        ("a/b/c", "is not there"),
        ("https://huggingface.co/google-bert/bert-base-cased", "'google-bert/bert-base-cased'"),
        ("huggingface.co/google-bert/bert-base-cased/tree/main", "'google-bert/bert-base-cased'"),
        ("hf://google-bert/bert-base-cased@main/config.json", "'google-bert/bert-base-cased'"),
        ("https://huggingface.co/datasets/stanfordnlp/imdb", "a Hub id"),
    ],
)
def test_bad_names(name: str, word: str) -> None:
    """A name that is neither a folder nor a Hub id is refused; the address of a Hub page becomes the name on it."""
    with pytest.raises(BertftError) as caught:
        _inspect(name)
    assert caught.value.problem.title == "There is no such model folder"
    assert word in caught.value.problem.message + caught.value.problem.hint


def test_a_file(folder: Path) -> None:
    """The file of the weights is not the folder."""
    with pytest.raises(BertftError) as caught:
        _inspect(folder / _WEIGHTS)
    assert "is a file" in caught.value.problem.message


def test_settings_of_other_models(folder: Path) -> None:
    """Attention that an architecture does not have is refused; custom code may run for who trusts it."""
    _config(model_type="deberta-v2")(folder)
    _inspect(folder)
    with pytest.raises(BertftError, match="The model has no such attention"):
        _inspect(folder, attn_implementation="sdpa")
    _own_code("AutoConfig", "AutoModelForSequenceClassification")(folder)
    _inspect(folder, trust_remote_code=True)


def test_code_that_comes_with_a_model(folder: Path, tmp_path: Path) -> None:
    """It is not run unless asked for, wherever it hides; who asks is told at the launch what that means."""
    mark = tmp_path / "mark"
    (folder / "code.py").write_text(f"open({str(mark)!r}, 'w')\nraise RuntimeError('it ran')")
    (folder / "tokenization_code.py").write_text((folder / "code.py").read_text())
    plain = ModelSection(name_or_path=str(folder))
    trusting = ModelSection(name_or_path=str(folder), trust_remote_code=True)
    (note,) = inspect_model(trusting, 24).notes
    assert note.title == "model.trust_remote_code has no effect"
    _config(auto_map={name: f"code.{name}" for name in ("AutoConfig", "AutoModelForSequenceClassification")})(folder)
    tokenizer = json.loads((folder / "tokenizer_config.json").read_text())
    tokenizer |= {"auto_map": {"AutoTokenizer": ["code.Slow", "code.Fast"]}, "tokenizer_class": "Fast"}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    quiet_libraries()
    with suppress(BertftError):
        task = Task("single_label_classification", ("a", "b"))
        load_encoder(inspect_model(plain, 24), plain, task, 24)
    assert not mark.exists()
    (note,) = inspect_model(trusting, 24).notes
    assert note.title == "Code of the model's authors will run"
    assert "whatever you can" in note.message
    assert "model.revision" in note.hint


@pytest.mark.parametrize(
    ("model_type", "settings", "title", "word"),
    [
        ("fnet", {"attention_dropout": 0.3}, "The model has no such dropout", "model.attention_dropout is 0.3"),
        ("xlnet", {"attention_dropout": 0.0}, "The model has no such dropout", "model.attention_dropout is 0"),
        ("funnel", {"freeze_layers": 1}, "The layers cannot be told apart", "model.freeze_layers is 1"),
        ("xlm", {"layer_lr_decay": 0.9}, "The layers cannot be told apart", "training.layer_lr_decay is 0.9"),
        ("flaubert", {"lora_r": 4}, "LoRA does not know this architecture", "a flaubert model"),
        ("squeezebert", {"lora_r": 4}, "LoRA does not know this architecture", "a squeezebert model"),
        ("ibert", {"lora_r": 4}, "LoRA does not know this architecture", "a ibert model"),
    ],
)
def test_settings_that_an_architecture_lacks(
    folder: Path, model_type: str, settings: dict[str, Any], title: str, word: str
) -> None:
    """What a setting is about and an architecture lacks is said before a launch; without the setting it is fine."""
    _config(model_type=model_type)(folder)
    decay = settings.pop("layer_lr_decay", 1.0)
    with pytest.raises(BertftError) as caught:
        inspect_model(ModelSection(name_or_path=str(folder), **settings), 24, decay)
    assert caught.value.problem.title == title
    assert word in caught.value.problem.message
    assert caught.value.problem.hint
    inspect_model(ModelSection(name_or_path=str(folder), freeze_layers="all", hidden_dropout=0.1), 24)


def test_a_tokenizer_that_cannot_pad(folder: Path) -> None:
    """A tokenizer without a padding token is refused when it is loaded."""
    path = folder / "tokenizer_config.json"
    _no_padding = json.loads(path.read_text()) | {"pad_token": None, "tokenizer_class": "PreTrainedTokenizerFast"}
    path.write_text(json.dumps(_no_padding))
    quiet_libraries()
    section = ModelSection(name_or_path=str(folder))
    with pytest.raises(BertftError, match="The tokenizer has no padding token"):
        load_encoder(inspect_model(section, 24), section, Task("single_label_classification", ("a", "b")), 24)


def test_a_torn_tokenizer(folder: Path) -> None:
    """A tokenizer that only the libraries know to be bad is an error about the tokenizer."""
    (folder / "tokenizer.json").write_text('{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": 5}}')
    section = ModelSection(name_or_path=str(folder))
    with pytest.raises(BertftError, match="The tokenizer cannot be loaded"):
        load_encoder(inspect_model(section, 24), section, Task("single_label_classification", ("a", "b")), 24)


def test_sentence_transformers(folder: Path, tmp_path: Path) -> None:
    """In folders of sentence-transformers the encoder is found, also where it lies in a folder of its own."""
    outside = tmp_path / "outside"
    (outside / "1_Pooling").mkdir(parents=True)
    shutil.copytree(folder, outside / "0_Transformer")
    modules = [
        {"idx": 0, "name": "0", "path": "0_Transformer", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    ]
    (outside / "modules.json").write_text(json.dumps(modules))
    location = inspect_model(ModelSection(name_or_path=str(outside)), 24)
    assert location.folder == outside / "0_Transformer"
    (folder / "modules.json").write_text(json.dumps([modules[0] | {"path": ""}]))
    assert inspect_model(ModelSection(name_or_path=str(folder)), 24).folder == folder
    (outside / "modules.json").write_text("[")
    with pytest.raises(BertftError, match="no usable config"):
        _inspect(outside)


def test_shards(folder: Path) -> None:
    """Weights in several parts are fine when all of them are there."""
    tensors = load_file(folder / _WEIGHTS)
    _shards(folder)
    index = json.loads((folder / "model.safetensors.index.json").read_text())["weight_map"]
    rest = {name: tensors[name] for name, file in index.items() if "-2-" in file}
    save_file(rest, folder / "model-2-of-2.safetensors", metadata={"format": "pt"})
    section = ModelSection(name_or_path=str(folder))
    quiet_libraries()
    task = Task("single_label_classification", ("a", "b"))
    encoder = load_encoder(inspect_model(section, 24), section, task, 24)
    assert [note.title for note in encoder.notes] == ["The classification head is new"]


def test_no_torch(tiny_model: Path) -> None:
    """Looking at a usual encoder imports neither torch nor transformers."""
    code = (
        "import sys; from bertft_tui.core.sections import ModelSection;"
        "from bertft_tui.core.training.model.inspection import inspect_model;"
        f"inspect_model(ModelSection(name_or_path={str(tiny_model)!r}), 24);"
        "assert not {'torch', 'transformers', 'huggingface_hub', 'peft'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True, capture_output=True)
