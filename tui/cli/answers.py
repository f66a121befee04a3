"""Commands that ask what a run's predictions mean."""

import typer

from bertft_tui.tui.cli.options import Db, Json, Run, open_store

commands = typer.Typer()


@commands.command()
def report(context: typer.Context, name: Run, as_json: Json = False, db: Db = None) -> None:
    """Show what a run makes of each class: confusion, precision, recall, F1, and how far its probabilities hold."""
    from bertft_tui.tui.cli.report import print_report

    with open_store(context, db) as store:
        print_report(store, name, as_json=as_json)
