"""Commands about settings, devices, the queue and the installation."""

from pathlib import Path
from typing import Annotated

import typer

from bertft_tui.core.store.status import Where
from bertft_tui.tui.cli.options import Db, Json, PresetName, find_store, open_store, readable

commands = typer.Typer()


@commands.command()
def config(preset: PresetName = None, as_json: Json = False) -> None:
    """Print every setting with its sentence, as TOML that `run` takes."""
    from bertft_tui.core.config import RunConfig
    from bertft_tui.core.config_file import to_toml
    from bertft_tui.core.presets import preset as find_preset
    from bertft_tui.tui.cli.output import print_json

    chosen = find_preset(preset).config if preset is not None else RunConfig()
    if as_json:
        print_json(chosen.model_dump(mode="json"))
    else:
        print(to_toml(chosen), end="")


@commands.command()
def presets(as_json: Json = False) -> None:
    """List the presets, those of one's own last."""
    from bertft_tui.core.presets import all_presets
    from bertft_tui.tui.cli.output import print_json, print_table

    rows = all_presets().values()
    if as_json:
        print_json([{"name": p.name, "description": p.description, "config": p.config.model_dump()} for p in rows])
    else:
        print_table(("preset", "what it is"), [(p.name, p.description) for p in rows])


@commands.command()
def serve(
    context: typer.Context,
    *,
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", parser=readable, help="The address of this machine to listen on.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help="The port to listen on.")] = 8000,
    db: Db = None,
) -> None:
    """Show the app in a browser: one for each tab, over the same store."""
    from bertft_tui.tui.cli.serving import serve_app

    with open_store(context, db) as store:
        serve_app(store, host, port)


@commands.command()
def devices(as_json: Json = False) -> None:
    """List the devices that runs can be given."""
    from bertft_tui.tui.cli.devices import print_devices

    print_devices(as_json=as_json)


@commands.command()
def queue(
    context: typer.Context,
    *,
    reason: Annotated[
        str, typer.Argument(metavar="[REASON]", parser=readable, help="With --pause: why.", show_default=False)
    ] = "",
    pause: Annotated[bool, typer.Option("--pause", help="Start no more runs; those under way go on.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Let queued runs start again.")] = False,
    move: Annotated[
        tuple[str, Where] | None,
        typer.Option("--move", metavar="RUN WHERE", help="Move a waiting run: up, down, first or last."),
    ] = None,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Show the queue and why each run waits; pause it, let it go on, or change its order."""
    from bertft_tui.tui.cli.queue import change_queue, move_in_queue, print_queue

    if pause and resume:
        raise typer.BadParameter("--pause and --resume exclude each other.")
    if reason and not pause:
        raise typer.BadParameter("a reason goes with --pause.")
    with open_store(context, db) as store:
        if pause or resume:
            change_queue(store, pause=pause, reason=reason)
        if move is not None:
            move_in_queue(store, readable(move[0]), move[1])
        print_queue(store, as_json=as_json)


@commands.command()
def doctor(
    context: typer.Context,
    *,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the store again from its run directories and newest whole backup.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="With --rebuild: also when the store is whole.")] = False,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Check the installation and the store, or make the store again."""
    if force and not rebuild:
        raise typer.BadParameter("--force goes with --rebuild.")
    path = find_store(context, db)
    if rebuild:
        from bertft_tui.tui.cli.backup import rebuild_store

        rebuild_store(path, force=force, as_json=as_json)
        return
    from bertft_tui.tui.cli.doctor import examine

    raise typer.Exit(examine(path, as_json=as_json))


@commands.command()
def backup(
    context: typer.Context,
    *,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; else beside the store, with the date.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Copy the store, whole, while it is in use."""
    from bertft_tui.tui.cli.backup import back_up_store

    with open_store(context, db) as store:
        back_up_store(store.path, file, force=force, as_json=as_json)
