"""What `predict` and `evaluate` print, and what they keep in the store."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bertft_tui.core.analysis.kept import interval_of_figure
from bertft_tui.core.config import RunConfig, split_field
from bertft_tui.core.config_file import parse_setting
from bertft_tui.core.errors import ConfigError, InputError
from bertft_tui.core.local_names import same_place
from bertft_tui.core.metric_names import TEST
from bertft_tui.core.scheduling import scoring
from bertft_tui.core.scheduling.scoring import Predicted
from bertft_tui.core.sections import DataSection
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.tell import Tell
from bertft_tui.tui.cli.documents import evaluation_document, intervals_document
from bertft_tui.tui.cli.output import print_json, print_problem, print_table, say, tell
from bertft_tui.tui.cli.warming import temperature_of
from bertft_tui.tui.difference_words import half_width
from bertft_tui.tui.format import NOTHING, clean, metric
from bertft_tui.tui.metric_choice import SELECTED

#: Data settings that say what to score and how to read it; all others drew the rows of the training.
_CHANGEABLE = (
    "config_name",
    "revision",
    "train_split",
    "eval_split",
    "test_split",
    "text_column",
    "text_pair_column",
    "label_column",
    "encoding",
    "max_length",
    "truncation",
)

#: Texts that a table shows; all of them are in the file, or in the JSON document.
_ROWS = 50

#: Characters of a text that a table shows.
_TEXT = 60


def print_evaluation(
    db: Database,
    name: str,
    dataset: str | None,
    split: str | None,
    output: Path | None,
    *,
    settings: list[str],
    device: str | None,
    as_json: bool,
) -> None:
    """Evaluate, keep the figures in the store, and print them. Raises InputError."""
    run = queries.find_run(db, name)
    config = _with_data(run.config, dataset, settings)
    with progress() as show:
        found = scoring.evaluate(db, run, config, split=split, output=output, device=device, tell=show)
    for note in found.notes:
        print_problem(note, label="Note")
    record = scoring.keep(db, run, found)
    figures = {key: interval_of_figure(key, value, found.rows, found.said) for key, value in found.metrics.items()}
    sure = {key: interval for key, interval in figures.items() if interval is not None}
    if as_json:
        about = {"chose_checkpoint": found.chose_checkpoint, "intervals": intervals_document(sure)}
        print_json({**evaluation_document(record), **about})
        return
    say(f"{run.id}  {run.name}: step {found.step} on {found.rows:,} rows of {found.dataset}, {found.split}.")
    prefix = TEST if record.is_test else ""
    rows = [(prefix + key, metric(value), half_width(sure.get(key))) for key, value in found.metrics.items()]
    print_table(("metric", "value", "95 %"), rows, right=("value",))
    if found.chose_checkpoint and any(summary.is_selected for summary in run.metrics.values()):
        say(f"These rows chose the checkpoint ({SELECTED}): data.test_split names rows for a fair figure.")
    if output is not None:
        say(f"Predictions: {output}")


def print_predictions(
    db: Database,
    name: str,
    texts: list[str],
    file: Path | None,
    output: Path | None,
    *,
    temperature: str | None,
    settings: list[str],
    device: str | None,
    as_json: bool,
) -> None:
    """Classify texts and print what was found. Raises InputError."""
    run = queries.find_run(db, name)
    texts = [line for text in texts for line in (_lines() if text == "-" else [text])]
    if bool(texts) == (file is not None):
        raise InputError(
            "Nothing to classify" if not texts else "Texts and a file exclude each other",
            "No text was given." if not texts else f"{len(texts)} texts and --file {file} were given.",
            'Example: bertft-tui predict RUN "A fine film.", or --file new.csv.',
        )
    config = _with_data(run.config, None, settings)
    divisor = temperature_of(db, run, temperature)
    where: dict[str, Any] = {"file": file, "output": output, "device": device}
    with progress() as show:
        found = scoring.predict(db, run, config, texts=texts, temperature=divisor, **where, tell=show)
    for note in found.notes:
        print_problem(note, label="Note")
    if as_json:
        about = {"run": run.id, "step": found.step, "temperature": divisor, "rows": found.rows}
        print_json({**about, "predictions": found.rows_shown})
    elif output is not None:
        say(f"{found.rows} rows written to {output}.")
    else:
        _print_rows(found)


def _print_rows(found: Predicted) -> None:
    rows = [
        (_verdict(row["predicted"]), _confidence(row["probabilities"]), clean(row["text"], limit=_TEXT))
        for row in found.rows_shown[:_ROWS]
    ]
    if any(probability for _, probability, _ in rows):
        print_table(("predicted", "probability", "text"), rows, right=("probability",))
    else:  # numbers have none
        print_table(("predicted", "text"), [(verdict, text) for verdict, _, text in rows])
    if found.rows > len(rows):
        tell(f"{found.rows - len(rows):,} more; --output FILE writes them all.")


def _verdict(predicted: str | list[str] | float | None) -> str:
    """A label, several labels, or a number, for a column."""
    if isinstance(predicted, list):
        return ", ".join(predicted) or NOTHING
    return predicted if isinstance(predicted, str) else metric(predicted)


def _confidence(probabilities: dict[str, float]) -> str:
    """The probability of the likeliest label; nothing for a number."""
    return metric(max(probabilities.values())) if probabilities else ""


def _with_data(config: RunConfig, dataset: str | None, settings: list[str]) -> RunConfig:
    """Lay other data over a run's settings: its columns and encoding are found anew. Raises ConfigError."""
    given = dict(parse_setting(text) for text in settings)
    for key in given:
        section, name = split_field(key)
        if section != "data" or name not in _CHANGEABLE:
            raise ConfigError(
                "This setting cannot be changed any more",
                f"{section}.{name} is about the training of this run, which is over.",
                f"What can be set is data. and one of {', '.join(_CHANGEABLE)}.",
            )
    if dataset is not None and not same_place(dataset, config.data.dataset):
        kept = {"max_length": config.data.max_length, "truncation": config.data.truncation}
        fresh = DataSection(dataset=dataset).model_copy(update=kept)
        config = config.model_copy(update={"data": fresh})
    return config.with_settings(given)


def _lines() -> list[str]:
    """The lines of standard input that hold something."""
    return [line for line in sys.stdin.read().split("\n") if line.strip()]


@contextmanager
def progress() -> Iterator[Tell]:
    """Give a function that shows what is being done: on a terminal in one line, elsewhere nothing."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda text: None
        return
    with console.status("starting") as status:
        yield lambda text: status.update(Text(clean(text)))  # a str would be read as markup
