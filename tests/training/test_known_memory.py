"""What batches will take, told from others: against figures that were measured on a GPU, and against a model of them.

`measured_memory.json` is what `python -m benchmarks.memory` has measured on an NVIDIA H200, torch 2.11.
"""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from benchmarks.memory_forecasts import judged
from bertft_tui.core.training.known_memory import FACTS, forecast, shape_of

MEASURED: dict[str, Any] = json.loads(Path(__file__).with_name("measured_memory.json").read_text(encoding="utf-8"))
GPU = str(MEASURED["device"])

#: The share that a forecast may be off by.
MOST = 0.15

#: Weights, and bytes that a token of a batch keeps for the way back.
SIZES = {
    "MiniLM": (22_713_986, 90_000),
    "BERT-base": (109_483_778, 420_000),
    "DeBERTa-v3-base": (184_423_682, 900_000),
    "BERT-large": (335_143_938, 1_100_000),
    "XLM-R-base": (278_045_186, 420_000),  # two thirds of it the embeddings of its many words
}


@pytest.mark.parametrize("kind", ["known", "padded"])
def test_forecasts_are_near_what_was_measured(kind: str) -> None:
    """Each batch that was tried, told from two or three others, is within 15 %; two of three are told."""
    found = list(judged(MEASURED[kind], GPU, counts=(2, 3)))
    assert len(found) == 6  # three number formats, with one pass and with two
    for each in found:
        assert abs(each.worst) <= MOST, each.facts
        assert len(each.errors) > 0.66 * each.asked


def test_forecasts_are_near_what_trainings_took() -> None:
    """Measured over real optimizer steps, whose memory is cut up more: forecasts and tried batches within 15 %."""
    for trained in MEASURED["trained"]:
        precision = trained["setting"].split(" ")[1].strip(",")
        passes = 2 if "two passes" in trained["setting"] else 1
        rows, tokens = trained["longest"]
        kin = {
            key: peak
            for key, peak in MEASURED["known"].items()
            if key.split(" ")[5] == precision and key.split(" ")[FACTS].endswith("+") == (passes > 1)
        }
        (own,) = [key for key in kin if key.split(" ")[FACTS] == shape_of(rows, tokens, passes)]
        facts = own.split(" ")[:FACTS]
        told = [forecast(kin, facts, GPU, (rows, tokens), accumulates=passes > 1)]
        for chosen in combinations(set(kin) - {own}, 2):
            others = {key: kin[key] for key in chosen}
            told.append(forecast(others, facts, GPU, (rows, tokens), accumulates=passes > 1))
        errors = [each.peak / trained["reserved"] - 1 for each in told if each is not None]
        assert len(errors) > 20
        assert max(map(abs, errors)) <= MOST, trained


@pytest.mark.parametrize("optimizer", ["adamw_torch_fused", "sgd"])
@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize("name", SIZES)
def test_small_batches_do_not_hide_what_large_ones_take(name: str, passes: int, optimizer: str) -> None:
    """Where gradients have the peak it hardly grows with a batch, later it does: told within 15 %, or not told."""
    weights, each = SIZES[name]
    facts = ["Model", "bert", "sdpa", str(weights), str(weights), "fp32", optimizer, "all_tokens"]
    kept, gradients = (12 if optimizer.startswith("adamw") else 4) * weights, 4 * weights

    def peak(tokens: int) -> int:
        if passes > 1:
            return kept + gradients + each * tokens
        return kept + max(each * tokens, gradients + each * tokens // 20)

    sizes = [(rows, tokens) for rows in (4, 8, 16, 32) for tokens in (32, 128, 512)]
    keys = {shape: " ".join([*facts, shape_of(*shape, passes), GPU, "150109880320", "torch 2.11"]) for shape in sizes}
    given = 0
    for wanted in sizes:
        for chosen in combinations([shape for shape in sizes if shape != wanted], 2):
            known = {keys[rows, tokens]: peak(rows * tokens) for rows, tokens in chosen}
            told = forecast(known, facts, GPU, wanted, accumulates=passes > 1)
            if told is not None:
                given += 1
                true = peak(wanted[0] * wanted[1])
                assert abs(told.peak / true - 1) <= MOST, (wanted, chosen)
    assert given > 100
