"""Looks ahead at a run while it is being set up: `python -m …training.survey`, asked by `core/scheduling/survey.py`.

One process answers many questions. What it has read it keeps for the next one, so that only what depends on changed
settings is done again; files that were changed on the disk meanwhile are read again. Parts of an answer:

- `data`: splits, columns, labels, what guessing would score, what is noteworthy; or `problem`
- `check`: what the check before a launch says of these very settings
- `lengths`: tokens of the texts, what is cut, what padding costs
- `memory`: the peak that the longest batch will take on a CUDA device, where that can be told
- `near`: evaluation texts that stand almost so in training; last, since it takes longest
"""

from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.errors import BertftError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.ahead import batches_ahead
from bertft_tui.core.training.check import find_model, judge, place_of
from bertft_tui.core.training.data.corpus import Corpus, corpus_of
from bertft_tui.core.training.data.near_duplicates import NearDuplicates, near_in
from bertft_tui.core.training.data.portrait import portray
from bertft_tui.core.training.model.model_files import ModelLocation
from bertft_tui.core.training.quiet import quiet_environment
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.sources.raw import Source
from bertft_tui.core.training.task import Task
from bertft_tui.core.training.turns import Turn, serve

#: Letters in which near duplicates are looked for while somebody waits: some ten seconds. `data` looks at more.
_NEAR = 25_000_000

#: Sizes change what is drawn and not what is there.
_EVERYTHING = {"train_size": "all", "eval_size": "all", "stratify": False}

#: What is made of the texts changes nothing of them.
_UNREAD = {"max_length": 4, "padding": "dynamic", "truncation": True}


class Survey:
    """What was read for the questions before."""

    def __init__(self) -> None:
        self._stamp: Any = None
        self._place: tuple[Any, ...] = ()
        self._source: Source | None = None
        self._corpora: dict[DataSection, Corpus] = {}
        self._lengths: dict[tuple[Any, ...], tuple[NDArray[np.int64], str]] = {}
        self._near: dict[DataSection, NearDuplicates] = {}

    def work(self, turn: Turn) -> None:
        """Answer one question, part by part."""
        config = parse_config(turn.question["config"])
        self._begin(config, turn.question.get("stamp"))
        location = self._model(config, turn)
        corpus = self._data(config, turn)
        if corpus is None:
            return
        checked = self._check(config, location, corpus, turn) if location is not None else None
        if location is not None:
            train_rows = checked["train_rows"] if checked is not None else len(corpus.train)
            lengths = self._tokens(config, location, corpus, turn, train_rows=train_rows)
            if checked is not None and lengths is not None and turn.question.get("gpu") is not None:
                _memory(config, location, corpus.task, lengths, train_rows=checked["train_rows"], turn=turn)
        self._near_duplicates(config.data, corpus, turn)

    def _begin(self, config: RunConfig, stamp: Any) -> None:
        """Forget what was read of other data, or of files as they were before."""
        place = place_of(config.data)
        if (place, stamp) != (self._place, self._stamp):
            self._place, self._stamp = place, stamp
            self._source = None
            self._corpora, self._lengths, self._near = {}, {}, {}

    def _model(self, config: RunConfig, turn: Turn) -> ModelLocation | None:
        turn.tell("Looking at the model")
        try:
            return find_model(config)
        except BertftError as error:
            turn.say("problem", of="model", problem=error.problem.as_dict())
            return None

    def _data(self, config: RunConfig, turn: Turn) -> Corpus | None:
        """Read the data and describe it; where it cannot be trained on, say what is known of it, and why not."""
        turn.tell("Reading the data")
        source: Source | None = None
        try:
            source = self._source = self._source or open_source(config.data, turn.tell, turn.check)
            corpus = self._corpora.get(config.data)
            if corpus is None:
                corpus = self._corpora[config.data] = corpus_of(source, config.data, turn.tell)
        except BertftError as error:
            turn.say("data", **self._outline(config, source), **_whole(config, source, turn))
            turn.say("problem", of="data", problem=error.problem.as_dict())
            return None
        turn.say("data", **self._outline(config, source), **_described(corpus))
        return corpus

    def _outline(self, config: RunConfig, source: Source | None) -> dict[str, Any]:
        """The names of splits and columns, as far as they can be read."""
        if source is None:
            return {"splits": [], "column_names": []}
        names = source.split_names
        split = config.data.train_split if config.data.train_split in names else (names[0] if names else None)
        columns: list[str] = []
        if split is not None:
            try:
                columns = [str(name) for name in source.read(split).table.column_names]
            except BertftError:
                columns = []  # why is said where the rows are needed
        return {"splits": list(names), "column_names": columns}

    def _check(self, config: RunConfig, location: ModelLocation, corpus: Corpus, turn: Turn) -> dict[str, Any] | None:
        try:
            found = judge(config, location, corpus, turn.tell, turn.question.get("devices", ()))
        except BertftError as error:
            turn.say("problem", of="settings", problem=error.problem.as_dict())
            return None
        turn.say("check", **found)
        return found

    def _tokens(
        self, config: RunConfig, location: ModelLocation, corpus: Corpus, turn: Turn, *, train_rows: int
    ) -> NDArray[np.int64] | None:
        """Count tokens, with the model's own tokenizer; other limits and batches need no new count."""
        key = (config.model.name_or_path, config.model.revision, config.data.model_copy(update=_EVERYTHING))
        counted = self._lengths.get(_counted_by(key))
        if counted is None:
            turn.tell("Loading the tokenizer")
            from bertft_tui.core.training.data.lengths import count_tokens
            from bertft_tui.core.training.model.tokenizer import load_tokenizer

            try:
                if location.missing:
                    turn.say(
                        "lengths", found=None, why="known when the model is here: its files are still on the Hub"
                    )
                    return None
                tokenizer = load_tokenizer(location, config.model)
            except BertftError as error:
                turn.say("problem", of="model", problem=error.problem.as_dict())
                return None
            turn.tell("Counting tokens")
            counted = (count_tokens(corpus.train, tokenizer, turn.check), config.model.name_or_path)
            self._lengths[_counted_by(key)] = counted
        _say_lengths(batches_ahead(config, location, turn.question.get("devices", ()), train_rows), *counted, turn)
        return counted[0]

    def _near_duplicates(self, data: DataSection, corpus: Corpus, turn: Turn) -> None:
        """Say what of the evaluation rows stands almost so in training; nothing where no rows can be drawn."""
        key = data.model_copy(update=_UNREAD)
        if key not in self._near:
            with suppress(BertftError):
                self._near[key] = near_in(corpus, data, turn.tell, _NEAR)
        note = self._near[key].note() if key in self._near else None
        turn.say("near", note=note.as_dict() if note is not None else None)


