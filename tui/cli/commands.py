"""The command line: no command opens the app, every screen has one."""

import os
from io import StringIO
from typing import Annotated, Any, cast

import typer

from bertft_tui.tui import theme_choice
from bertft_tui.tui.cli import answers, disposal, runs, series, show, system, using
from bertft_tui.tui.cli.options import Db, NoWarm

#: What typer raises for words that are wrong. Which module has the class differs from version to version.
_UsageError = cast(
    "type[Exception]", next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
)

app = typer.Typer(
    name="bertft-tui",
    help="Configure, launch, watch and compare fine-tuning of BERT-like classifiers. Without a command: the app.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
for commands in (
    runs.commands,
    disposal.commands,
    show.commands,
    answers.commands,
    series.commands,
    using.commands,
    system.commands,
):
    app.add_typer(commands)


def _version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        from importlib.metadata import version

        print(f"bertft-tui {version('bertft-tui')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    db: Db = None,
    no_warm: NoWarm = False,
    theme: Annotated[
        str | None,
        typer.Option("--theme", metavar="T", help="The app's theme this time (or BERTFT_THEME).", show_default=False),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = db
    if theme is not None:
        os.environ[theme_choice.VARIABLE] = theme  # the apps that `serve` starts look alike
    theme_choice.asked_theme(os.environ)
    if context.invoked_subcommand is None:
        from bertft_tui.tui.cli.window import open_usual

        open_usual(db)


def run() -> int:
    """Do what the words of the command line say; return the exit code. Raises BertftError."""
    try:
        return app(standalone_mode=False) or 0  # else typer prints the wrong words as they are, escapes and all
    except _UsageError as error:
        return _say_usage(error)
    except typer.Abort:
        return 1


def _say_usage(error: Any) -> int:
    """Print what is wrong with the words of the command line; return the exit code."""
    from bertft_tui.tui.cli.output import tell

    said = StringIO()
    error.show(said)
    for line in said.getvalue().splitlines():
        tell(line)
    return int(error.exit_code)
