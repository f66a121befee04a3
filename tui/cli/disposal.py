"""Commands that put runs away, bring them back, or end them for good."""

from typing import Annotated

import typer

from bertft_tui.tui.cli.options import Db, Json, Runs, open_store, readable

commands = typer.Typer()


@commands.command()
def delete(context: typer.Context, names: Runs, as_json: Json = False, db: Db = None) -> None:
    """Move runs into the trash; their files stay, and `restore` takes them out."""
    from bertft_tui.tui.cli.trash import delete_runs

    with open_store(context, db) as store:
        delete_runs(store, names, as_json=as_json)


@commands.command()
def restore(context: typer.Context, names: Runs, as_json: Json = False, db: Db = None) -> None:
    """Take runs out of the trash."""
    from bertft_tui.tui.cli.trash import restore_runs

    with open_store(context, db) as store:
        restore_runs(store, names, as_json=as_json)


@commands.command()
def purge(
    context: typer.Context,
    *,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN]...", parser=readable, help="Which; without one, all."),
    ] = None,
    optimizer: Annotated[
        bool,
        typer.Option("--optimizer", help="Of finished runs, only the optimizer's state; the model stays."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Remove runs in the trash for good, with their files. Asks first; cannot be undone."""
    from bertft_tui.tui.cli.trash import purge_optimizers, purge_runs

    with open_store(context, db) as store:
        act = purge_optimizers if optimizer else purge_runs
        raise typer.Exit(act(store, names or [], yes=yes, as_json=as_json))
