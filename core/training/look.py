"""Looks at a data set before training: `python -m …training.look`, asked by `core/scheduling/preview.py`.

What is wrong with the data does not end the look: as much as can be said is said, and the fault with it.
"""

from contextlib import suppress
from typing import Any

from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.packaged import DEMO
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.answering import answer
from bertft_tui.core.training.data.cells import kind_of, plain
from bertft_tui.core.training.data.corpus import Corpus, corpus_of
from bertft_tui.core.training.data.labelled import rows_of
from bertft_tui.core.training.data.near_duplicates import NearDuplicates, near_in
from bertft_tui.core.training.data.portrait import portray
from bertft_tui.core.training.data.split_roles import with_roles
from bertft_tui.core.training.quiet import quiet_environment
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.sources.raw import Source

#: Any model reads so many tokens; whether it reads max_length is for the check before a launch to say.
_SHORTEST = 4

#: Data is described whole, whatever share of it the settings would take.
_EVERYTHING = {"train_size": "all", "eval_size": "all", "stratify": False}


def look(question: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Describe the data set of a config. Raises BertftError."""
    quiet_environment(0)
    config = parse_config(question["config"])
    source = open_source(config.data, tell=tell)
    data = with_roles(config.data, source.split_names)
    in_order = sorted(source.split_names, key=lambda name: name != data.train_split)
    unreadable: list[Problem] = []
    document: dict[str, Any] = {"dataset": source.name}
    document["splits"] = [_table(source, name, unreadable) for name in in_order]
    problem = _problem(source, config.data, tell)
    try:
        corpus = _corpus(source, config.data, data, tell)
    except BertftError as error:
        return document | _faults(problem or error.problem, [*unreadable, *source.notes])
    near = _near(corpus, config.data, tell)
    noted = near.note() if near is not None else None
    notes = [*unreadable, *corpus.notes, *([noted] if noted is not None else [])]
    document |= _described(corpus) | _faults(problem, notes)
    document["near_duplicates"] = near.as_dict() if near is not None else None
    for split in document["splits"]:
        split.update(_labels(source, config, corpus, split["name"]))
    return document | _tokens(config, corpus, tell)


def _problem(source: Source, data: DataSection, tell: Tell) -> Problem | None:
    """What a launch with these very settings would be refused for."""
    try:
        corpus_of(source, data, tell)
    except BertftError as error:
        return error.problem
    return None


def _corpus(source: Source, own: DataSection, suggested: DataSection, tell: Tell) -> Corpus:
    """The corpus with the roles that the splits' names suggest; without those that a split cannot take.

    Raises BertftError.
    """
    no_test = suggested.model_copy(update={"test_split": own.test_split})
    none = no_test.model_copy(update={"eval_split": own.eval_split})
    for data in (suggested, no_test):
        with suppress(BertftError):
            return corpus_of(source, data.model_copy(update=_EVERYTHING), tell)
    return corpus_of(source, none.model_copy(update=_EVERYTHING), tell)


def _near(corpus: Corpus, data: DataSection, tell: Tell) -> NearDuplicates | None:
    """Evaluation texts that stand almost so in training; None where no rows can be drawn."""
    with suppress(BertftError):
        return near_in(corpus, data.model_copy(update=_EVERYTHING), tell)
    return None


def _faults(problem: Problem | None, notes: list[Problem]) -> dict[str, Any]:
    return {
        "problem": problem.as_dict() if problem else None,
        "notes": [note.as_dict() for note in notes if note != problem],
    }


def _table(source: Source, split: str, unreadable: list[Problem]) -> dict[str, Any]:
    """Rows and columns of one split as they stand; why a split cannot be read is added to what is unreadable."""
    try:
        raw = source.read(split)
    except BertftError as error:
        unreadable.append(error.problem)
        return {"name": split, "rows": None, "columns": []}
    cells = map(plain, raw.table.columns)
    columns = [
        {"name": str(name), "kind": kind_of(column), "example": _shown(column)}
        for name, column in zip(raw.table.column_names, cells, strict=True)
    ]
    return {"name": split, "rows": raw.table.num_rows, "columns": columns}


def _shown(column: Any) -> str:
    """The first cell that holds something, shortened."""
    try:
        cells = column.slice(0, 20).to_pylist()
    except UnicodeDecodeError:
        return "not UTF-8"
    return str(next((cell for cell in cells if cell not in (None, "")), ""))[:200]


def _described(corpus: Corpus) -> dict[str, Any]:
    return {
        "problem_type": corpus.task.problem_type,
        "why_task": corpus.why_task,
        "labels": list(corpus.task.labels),
        "columns": corpus.columns.as_dict(),
        "train_rows": corpus.train_rows,
        "eval_rows": corpus.eval_rows,
    }


def _labels(source: Source, config: RunConfig, corpus: Corpus, split: str) -> dict[str, Any]:
    """The labels of one split, as the model would learn them; a split without labels says so."""
    try:
        rows = rows_of(source, config.data, split, corpus.task)
    except BertftError as error:
        return {"labels": None, "problem": error.problem.as_dict()}
    return {"labels": portray(rows, corpus.task).as_dict(), "problem": None}


def _tokens(config: RunConfig, corpus: Corpus, tell: Tell) -> dict[str, Any]:
    """Lengths in tokens and one example; with another tokenizer when the model's own cannot be had."""
    tell("Counting tokens")
    from bertft_tui.core.training.data.lengths import example, measure
    from bertft_tui.core.training.model.inspection import inspect_model
    from bertft_tui.core.training.model.tokenizer import load_tokenizer

    notes = []
    section = config.model
    try:
        tokenizer = load_tokenizer(inspect_model(section, _SHORTEST), section)
    except BertftError as error:
        notes.append(_other_tokenizer(error.problem).as_dict())
        section = section.model_copy(update={"name_or_path": DEMO})
        try:
            tokenizer = load_tokenizer(inspect_model(section, _SHORTEST), section)
        except BertftError:
            return {"lengths": None, "token_notes": [error.problem.as_dict()]}
    limit = config.data.max_length
    return {
        "lengths": measure(corpus.train, tokenizer, section.name_or_path, limit).as_dict(),
        "example": example(corpus.train, 0, tokenizer, limit),
        "token_notes": notes,
    }


def _other_tokenizer(problem: Problem) -> Problem:
    return Problem(
        "Tokens are counted with the demo model's tokenizer",
        f"{problem.title}: {problem.message}",
        "Set model.name_or_path to the model that you will train.",
    )


if __name__ == "__main__":
    answer(look)
