"""Every architecture we name: trained, stopped, resumed; its dropouts, positions, layers and head are what we say."""

import csv
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
import transformers
from safetensors.torch import load_file
from tiny_bert import texts
from tiny_encoders import ARCHITECTURES, make_tiny_encoder, tiny_tokenizer
from training_runs import Prompter, attempt, events, make_run, points, weights
from transformers.models.auto.modeling_auto import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES as HEADS

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError, ModelError
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.anatomy import anatomy_of
from bertft_tui.core.training.model.architecture_names import (
    EAGER_ONLY,
    KNOWN_ENCODERS,
    NO_ATTENTION_DROPOUT,
    NO_LINEAR_LAYERS,
    NO_STACK,
)
from bertft_tui.core.training.model.dropouts import set_dropouts
from bertft_tui.core.training.model.encoder import Encoder, load_encoder
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.model.trained import load_trained
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.scoring.inference import logits_of
from bertft_tui.core.training.scoring.texts import Texts
from bertft_tui.core.training.task import Task

_TASK = Task("single_label_classification", ("food", "sport", "weather"))

#: What is new in a classifier made from a masked language model.
_NEW = {
    "bert": "bert.pooler.dense.bias, bert.pooler.dense.weight, classifier.bias, classifier.weight",
    "roberta": "classifier.dense.bias, classifier.dense.weight, classifier.out_proj.bias, classifier.out_proj.weight",
    "distilbert": "classifier.bias, classifier.weight, pre_classifier.bias, pre_classifier.weight",
    "electra": "classifier.dense.bias, classifier.dense.weight, classifier.out_proj.bias, classifier.out_proj.weight",
    "albert": "albert.pooler.bias, albert.pooler.weight, classifier.bias, classifier.weight",
    "xlm-roberta": "classifier.dense.bias, classifier.dense.weight, classifier.out_proj.bias, "
    "classifier.out_proj.weight",
    "deberta-v2": "classifier.bias, classifier.weight, pooler.dense.bias, pooler.dense.weight",
    "modernbert": "classifier.bias, classifier.weight",
}


@pytest.fixture(scope="module", params=ARCHITECTURES)
def architecture(request: pytest.FixtureRequest) -> str:
    """One architecture after the other."""
    return str(request.param)


