"""What the commands share: their options, and the store that they name."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from bertft_tui.core.forking import NO_WARM

if TYPE_CHECKING:
    from bertft_tui.core.paths import StorePath
    from bertft_tui.core.store.database import Database

Db = Annotated[
    str | None,
    typer.Option("--db", metavar="URL", help="The store: a path or a SQLite URL (or BERTFT_DB).", show_default=False),
]


def _keep_cold(asked: bool) -> None:
    """Let what is launched from here start cold, by whichever scheduler."""
    if asked:
        os.environ[NO_WARM] = "1"


NoWarm = Annotated[
    bool,
    typer.Option(
        "--no-warm",
        callback=_keep_cold,
        help="Before a command, or with `run` and `demo`: start each run in a process of its own from the beginning "
        "(or BERTFT_NO_WARM=1; BERTFT_NO_WARM=0 does not, whatever the settings say).",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def readable(text: str) -> str:
    """Make a word of the command line text: bytes that are not UTF-8 become question marks."""
    return text.encode("utf-8", "replace").decode()


Run = Annotated[str, typer.Argument(metavar="RUN", parser=readable, help="An id, a unique prefix of one, or a name.")]
Runs = Annotated[
    list[str], typer.Argument(metavar="RUN...", parser=readable, help="Ids, unique prefixes of ids, or names.")
]
PresetName = Annotated[
    str | None, typer.Option("--preset", metavar="P", help="Start from a preset; `presets` lists them.")
]


def open_store(context: typer.Context, named: str | None) -> "Database":
    """Open the store that `--db` names, before or after the command; else the usual one. Raises StoreError."""
    from bertft_tui.core.store.database import Database

    return Database.open(find_store(context, named))


def find_store(context: typer.Context, named: str | None) -> "StorePath":
    """Say where the store is that the command is about; of an example it is a copy. Raises StoreError."""
    from bertft_tui.core.paths import resolve_store

    asked = resolve_store(named or context.obj)
    if not asked.is_example:
        return asked
    from bertft_tui.core.store.example import usable

    path = usable(asked)
    if context.parent is not None:  # the app itself says it on its own screen
        from bertft_tui.tui.cli.output import tell

        tell(f"Note: {asked.file.name} stays as it is; this is about your copy, {path.file}.")
    return path
