"""The two repositories of the classic tutorial in small: a BERT of random weights, and reviews shaped like IMDB's."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hub_stand_in import Repository
from tiny_bert import FILLERS, make_tiny_bert

#: What IMDB's own card says of its files, splits and labels, in words of ours.
_CARD = """---
configs:
- config_name: plain_text
  data_files:
  - split: train
    path: plain_text/train-*
  - split: test
    path: plain_text/test-*
  - split: unsupervised
    path: plain_text/unsupervised-*
  default: true
dataset_info:
  config_name: plain_text
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': neg
          '1': pos
---
Reviews in the shape of IMDB's.
"""

_WORDS = (["storm", "cold", "rain", "wind"], ["win", "goal", "butter", "sunny"])  # negative and positive


def tutorial_repositories(folder: Path, *, rows: int = 1050) -> dict[str, Repository]:
    """Write both repositories, with `rows` reviews in each of the three splits; return them by their Hub names."""
    return {
        "models/google-bert/bert-base-cased": Repository(_bert(folder / "bert")),
        "datasets/stanfordnlp/imdb": Repository(_imdb(folder / "imdb", rows)),
    }


def _bert(folder: Path) -> Path:
    from transformers import BertConfig

    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
    return make_tiny_bert(folder, BertConfig(vocab_size=64, max_position_embeddings=512, **sizes))


def _imdb(folder: Path, rows: int) -> Path:
    """Sorted by label as the original is, and labelled −1 in the split that has no labels."""
    data = folder / "plain_text"
    data.mkdir(parents=True)
    (folder / "README.md").write_text(_CARD, encoding="utf-8")
    for seed, split in enumerate(("train", "test", "unsupervised")):
        truth = [int(number >= rows // 2) for number in range(rows)]
        labels = [-1] * rows if split == "unsupervised" else truth
        draw = random.Random(seed)
        texts = [
            f"{' '.join(draw.choices(_WORDS[label] + FILLERS, k=12))} {number}" for number, label in enumerate(truth)
        ]
        table = pa.table({"text": texts, "label": pa.array(labels, pa.int64())})
        pq.write_table(table, data / f"{split}-00000-of-00001.parquet")
    return folder
