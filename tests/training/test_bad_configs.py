"""Whatever a model's config.json says: a model, or an error in words."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.errors import BertftError
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.encoder import load_encoder
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.task import Task

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
_KEYS = (
    "model_type",
    "auto_map",
    "quantization_config",
    "max_position_embeddings",
    "pad_token_id",
    "num_hidden_layers",
    "num_hidden_groups",
    "is_encoder_decoder",
    "architectures",
)


@examples(150)
@given(
    values=st.dictionaries(st.sampled_from(_KEYS), _JSON, max_size=4),
    kind=st.sampled_from(["bert", "roberta", "albert", None]),
)
def test_any_config(folder: Path, values: dict[str, Any], kind: str | None) -> None:
    """Whatever config.json says, the answer is a location or an error in words."""
    (folder / "config.json").write_text(json.dumps({"model_type": kind} | values))
    section = ModelSection(name_or_path=str(folder), freeze_layers=2)
    with suppress(BertftError):
        assert inspect_model(section, 24).folder == folder


@pytest.mark.parametrize(
    "values",
    [
        {"hidden_size": "wide"},
        {"hidden_size": 33},
        {"num_attention_heads": 0},
        {"hidden_act": "nothing"},
        {"vocab_size": -1},
        {"num_hidden_layers": 1.5},
        {"id2label": {"x": "a"}},
        {"layer_norm_eps": None, "pad_token_id": 999},
    ],
)
def test_configs_that_make_no_model(folder: Path, values: dict[str, Any]) -> None:
    """A config that no model can be made of is an error about the model, not a traceback."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    quiet_libraries()
    section = ModelSection(name_or_path=str(folder))
    with pytest.raises(BertftError, match="The model cannot be loaded") as caught:
        load_encoder(inspect_model(section, 24), section, Task("single_label_classification", ("a", "b")), 24)
    assert str(folder) in caught.value.problem.message
