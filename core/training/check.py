"""Looks at a config's data and model before anything is launched: asked by `core/scheduling/preflight.py`.

It is the worker's first phase too: what it finds wrong never reaches the queue. Imports no torch unless texts must be
counted in tokens, or the model is of a kind that only the libraries know.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.errors import BertftError, InputError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Tell, silent
from bertft_tui.core.training.answering import answer
from bertft_tui.core.training.data.corpus import Corpus, corpus_of, load_corpus
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.model.model_files import ModelLocation, read_json
from bertft_tui.core.training.quiet import quiet_environment
from bertft_tui.core.training.recipe import check_places, check_recipe
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.sources.raw import Source
from bertft_tui.core.training.task import check_task
from bertft_tui.core.training.unused import unused_settings
from bertft_tui.core.value_text import format_value

if TYPE_CHECKING:
    from bertft_tui.core.training.data.dataset import Datasets


def check(config: RunConfig, tell: Tell = silent) -> dict[str, Any]:
    """Read the data, look at the model's files, draw the rows, and say what training would find.

    Raises BertftError.
    """
    quiet_environment(config.hardware.dataloader_num_workers)
    location = find_model(config)
    corpus = load_corpus(config.data, tell)
    return judge(config, location, corpus, tell)


def find_model(config: RunConfig) -> ModelLocation:
    """Look at the files of a config's model. Raises BertftError."""
    return inspect_model(config.model, config.data.max_length, config.training.layer_lr_decay)


def judge(
    config: RunConfig,
    location: ModelLocation,
    corpus: Corpus,
    tell: Tell = silent,
    devices: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Draw the rows of data that was read, and say what training would find. Raises BertftError.

    `devices`: those that the run may be given, as `check_places` reads them.
    """
    check_task(config.training, corpus.task)
    model = read_json(location.folder / "config.json")
    check_recipe(config, model)
    check_places(config, model, devices)
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


def check_all(
    configs: list[RunConfig], tell: Tell = silent, devices: Sequence[Sequence[Mapping[str, Any]]] = ()
) -> list[dict[str, Any]]:
    """Check several configs; models and data that they share are looked at once. `devices`: those for each.

    Raises BertftError for the first that cannot be trained; of several it says which.
    """
    quiet_environment(max(config.hardware.dataloader_num_workers for config in configs))
    models: dict[tuple[Any, ...], ModelLocation] = {}
    sources: dict[tuple[Any, ...], Source] = {}
    corpora: dict[DataSection, Corpus] = {}
    answers = []
    for number, config in enumerate(configs, start=1):
        try:
            key = (config.model, config.data.max_length, config.training.layer_lr_decay)
            location = models[key] = models.get(key) or find_model(config)
            if config.data not in corpora:
                place = place_of(config.data)
                source = sources[place] = sources.get(place) or open_source(config.data, tell)
                corpora[config.data] = corpus_of(source, config.data, tell)
            corpus = corpora[config.data]
            answers.append(judge(config, location, corpus, tell, devices[number - 1] if devices else ()))
        except BertftError as error:
            raise _which(error, number, configs) from None
    return answers


def place_of(data: DataSection) -> tuple[Any, ...]:
    """The settings that say where the rows are: with the same ones, a source that is open can be asked again."""
    return data.dataset, data.config_name, data.revision, data.encoding


def _which(error: BertftError, number: int, configs: list[RunConfig]) -> BertftError:
    """Say of which run an error is, where there are several: by what it has that the first has not."""
    if len(configs) == 1:
        return error
    config = configs[number - 1]
    words = ", ".join(f"{change.name} {format_value(change.new) or 'empty'}" for change in configs[0].diff(config))
    where = f"Run {number} of {len(configs)}" + (f" ({words})" if words else "")
    problem = error.problem
    return InputError(problem.title, f"{where}: {problem.message}", problem.hint)


def _count_tokens(config: RunConfig, location: ModelLocation, corpus: Corpus, drawn: "Datasets") -> None:
    from bertft_tui.core.training.data.dataset import by_position, table_of
    from bertft_tui.core.training.data.tokenizing import tokenize
    from bertft_tui.core.training.model.tokenizer import load_tokenizer

    tokenizer = load_tokenizer(location, config.model)
    for rows, place in ((drawn.train, corpus.train.place), (drawn.evaluation, corpus.eval_place)):
        tokenize(table_of(rows), tokenizer, config.data, lambda: None, by_position(rows, place))


if __name__ == "__main__":
    answer(
        lambda question, tell: {
            "checks": check_all(
                [parse_config(each) for each in question["configs"]], tell, question.get("devices", ())
            )
        }
    )
