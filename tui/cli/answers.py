"""Commands that ask what a run's predictions mean."""

from typing import Annotated

import typer

from bertft_tui.core.analysis.examples import EVERY
from bertft_tui.tui.cli.options import Db, Json, Run, open_store, readable

commands = typer.Typer()

Tested = Annotated[bool, typer.Option("--test", help="Of the test split, as `evaluate` scored it last.")]


@commands.command()
def report(context: typer.Context, name: Run, tested: Tested = False, as_json: Json = False, db: Db = None) -> None:
    """Show what a run makes of each class: confusion, precision, recall, F1, and how far its probabilities hold."""
    from bertft_tui.tui.cli.report import print_report

    with open_store(context, db) as store:
        print_report(store, name, tested=tested, as_json=as_json)


@commands.command()
def examples(
    context: typer.Context,
    *,
    name: Run,
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", parser=readable, help="Another run on the same texts.")
    ] = None,
    which: Annotated[
        str, typer.Option("--which", metavar="W", parser=readable, help=f"{', '.join(EVERY)}; A is RUN, B is OTHER.")
    ] = "wrong",
    label: Annotated[
        str | None,
        typer.Option("--label", metavar="NAME", parser=readable, help="Only those that have it or were given it."),
    ] = None,
    search: Annotated[
        str, typer.Option("--search", metavar="TEXT", parser=readable, help="Only texts that hold these words.")
    ] = "",
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="So many at most; else 20, with --json all.")
    ] = None,
    tested: Tested = False,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Show evaluation texts that a run gets wrong, surest mistakes first; of two runs, who is right where."""
    from bertft_tui.tui.cli.examples import Asked, print_examples

    if which not in EVERY:
        raise typer.BadParameter(f"--which is one of {', '.join(EVERY)}.")
    asked = Asked(which, label, search, limit, tested)
    with open_store(context, db) as store:
        print_examples(store, name, other, asked, as_json=as_json)