@pytest.fixture(scope="module")
def folder(architecture: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A masked language model of it, as most of them lie on the Hub."""
    return make_tiny_encoder(tmp_path_factory.mktemp("models") / architecture, architecture, "masked")


def _load(folder: Path, max_length: int = 24, **settings: Any) -> Encoder:
    quiet_libraries()
    section = ModelSection(name_or_path=str(folder), **settings)
    return load_encoder(inspect_model(section, max_length), section, _TASK, max_length)


def test_trains_stops_and_resumes(tmp_path: Path, config: RunConfig, folder: Path) -> None:
    """The loss falls, every part learns, a stop changes nothing, and the predictions are there."""
    settings = {"data.train_size": 16, "training.max_steps": 24, "training.learning_rate": 5e-3}
    settings |= {"training.warmup_steps": 4.0, "training.eval_strategy": "no"}
    settings |= {"training.train_sampling_strategy": "random"}
    config = config.with_settings(settings | {"model.name_or_path": str(folder)})
    whole = make_run(tmp_path / "whole", config)
    assert attempt(whole) == "finished"
    losses = [points(whole)["loss", step] for step in range(1, 25)]
    assert sum(losses[-3:]) < 0.75 * sum(losses[:3])
    assert pq.read_metadata(whole.predictions).num_rows == 20
    before = load_file(folder / "model.safetensors")
    after = load_file(whole.checkpoints / "checkpoint-24" / "model.safetensors")
    assert not [name for name in before.keys() & after.keys() if torch.equal(before[name], after[name])]
    stopped = make_run(tmp_path / "stopped", config)
    assert attempt(stopped, 1, Prompter(stopped, stopped.stop_request, "metrics", step=9)) == "stopped"
    assert attempt(stopped, 2) == "finished"
    assert points(stopped) == points(whole)
    assert weights(stopped, 24) == weights(whole, 24)


def test_head(folder: Path, architecture: str) -> None:
    """What is new is the head, all of it and nothing else."""
    notes = {note.title: note.message for note in _load(folder).notes}
    assert f"({_NEW[architecture]})" in notes["The classification head is new"]
    assert notes.keys() <= {"The classification head is new", "Some pretrained weights are not used"}


def test_dropouts(folder: Path) -> None:
    """Both dropouts reach the modules that use them, and nothing else drops out."""
    model = _load(folder, attention_dropout=0.25, hidden_dropout=0.5).model
    names = {name: value for name, value in model.config.to_dict().items() if "dropout" in name}
    used = {value for name, value in names.items() if value is not None and name != "qa_dropout"}
    assert used <= {0.25, 0.5}
    dropouts = {module.p for module in model.modules() if isinstance(module, torch.nn.Dropout)}
    assert 0.5 in dropouts
    assert dropouts <= {0.25, 0.5}


def test_positions(folder: Path) -> None:
    """A text as long as we allow goes through; one token more is refused."""
    encoder = _load(folder, max_length=64)
    ids = torch.full((1, 64), 7)
    assert encoder.model.eval()(input_ids=ids, attention_mask=torch.ones_like(ids)).logits.shape == (1, 3)
    if encoder.model.config.model_type == "deberta-v2":  # its positions are relative
        inspect_model(ModelSection(name_or_path=str(folder)), 512)
        return
    with pytest.raises(ModelError, match="64 positions"):
        inspect_model(ModelSection(name_or_path=str(folder)), 65)


def test_parts(folder: Path, architecture: str) -> None:
    """Embeddings lie below layers, and these below the head, in the order in which a text passes them."""
    model = _load(folder).model
    anatomy = anatomy_of(model)
    assert anatomy.named_layers == 2
    assert anatomy.shared is (architecture == "albert")
    assert anatomy.layers == (1 if architecture == "albert" else 2)
    names = [name for name, _ in model.named_parameters()]
    assert {anatomy.depth(name) for name in names} == set(range(anatomy.head_depth + 1))
    inside = [anatomy.depth(name) for name in names if not anatomy.is_head(name)]
    layers = [
        depth for depth in inside if depth
    ]  # DeBERTa's embeddings of relative positions stand behind the layers
    assert layers == sorted(layers)


def test_attention(folder: Path, architecture: str) -> None:
    """`auto` takes the fused kernel where there is one; asked for where there is none, it is refused in words."""
    assert _load(folder).model.config._attn_implementation == ("eager" if architecture in EAGER_ONLY else "sdpa")
    if architecture in EAGER_ONLY:
        with pytest.raises(ConfigError, match="The model has no such attention"):
            _load(folder, attn_implementation="sdpa")


def test_the_lists_agree_with_transformers() -> None:
    """Every known encoder has a head there, and those without a fused kernel are the ones we list."""
    assert set(HEADS) >= KNOWN_ENCODERS
    eager = {name for name in KNOWN_ENCODERS if not getattr(transformers, HEADS[name])._supports_sdpa}
    assert eager == EAGER_ONLY


@pytest.mark.parametrize("model_type", sorted(KNOWN_ENCODERS))
def test_what_an_architecture_lacks(model_type: str) -> None:
    """Attention dropouts, stacks of layers and linear layers in them are missing where we say so, and only there."""
    settings: dict[str, Any] = {"vocab_size": 64, "pad_token_id": 1} if model_type == "esm" else {}
    config = transformers.AutoConfig.for_model(model_type, **settings)
    with torch.device("meta"):
        model = transformers.AutoModelForSequenceClassification.from_config(config)
    stack = anatomy_of(model).stack
    assert (stack == "") is (model_type in NO_STACK)
    linear = [name for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)]
    inside = [name for name in linear if stack and name.startswith(stack)]
    assert (inside == []) is (model_type in NO_STACK | NO_LINEAR_LAYERS)
    expected = pytest.raises(ConfigError) if model_type in NO_ATTENTION_DROPOUT else nullcontext()
    with expected:
        set_dropouts(config, ModelSection(attention_dropout=0.3))
    set_dropouts(config, ModelSection(hidden_dropout=0.3))


def test_attention_that_only_the_model_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An architecture that we do not know to lack the kernel says so itself when it is loaded."""
    folder = make_tiny_encoder(tmp_path / "deberta", "deberta-v2")
    monkeypatch.setattr("bertft_tui.core.training.model.architectures.EAGER_ONLY", frozenset())
    with pytest.raises(ConfigError, match="The model has no such attention"):
        _load(folder, attn_implementation="sdpa")


def test_pairs_of_a_model_with_one_type_of_token(tmp_path: Path, config: RunConfig) -> None:
    """RoBERTa with BERT's tokenizer, as of KLUE: it counts the second text as another type, which the model lacks."""
    folder = make_tiny_encoder(tmp_path / "model", "roberta", type_vocab_size=1)
    for path in folder.glob("*token*"):
        path.unlink()
    tiny_tokenizer("bert").save_pretrained(folder)
    with (tmp_path / "pairs.csv").open("w", newline="") as file:
        rows = [(text, text.upper(), label) for text, label in texts(30)]
        csv.writer(file).writerows([("text", "other", "label"), *rows])
    settings = {"model.name_or_path": str(folder), "data.dataset": str(tmp_path / "pairs.csv")}
    settings |= {"data.text_pair_column": "other", "data.eval_split": None, "training.max_steps": 1}
    config = config.with_settings(settings)
    run = make_run(tmp_path / "run", config)
    assert attempt(run) == "finished", events(run, "error")
    encoder = load_trained(run.checkpoints / "checkpoint-1", config.model, _TASK)
    bread, ball = (pa.chunked_array([[word]], pa.large_string()) for word in ("bread", "ball"))
    found = logits_of(encoder, config, Texts(bread, ball, str), lambda _: None)
    assert found.shape == (1, 3)


def test_a_tokenizer_that_is_a_sentencepiece_model(tmp_path: Path, config: RunConfig) -> None:
    """DeBERTa-v3 as it lies on the Hub has spm.model and no tokenizer.json; it trains as it is."""
    import sentencepiece

    folder = make_tiny_encoder(tmp_path / "deberta", "deberta-v2")
    for path in folder.glob("tokenizer*"):
        path.unlink()
    pieces = {"pad": "[PAD]", "bos": "[CLS]", "eos": "[SEP]", "unk": "[UNK]"}
    (tmp_path / "texts").write_text("\n".join(text for text, _ in texts(400)))
    sentencepiece.SentencePieceTrainer.train(
        input=str(tmp_path / "texts"),
        model_prefix=str(folder / "spm"),
        vocab_size=50,
        minloglevel=2,
        **{f"{name}_piece": piece for name, piece in pieces.items()},
        **{f"{name}_id": number for number, name in enumerate(pieces)},
    )
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": False, "vocab_type": "spm"}))
    run = make_run(
        tmp_path / "run", config.with_settings({"model.name_or_path": str(folder), "training.max_steps": 1})
    )
    assert attempt(run) == "finished", events(run, "error")
    assert (run.checkpoints / "checkpoint-1" / "tokenizer.json").is_file()