def _counted_by(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """What the lengths depend on: model and rows, not the limit that they are held against."""
    *model, data = key
    return (*model, data.model_copy(update=_UNREAD))


def _say_lengths(config: RunConfig, lengths: NDArray[np.int64], name: str, turn: Turn) -> None:
    from bertft_tui.core.training.data.lengths import describe, saved_by_padding

    found = describe(lengths, name, config.data.max_length)
    saved = saved_by_padding(lengths, config)
    turn.say("lengths", found=found.as_dict(), padding=config.data.padding, saved=saved)


def _whole(config: RunConfig, source: Source | None, turn: Turn) -> dict[str, Any]:
    """Describe data of which the settings take more than there is; nothing where it cannot be trained on at all."""
    if source is None:
        return {}
    try:
        return _described(corpus_of(source, config.data.model_copy(update=_EVERYTHING), turn.tell))
    except BertftError:
        return {}


def _described(corpus: Corpus) -> dict[str, Any]:
    evaluation = corpus.evaluation
    return {
        "labels": portray(corpus.train, corpus.task).as_dict(),
        "problem_type": corpus.task.problem_type,
        "columns": corpus.columns.as_dict(),
        "train_available": corpus.train_available,
        "eval_available": len(corpus.train) - 1 if evaluation is None else len(evaluation),
        "carved": evaluation is None,
        "notes": [note.as_dict() for note in corpus.notes],
    }


def _memory(
    config: RunConfig,
    location: ModelLocation,
    task: Task,
    lengths: NDArray[np.int64],
    *,
    train_rows: int,
    turn: Turn,
) -> None:
    """Say what the longest batch will take, where workers have found out enough on this kind of device."""
    from bertft_tui.core.training.memory_ahead import memory_ahead

    turn.tell("Telling the memory")
    asked = turn.question
    told = memory_ahead(
        config, location, task, lengths, train_rows=train_rows, gpu=asked["gpu"], devices=asked.get("devices", ())
    )
    turn.say("memory", peak=told.peak if told else None, measured=told.measured if told else 0)


if __name__ == "__main__":
    quiet_environment(0)
    serve(Survey().work)
