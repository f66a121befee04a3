"""Looks at a config's data and model before anything is launched: `python -m …training.check CONFIG.toml`.

Prints one JSON object: `{"ok": true, "warnings": […], "train_rows": n, "eval_rows": n, "labels": […]}` or
`{"ok": false, "error": {title, message, hint}}`; exit code 0 either way. Imports no torch: it takes a second.
"""

import json
import sys
from pathlib import Path
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import read_config
from bertft_tui.core.errors import BertftError
from bertft_tui.core.training.data.corpus import load_corpus
from bertft_tui.core.training.model.inspection import inspect_model


def check(config: RunConfig) -> dict[str, Any]:
    """Read the data, look at the model's files, and say what training would find. Raises BertftError."""
    inspect_model(config.model, config.data.max_length)
    corpus = load_corpus(config.data)
    return {
        "ok": True,
        "warnings": [note.as_dict() for note in corpus.notes],
        "train_rows": corpus.train_rows,
        "eval_rows": corpus.eval_rows,
        "labels": list(corpus.labels),
    }


def main(path: Path) -> None:
    """Check one config file and print the answer."""
    try:
        answer = check(read_config(path))
    except BertftError as error:
        answer = {"ok": False, "error": error.problem.as_dict()}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
