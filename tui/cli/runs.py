"""Commands that start runs and ask something of them."""

from pathlib import Path
from typing import Annotated

import typer

from bertft_tui.tui.cli.options import Db, Json, NoWarm, PresetName, Runs, open_store, readable

commands = typer.Typer()


@commands.command()
def demo(
    context: typer.Context,
    headless: Annotated[bool, typer.Option("--headless", help="Show the progress here, without the app.")] = False,
    no_warm: NoWarm = False,
    db: Db = None,
) -> None:
    """Train a real BERT (MiniLM) on BBC News, offline, and watch it."""
    from bertft_tui.core.store.new_runs import Said
    from bertft_tui.tui.cli import launch
    from bertft_tui.tui.cli.output import tell
    from bertft_tui.tui.cli.window import has_terminal, open_app

    if not headless and not has_terminal():
        tell("There is no terminal for the app: the progress is shown here.")
        headless = True
    grid = launch.build_grid(None, "demo", [])
    checks = launch.check(grid)
    with open_store(context, db) as store:
        run_ids = launch.enqueue(store, grid, checks, Said("demo"))
        if headless:
            raise typer.Exit(launch.wait_for(store, run_ids))
        open_app(store, highlight=run_ids[0])


@commands.command()
def run(
    context: typer.Context,
    *,
    config: Annotated[
        Path | None, typer.Argument(metavar="[CONFIG.toml]", help="Settings; those it names lie over the preset's.")
    ] = None,
    preset: PresetName = None,
    origin: Annotated[
        str | None,
        typer.Option("--from", metavar="RUN", parser=readable, help="Start from this run's settings: its child."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="SECTION.FIELD=VALUE",
            help="One setting, over the file's; 1e-5,3e-5 makes a run for each value. May be repeated.",
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", metavar="N", min=1, help="The same with N seeds, from the one that is set upwards."),
    ] = None,
    sizes: Annotated[
        str,
        typer.Option(
            "--sizes", metavar="N,N,…", parser=readable, help="The same on so many training rows each: 250,1000,all."
        ),
    ] = "",
    name: Annotated[
        str | None, typer.Option("--name", metavar="N", parser=readable, help="What the run is called.")
    ] = None,
    experiment: Annotated[
        str | None,
        typer.Option("--experiment", metavar="E", parser=readable, help="The group that the run belongs to."),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", parser=readable, help="A note on the run.")] = "",
    tags: Annotated[
        list[str] | None, typer.Option("--tag", metavar="T", parser=readable, help="A tag. May be repeated.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Show progress until the run ends.")] = False,
    no_warm: NoWarm = False,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Put a run into the queue, or with lists of values several; a scheduler starts each when a device is free."""
    from bertft_tui.core.store import queries
    from bertft_tui.core.store.commands import tags_in
    from bertft_tui.core.store.new_runs import Said
    from bertft_tui.tui.cli import launch

    if preset is not None and origin is not None:
        raise typer.BadParameter("--preset and --from exclude each other.")
    parent = None
    if origin is not None:
        with open_store(context, db) as store:
            parent = queries.find_run(store, origin)
    grid = launch.build_grid(config, preset, settings or [], parent, seeds=seeds, sizes=sizes)
    checks = launch.check(grid)
    said = Said(name, experiment, note, tags_in(" ".join(tags or [])))
    with open_store(context, db) as store:
        run_ids = launch.enqueue(store, grid, checks, said, parent=parent)
        code = launch.wait_for(store, run_ids, quiet=as_json) if wait else 0
        launch.report(store, run_ids, as_json=as_json, waited=wait)
    raise typer.Exit(code)


@commands.command()
def stop(context: typer.Context, names: Runs, as_json: Json = False, db: Db = None) -> None:
    """Stop runs; each saves a checkpoint and can be resumed. One that has not begun to train is cancelled."""
    _ask(context, "stop", names, as_json, db)


@commands.command()
def cancel(context: typer.Context, names: Runs, as_json: Json = False, db: Db = None) -> None:
    """Cancel runs; nothing is saved."""
    _ask(context, "cancel", names, as_json, db)


@commands.command()
def resume(context: typer.Context, names: Runs, as_json: Json = False, db: Db = None) -> None:
    """Go on with stopped, failed or lost runs from their newest whole checkpoint. `run --from` changes settings."""
    _ask(context, "resume", names, as_json, db)


def _ask(context: typer.Context, kind: str, names: list[str], as_json: bool, db: str | None) -> None:
    from bertft_tui.core.store.status import Request
    from bertft_tui.tui.cli.requests import ask

    with open_store(context, db) as store:
        ask(store, Request(kind), names, as_json=as_json)
