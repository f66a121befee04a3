"""Commands that look at many runs as one thing: a curve over sizes, a family, what is worth its time."""

from typing import Annotated

import typer

from bertft_tui.tui.cli.options import Db, Json, open_store, readable

commands = typer.Typer()

_Where = Annotated[
    str, typer.Option("--where", metavar="Q", parser=readable, help="Only runs that match, as in `list`.")
]
_Metric = Annotated[
    str | None,
    typer.Option("--metric", metavar="M", parser=readable, help="What to look at; without it, each run's own."),
]


@commands.command("learning-curve")
def learning_curve(
    context: typer.Context,
    *,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN]...", parser=readable, help="Runs whose recipes are meant; without any, all."),
    ] = None,
    experiment: Annotated[
        str | None, typer.Option("--experiment", metavar="E", parser=readable, help="Only runs of this group.")
    ] = None,
    where: _Where = "",
    metric: _Metric = None,
    at: Annotated[
        int | None, typer.Option("--at", metavar="N", min=1, help="Foretell so many rows; else the whole set.")
    ] = None,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Show how a recipe grows with its training rows, and what more of them would bring and cost (`run --sizes`)."""
    from bertft_tui.tui.cli.learning import print_curves

    with open_store(context, db) as store:
        print_curves(store, names or [], where, experiment, metric=metric, at=at, as_json=as_json)


@commands.command()
def lineage(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", parser=readable, help="A run whose family is meant; without it, all."),
    ] = None,
    metric: _Metric = None,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Show what was made from what, with what each step changed and whether it helped."""
    from bertft_tui.tui.cli.lineage import print_lineage

    with open_store(context, db) as store:
        print_lineage(store, name, metric=metric, as_json=as_json)


@commands.command()
def pareto(
    context: typer.Context, where: _Where = "", metric: _Metric = None, as_json: Json = False, db: Db = None
) -> None:
    """Show what finished runs took for what they reached, and which of them no other beats in both."""
    from bertft_tui.tui.cli.pareto import print_pareto

    with open_store(context, db) as store:
        print_pareto(store, where, metric=metric, as_json=as_json)
