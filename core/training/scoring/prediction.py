"""Texts classified by a trained model: given as words, or in a file."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.data.again import two_texts
from bertft_tui.core.training.data.cells import absent, plain
from bertft_tui.core.training.data.labelled import open_view
from bertft_tui.core.training.data.text_column import find_text
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.notes import count, listed
from bertft_tui.core.training.reading.decoding import Decoder
from bertft_tui.core.training.scoring.verdicts import beside, verdicts
from bertft_tui.core.training.scoring.written import check_output, write_table
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.task import Task

if TYPE_CHECKING:  # torch takes seconds: what can fail before does
    from bertft_tui.core.training.model.encoder import Encoder

#: How many texts the answer holds; a file holds them all.
SHOWN = 1000


def predict(
    question: dict[str, Any], config: RunConfig, task: Task, load: Callable[[], "Encoder"], tell: Tell
) -> dict[str, Any]:
    """Classify texts, or those of a file; rows without a text stay without a verdict. Raises BertftError."""
    file = Path(question["file"]) if question["file"] else None
    output = Path(question["output"]) if question["output"] else None
    if output is not None:
        check_output(output, reads=file)
    notes: list[Problem] = []
    table, text, pair = _read(file, question["texts"], config, tell, notes)
    has_text = [not empty for empty in absent(plain(table.column(text)))]
    if not any(has_text):
        raise _nothing(file, table, text)
    taken = table.filter(pa.array(has_text))
    encoder = load()
    from bertft_tui.core.training.scoring.inference import logits_of

    logits = logits_of(
        encoder.model,
        encoder.tokenizer,
        taken.column(text).to_pylist(),
        [second or "" for second in taken.column(pair).to_pylist()] if pair else None,
        max_length=config.data.max_length,
        batch_size=config.training.per_device_eval_batch_size,
        tell=tell,
    )
    columns = {name: _spread(values, has_text) for name, values in verdicts(logits, task).items()}
    if output is not None:
        write_table(beside(table, columns), output)
    return {
        "rows": len(table),
        "shown": _shown(table.column(text), columns),
        "notes": [note.as_dict() for note in (*notes, *_notes(has_text))],
    }


def _nothing(file: Path | None, table: pa.Table, text: str) -> DataError:
    title = "There is nothing to classify"
    if file is None:
        return DataError(title, "Every text that was given is empty.", "Give at least one with words.")
    if not len(table) or _is_lines(file):
        return DataError(title, f"No line of {file} holds anything.", "Write one text on each line.")
    return DataError(title, f"Every cell of column {text!r} of {file} is empty.", "Check data.text_column.")


def _is_lines(file: Path) -> bool:
    return file.suffix.lower() == ".txt"


def _read(
    file: Path | None, texts: list[str], config: RunConfig, tell: Tell, notes: list[Problem]
) -> tuple[pa.Table, str, str | None]:
    """Return a table and which of its columns hold the texts. Raises DataError."""
    if (file is None or _is_lines(file)) and config.data.text_pair_column is not None:
        raise two_texts(config.data.model_dump(), "single texts were given")
    if file is None:
        return pa.table({"text": pa.array(texts, pa.large_string())}), "text", None
    if _is_lines(file):
        return pa.table({"text": pa.array(_lines(file, config.data.encoding), pa.large_string())}), "text", None
    data = config.data.model_copy(update={"dataset": str(file), "config_name": None, "revision": None})
    source = open_source(data, tell=tell)
    named = data.train_split in source.split_names and len(source.split_names) > 1
    if len(source.split_names) > 1 and not named:
        raise DataError(
            "Which split?",
            f"{source.name} has {', '.join(map(repr, source.split_names))}.",
            "Name one with --set data.train_split=NAME.",
        )
    view = open_view(source, data.train_split if named else source.split_names[0])
    if named:
        others = listed([repr(name) for name in source.split_names if name != view.name])
        hint = "Name another one with --set data.train_split=NAME."
        notes.append(Problem(f"Only split {view.name!r} is classified", f"{source.name} also has {others}.", hint))
    return view.split.table, _text_column(view, data.text_column, data.text_pair_column), data.text_pair_column


def _lines(file: Path, encoding: str | None) -> list[str]:
    """Read a file of one text a line. Raises DataError."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError("A file cannot be read", f"{file}: {error.strerror or error}.", "Check the path.") from None
    return Decoder(encoding).text(content, str(file), file.name).splitlines()


def _text_column(view: View, named: str | None, pair: str | None) -> str:
    if named is not None:
        view.column(named)
        return named
    return find_text(view, [name for name in view.names if name != pair], with_pair=pair is not None)[0]


def _spread(values: list[Any], has_text: list[bool]) -> list[Any]:
    """Put values back to the rows that they belong to; the others get none."""
    found = iter(values)
    return [next(found) if present else None for present in has_text]


def _shown(texts: pa.ChunkedArray, columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """The first rows as the answer holds them."""
    shares = {name.removeprefix("probability_"): values for name, values in columns.items() if name != "predicted"}
    return [
        {
            "text": text,
            "predicted": columns["predicted"][row],
            "probabilities": {label: values[row] for label, values in shares.items() if values[row] is not None},
        }
        for row, text in enumerate(texts.slice(0, SHOWN).to_pylist())
    ]


def _notes(has_text: list[bool]) -> list[Problem]:
    empty = has_text.count(False)
    if not empty:
        return []
    return [Problem(f"{count(empty, 'row')} without a text", "They have no verdict.")]
