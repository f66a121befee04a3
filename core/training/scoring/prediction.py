"""Texts classified by a trained model: given as words, or in a file."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.column_names import LABEL_NAMES, is_like
from bertft_tui.core.training.data.again import check_texts
from bertft_tui.core.training.data.cells import absent
from bertft_tui.core.training.data.labelled import open_view
from bertft_tui.core.training.data.rows import text_cells
from bertft_tui.core.training.data.split_roles import which_split
from bertft_tui.core.training.data.text_column import find_text
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.notes import count, listed
from bertft_tui.core.training.reading.decoding import Decoder
from bertft_tui.core.training.scoring.texts import Texts
from bertft_tui.core.training.scoring.verdicts import beside, verdicts
from bertft_tui.core.training.scoring.written import check_output, write_table
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.sources.raw import Source
from bertft_tui.core.training.task import Task

if TYPE_CHECKING:  # torch takes seconds: what can fail before does
    from bertft_tui.core.training.model.encoder import Encoder

#: What a run's Hub data set had, and a file has not.
_NOT_HUB = {"config_name": None, "revision": None}

#: How many texts the answer holds; a file holds them all.
SHOWN = 1000


@dataclass(frozen=True)
class _Given:
    """What there is to classify: a table, and those of its columns that hold the texts."""

    table: pa.Table
    texts: pa.ChunkedArray
    pairs: pa.ChunkedArray | None = None


def predict(
    question: dict[str, Any], config: RunConfig, task: Task, load: Callable[[], "Encoder"], tell: Tell
) -> dict[str, Any]:
    """Classify texts, or those of a file; rows without a text stay without a verdict. Raises BertftError."""
    file, output = question["file"], Path(question["output"]) if question["output"] else None
    if output is not None:
        check_output(output, file)
    trained = parse_config(question["trained"]).data
    notes: list[Problem] = []
    if file is None or _is_lines(file):
        alone = {"text_pair_column": None} if trained.text_pair_column else {}
        check_texts(config.data.model_copy(update=alone), trained, "single texts were given")
        given = _in_words(question["texts"] if file is None else _lines(Path(file), config.data.encoding))
    else:
        given = _in_file(config.data.model_copy(update={"dataset": file, **_NOT_HUB}), trained, tell, notes)
    has_text = ~absent(given.texts)
    if not has_text.any():
        raise _nothing(file, given)
    encoder = load()
    from bertft_tui.core.training.scoring.inference import logits_of

    logits = logits_of(encoder, config, _texts(given, has_text), tell)
    warmed = logits / np.float32(question["temperature"])
    columns = {name: _spread(values, has_text.tolist()) for name, values in verdicts(warmed, task).items()}
    if output is not None:
        write_table(beside(given.table, columns), output)
    empty = int((~has_text).sum())
    if empty:
        notes.append(Problem(f"{count(empty, 'row')} without a text", "Without one there is no verdict."))
    return {
        "rows": len(given.table),
        "shown": _shown(given.texts, columns),
        "notes": [note.as_dict() for note in notes],
    }


def _texts(given: _Given, has_text: NDArray[np.bool_]) -> Texts:
    kept, places = pa.array(has_text), np.flatnonzero(has_text)
    pairs = None if given.pairs is None else given.pairs.filter(kept).fill_null("")
    return Texts(given.texts.filter(kept), pairs, lambda position: f"text {places[position] + 1:,}")


def _nothing(file: str | None, given: _Given) -> DataError:
    title = "There is nothing to classify"
    if file is None:
        return DataError(title, "Every text that was given is empty.", "Give at least one with words.")
    if not len(given.table) or _is_lines(file):
        return DataError(title, f"No line of {file} holds anything.", "Write one text on each line.")
    return DataError(title, f"Every text of {file} is empty.", "Check data.text_column.")


def _is_lines(file: str) -> bool:
    return file.lower().endswith(".txt")


def _in_words(texts: list[str]) -> _Given:
    column = pa.chunked_array([pa.array(texts, pa.large_string())])
    return _Given(pa.table({"text": column}), column)


def _in_file(data: DataSection, trained: DataSection, tell: Tell, notes: list[Problem]) -> _Given:
    """Read the texts of a file with columns. Raises DataError."""
    view = _view(open_source(data, tell=tell), data, notes)
    pair = data.text_pair_column if data.text_pair_column in view.names else None
    there = f"{view.where} has the columns {listed([repr(name) for name in view.names])}"
    check_texts(data.model_copy(update={"text_pair_column": pair}), trained, there)
    free = [name for name in view.names if name != pair]
    unlabelled = [name for name in free if not is_like(name, LABEL_NAMES)]
    text = data.text_column or find_text(view, unlabelled or free, with_pair=pair is not None)[0]
    pairs = text_cells(view, pair) if pair is not None else None
    return _Given(view.split.table, text_cells(view, text), pairs)


def _view(source: Source, data: DataSection, notes: list[Problem]) -> View:
    """Open the only split, or the one that data.train_split names. Raises DataError."""
    if len(source.split_names) == 1:
        return open_view(source, source.split_names[0])
    if data.train_split not in source.split_names:
        raise which_split(source.name, source.split_names, "--set data.train_split=NAME")
    others = listed([repr(name) for name in source.split_names if name != data.train_split])
    hint = "Name another one with --set data.train_split=NAME."
    notes.append(Problem(f"Only split {data.train_split!r} is classified", f"{source.name} also has {others}.", hint))
    return open_view(source, data.train_split)


def _lines(file: Path, encoding: str | None) -> list[str]:
    """Read a file of one text a line, whatever ends its lines. Raises DataError."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError("A file cannot be read", f"{file}: {error.strerror or error}.", "Check the path.") from None
    lines = re.split(r"\r\n?|\n", Decoder(encoding).text(content, str(file), file.name))
    return lines[:-1] if lines[-1] == "" else lines


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
