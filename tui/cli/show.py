"""Commands that look at runs."""

from typing import Annotated

import typer

from bertft_tui.tui.cli.options import Db, Json, Run, open_store

commands = typer.Typer()


@commands.command("list")
def list_command(
    context: typer.Context,
    *,
    sort: Annotated[
        str | None,
        typer.Option("--sort", metavar="FIELD", help="A column, a metric (its best value) or a setting."),
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="Show so many at most.")] = None,
    trash: Annotated[
        bool, typer.Option("--trash", help="Those in the trash, with the disk space they hold.")
    ] = False,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """List runs, newest first unless sorted."""
    from bertft_tui.tui.cli.listing import print_list
    from bertft_tui.tui.cli.trash import print_trash

    if trash and sort:
        raise typer.BadParameter("--trash and --sort exclude each other.")
    with open_store(context, db) as store:
        if trash:
            print_trash(store, limit=limit, as_json=as_json)
            return
        print_list(store, sort=sort, limit=limit, as_json=as_json)


@commands.command()
def show(context: typer.Context, name: Run, as_json: Json = False, db: Db = None) -> None:
    """Show everything about one run."""
    from bertft_tui.tui.cli.showing import print_run

    with open_store(context, db) as store:
        print_run(store, name, as_json=as_json)


@commands.command()
def metrics(
    context: typer.Context,
    name: Run,
    metric: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Show the points of this metric; `accuracy` will do.")
    ] = None,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Show the metrics of a run with last and best value, or the points of one."""
    from bertft_tui.tui.cli.showing import print_metrics

    with open_store(context, db) as store:
        print_metrics(store, name, metric, as_json=as_json)


@commands.command()
def logs(
    context: typer.Context,
    name: Run,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run ends.")] = False,
    db: Db = None,
) -> None:
    """Print what a run's process printed."""
    from bertft_tui.tui.cli.logs import print_log

    with open_store(context, db) as store:
        print_log(store, name, follow=follow)
