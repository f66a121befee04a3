"""What `data` prints."""

from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import parse_setting
from bertft_tui.core.errors import InputError
from bertft_tui.core.presets import preset as find_preset
from bertft_tui.core.scheduling import preview
from bertft_tui.core.sections import DataSection
from bertft_tui.tui.cli.output import print_json
from bertft_tui.tui.cli.scoring import progress
from bertft_tui.tui.data_words import data_lines, data_text, text_of


def refuse_several(dataset: str, others: list[str]) -> None:
    """Say what to do when a shell made several names of one pattern. Raises InputError."""
    if others:
        raise InputError(
            "Look at one data set at a time",
            f"{len(others) + 1} were named: {dataset}, {', '.join(others[:3])}{', …' if len(others) > 3 else ''}.",
            "A pattern stands in quotes, or the shell makes several names of it: bertft-tui data 'reviews-*.csv'.",
        )


def print_data(dataset: str, preset: str | None, settings: list[str], *, as_json: bool) -> None:
    """Look at a data set and print what was found. Raises InputError, also when it cannot be trained on."""
    config = find_preset(preset).config if preset is not None else RunConfig()
    config = config.with_settings({"data.dataset": dataset, **dict(parse_setting(text) for text in settings)})
    with progress() as show:
        document = preview.look(config, tell=show)
    if as_json:
        print_json(document)
    else:
        _print(document, config.data)
    if document["problem"]:
        raise InputError(**document["problem"])


def _print(document: dict[str, object], data: DataSection) -> None:
    """Print the lines in the terminal's colours; a problem comes last, on stderr."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    if console.is_terminal:
        console.print(data_text(document, data, with_problem=False), soft_wrap=False)
        return
    for line in data_lines(document, data, with_problem=False):
        console.print(text_of(line))
