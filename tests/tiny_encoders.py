"""Encoders of random weights, one of each architecture, each with a tokenizer of its own kind and words it knows."""

import warnings
from pathlib import Path
from typing import Any

from tiny_bert import FILLERS, TOPICS, texts

#: What a config of two small layers says, in the words of most architectures.
_SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 64,
    "initializer_range": 0.1,  # larger than usual: such small models learn faster from it
}

#: Where an architecture has other words, or settings of its own.
_OWN: dict[str, dict[str, Any]] = {
    "distilbert": {
        "dim": 32,
        "n_layers": 2,
        "n_heads": 2,
        "hidden_dim": 64,
        "max_position_embeddings": 64,
        "initializer_range": 0.1,
    },
    "roberta": _SIZES | {"max_position_embeddings": 66},
    "xlm-roberta": _SIZES | {"max_position_embeddings": 66},
    "albert": _SIZES | {"embedding_size": 16},
    "electra": _SIZES | {"embedding_size": 16},
    "deberta-v2": _SIZES
    | {
        "relative_attention": True,
        "pos_att_type": ["p2c", "c2p"],
        "position_biased_input": False,
        "share_att_key": True,
        "norm_rel_ebd": "layer_norm",
        "position_buckets": 16,
        "type_vocab_size": 0,
    },
    "modernbert": _SIZES | {"local_attention": 16, "global_attn_every_n_layers": 2},
}

ARCHITECTURES = ("bert", "roberta", "distilbert", "electra", "albert", "xlm-roberta", "deberta-v2", "modernbert")

_WORDS = sorted({word for topic in TOPICS.values() for word in topic} | set(FILLERS))


def make_tiny_encoder(folder: Path, model_type: str, head: str = "base", **settings: Any) -> Path:
    """Save config, tokenizer and random weights of an architecture; return the folder.

    `head`: `base` for the encoder alone, `masked` with the language model's head, `classifier`; `settings` go into
    the config.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from transformers import (
            AutoConfig,
            AutoModel,
            AutoModelForMaskedLM,
            AutoModelForSequenceClassification,
        )

    makers = {"base": AutoModel, "masked": AutoModelForMaskedLM, "classifier": AutoModelForSequenceClassification}
    folder.mkdir(parents=True)
    tokenizer = tiny_tokenizer(model_type)
    tokenizer.save_pretrained(folder)
    ids = {
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.cls_token_id,
        "eos_token_id": tokenizer.sep_token_id,
        "cls_token_id": tokenizer.cls_token_id,
        "sep_token_id": tokenizer.sep_token_id,
    }
    config = AutoConfig.for_model(model_type, **(_OWN.get(model_type, _SIZES) | ids | settings))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        makers[head].from_config(config).save_pretrained(folder)
    return folder


def tiny_tokenizer(model_type: str) -> Any:
    """Return a tokenizer of the kind that the architecture's models come with."""
    from transformers import AlbertTokenizer, BertTokenizerFast, DebertaV2Tokenizer, XLMRobertaTokenizer

    match model_type:
        case "albert":
            return AlbertTokenizer(vocab=_pieces("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"))
        case "xlm-roberta":
            return XLMRobertaTokenizer(vocab=_pieces("<s>", "<pad>", "</s>", "<unk>", "<mask>"))
        case "deberta-v2":
            return DebertaV2Tokenizer(vocab=_pieces("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"))
        case "roberta":
            return _byte_pairs("<s>", "<pad>", "</s>", "<unk>", "<mask>")
        case "modernbert":
            return _byte_pairs("[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]")
        case _:
            words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *_WORDS]
            return BertTokenizerFast(vocab={word: number for number, word in enumerate(words)})


def _pieces(*special: str) -> list[tuple[str, float]]:
    """Return a vocabulary for SentencePiece's unigram model: whole words, and letters for the others."""
    letters = sorted({letter for word in _WORDS for letter in word})
    return [
        *((token, 0.0) for token in special),
        *(("▁" + word, -2.0) for word in _WORDS),
        *((letter, -9.0) for letter in ["▁", *letters]),
    ]


def _byte_pairs(first: str, pad: str, last: str, unknown: str, mask: str) -> Any:
    """Return a tokenizer of byte pairs, trained on the texts."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [first, pad, last, unknown, mask]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=500, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([text for text, _ in texts(300)], trainer)
    ends = [(token, tokenizer.token_to_id(token)) for token in (first, last)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", pair=f"{first} $A {last} $B {last}", special_tokens=ends
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        cls_token=first,
        bos_token=first,
        pad_token=pad,
        sep_token=last,
        eos_token=last,
        unk_token=unknown,
        mask_token=mask,
        model_input_names=["input_ids", "attention_mask"],
    )
