"""Looks at a config's data and model before anything is launched: `python -m …training.check CONFIG.toml`.

Prints a line of JSON for what it is doing, `{"progress": "…"}`, and the answer last: `{"ok": true, "warnings": […],
"train_rows": n, "eval_rows": n, "labels": […], "problem_type": "…", "columns": {…}}` or `{"ok": false, "error":
{title, message, hint}}`; exit code 0 either way. Imports no torch unless texts must be counted in tokens.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import read_config
from bertft_tui.core.errors import BertftError
from bertft_tui.core.training.data.corpus import Corpus, load_corpus
from bertft_tui.core.training.data.tell import Tell, silent
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.model.model_files import ModelLocation
from bertft_tui.core.training.quiet import quiet_environment
from bertft_tui.core.training.task import check_task

if TYPE_CHECKING:
    from bertft_tui.core.training.data.dataset import Datasets


def check(config: RunConfig, tell: Tell = silent) -> dict[str, Any]:
    """Read the data, look at the model's files, draw the rows, and say what training would find.

    Raises BertftError.
    """
    quiet_environment(config.hardware.dataloader_num_workers)
    location = inspect_model(config.model, config.data.max_length)
    corpus = load_corpus(config.data, tell)
    check_task(config.training, corpus.task)
    tell("Drawing the rows")
    from bertft_tui.core.training.data.dataset import draw  # `datasets` takes a second: what can fail before does

    drawn = draw(corpus, config.data)
    if not config.data.truncation:
        tell("Counting the tokens of all texts, since none may be cut")
        _count_tokens(config, location, corpus, drawn)
    return {
        "ok": True,
        "warnings": [note.as_dict() for note in (*location.notes, *corpus.notes, *drawn.notes)],
        "train_rows": len(drawn.train),
        "eval_rows": len(drawn.evaluation),
        "labels": list(corpus.task.labels),
        "problem_type": corpus.task.problem_type,
        "why_task": corpus.why_task,
        "columns": corpus.columns.as_dict(),
    }


def _count_tokens(config: RunConfig, location: ModelLocation, corpus: Corpus, drawn: "Datasets") -> None:
    from bertft_tui.core.training.data.tokenizing import refuse_long_texts
    from bertft_tui.core.training.model.tokenizer import load_tokenizer

    tokenizer = load_tokenizer(location, config.model)
    for rows, place in ((drawn.train, corpus.train.place), (drawn.evaluation, corpus.eval_place)):
        refuse_long_texts(rows, tokenizer, config.data.max_length, lambda: None, place)


def main(path: Path) -> None:
    """Check one config file and print the answer."""
    try:
        answer = check(read_config(path), lambda text: _say({"progress": text}))
    except BertftError as error:
        answer = {"ok": False, "error": error.problem.as_dict()}
    _say(answer)


def _say(document: dict[str, Any]) -> None:
    print(json.dumps(document), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
