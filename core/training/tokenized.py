"""The rows of a run as the Trainer loads them: tokenized, with their labels, in batches as the recipe makes them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from datasets import Dataset

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import DataError
from bertft_tui.core.tell import Check
from bertft_tui.core.training.data.corpus import Corpus
from bertft_tui.core.training.data.dataset import Datasets, by_position, labels_of, table_of
from bertft_tui.core.training.data.tokenizing import tokenize
from bertft_tui.core.training.data.tokens import MULTIPLE_ON_GPU, Batching, TokenRows, padding_of
from bertft_tui.core.training.model.encoder import Encoder, classifier_of
from bertft_tui.core.training.model.vocabulary import check_token_ids
from bertft_tui.core.training.model.word_embeddings import train_occurring
from bertft_tui.core.training.packing import pack, packing_of
from bertft_tui.core.training.recipe import TOKENS, Recipe


def batching_of(recipe: Recipe, encoder: Encoder, config: RunConfig) -> Batching:
    """Return how a recipe makes batches; a model that is to take packed ones is made ready for them."""
    kind = recipe.place.kind
    if recipe.padding == "packed":
        pack(encoder.model, kind, first_alone=recipe.first_token_alone)
        return packing_of(encoder.model.config, few_sizes=kind == "cpu" and recipe.place.precision == "bf16")
    if recipe.padding == "max_length":
        return padding_of(encoder.tokenizer, to=config.data.max_length)
    return padding_of(encoder.tokenizer, multiple=MULTIPLE_ON_GPU if kind == "cuda" else 1)


def leave_out_absent(recipe: Recipe, encoder: Encoder, rows: TokenRows, before: Mapping[str, Any]) -> Recipe:
    """Train the word embeddings of occurring tokens alone, where the recipe says so; return what became of it.

    `before`: what a checkpoint says, whose optimizer's state is of certain tokens. Raises DataError for others.
    """
    if not recipe.trains_occurring:
        return recipe
    padding = [encoder.tokenizer.pad_token_id, classifier_of(encoder.model).config.pad_token_id]
    occurring = np.append(np.unique(rows.ids), [each for each in padding if each is not None])
    digest = train_occurring(encoder.model, occurring)
    if before and digest != before[TOKENS]:
        raise DataError(
            "The tokens have changed since the run began",
            "The tokenizer makes other tokens of the training texts than those that the checkpoint has learnt.",
            "Put tokenizer and libraries back as they were and resume, or start a new run with the same settings.",
        )
    if not digest:
        return recipe.with_all_embeddings("the texts have most of the model's tokens")
    return replace(recipe, trained_tokens=digest)


def tokenized(
    rows: Datasets, corpus: Corpus, encoder: Encoder, config: RunConfig, batching: Batching, *, check: Check
) -> dict[str, TokenRows]:
    """Tokenize both parts, as the Trainer's arguments `train_dataset` and `eval_dataset`.

    `check` may raise to end the work. Raises DataError for texts that are too long, ModelError for a tokenizer that
    does not belong to the model.
    """

    def one(part: Dataset, place: Callable[[int], str]) -> TokenRows:
        tokens = tokenize(table_of(part), encoder.tokenizer, config.data, check, by_position(part, place))
        check_token_ids(encoder, tokens)
        return TokenRows(tokens.only(encoder.reads), labels_of(part), batching)

    return {
        "train_dataset": one(rows.train, corpus.train.place),
        "eval_dataset": one(rows.evaluation, corpus.eval_place),
    }
