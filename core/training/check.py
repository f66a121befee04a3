"""Looks at a config's data and model before anything is launched: asked by `core/scheduling/preflight.py`.

It is the worker's first phase too: what it finds wrong never reaches the queue. Imports no torch unless texts must be
counted in tokens, or the model is of a kind that only the libraries know.
"""

from typing import TYPE_CHECKING, Any

from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.tell import Tell, silent
from bertft_tui.core.training.answering import answer
from bertft_tui.core.training.data.corpus import Corpus, load_corpus
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.model.model_files import ModelLocation
from bertft_tui.core.training.quiet import quiet_environment
from bertft_tui.core.training.task import check_task
from bertft_tui.core.training.unused import unused_settings

if TYPE_CHECKING:
    from bertft_tui.core.training.data.dataset import Datasets


def check(config: RunConfig, tell: Tell = silent) -> dict[str, Any]:
    """Read the data, look at the model's files, draw the rows, and say what training would find.

    Raises BertftError.
    """
    quiet_environment(config.hardware.dataloader_num_workers)
    location = inspect_model(config.model, config.data.max_length, config.training.layer_lr_decay)
    corpus = load_corpus(config.data, tell)
    check_task(config.training, corpus.task)
    tell("Drawing the rows")
    from bertft_tui.core.training.data.dataset import draw  # `datasets` takes a second: what can fail before does

    drawn = draw(corpus, config.data)
    if not config.data.truncation:
        tell("Counting the tokens of all texts, since none may be cut")
        _count_tokens(config, location, corpus, drawn)
    notes = (*unused_settings(config), *location.notes, *corpus.notes, *drawn.notes)
    return {
        "warnings": [note.as_dict() for note in notes],
        "train_rows": len(drawn.train),
        "eval_rows": len(drawn.evaluation),
        "labels": list(corpus.task.labels),
        "problem_type": corpus.task.problem_type,
        "why_task": corpus.why_task,
        "columns": corpus.columns.as_dict(),
    }


def _count_tokens(config: RunConfig, location: ModelLocation, corpus: Corpus, drawn: "Datasets") -> None:
    from bertft_tui.core.training.data.tokenizing import tokenize
    from bertft_tui.core.training.model.tokenizer import load_tokenizer

    tokenizer = load_tokenizer(location, config.model)
    for rows, place in ((drawn.train, corpus.train.place), (drawn.evaluation, corpus.eval_place)):
        tokenize(rows, tokenizer, config.data, lambda: None, place)


if __name__ == "__main__":
    answer(lambda question, tell: check(parse_config(question["config"]), tell))
