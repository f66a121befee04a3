"""Commands that put data and trained models to use: look at data, classify texts, evaluate again."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bertft_tui.tui.cli.options import Db, Json, Run, open_store, readable

commands = typer.Typer()

Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.FIELD=VALUE", help="One setting, over the others. May be repeated."),
]
Device = Annotated[
    str | None, typer.Option("--device", metavar="D", help="auto, cpu, mps or cuda:N; else the run's own setting.")
]


#: What `--output` writes.
_KINDS = (
    ".jsonl and .parquet as it is; .csv and .tsv with an apostrophe before texts that a spreadsheet would run as a "
    "formula (those that begin with =, +, -, @)."
)


@commands.command()
def data(
    dataset: Annotated[
        str,
        typer.Argument(metavar="DATASET", parser=readable, help="As data.dataset: a file, folder or Hub id."),
    ],
    others: Annotated[list[str] | None, typer.Argument(hidden=True, metavar=" ", parser=readable)] = None,
    preset: Annotated[
        str | None, typer.Option("--preset", metavar="P", help="Take the other settings from a preset.")
    ] = None,
    settings: Settings = None,
    as_json: Json = False,
) -> None:
    """Look at data before training: splits, columns, labels, lengths, what one row becomes as tokens."""
    from bertft_tui.tui.cli.data import print_data, refuse_several

    refuse_several(dataset, others or [])
    print_data(dataset, preset, settings or [], as_json=as_json)


@commands.command()
def predict(
    context: typer.Context,
    name: Run,
    *,
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]...", parser=readable, help="Texts; `-` reads lines.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="F", help="Texts in a file: as data.dataset, or .txt."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="O", help=f"Write them: {_KINDS}"),
    ] = None,
    temperature: Annotated[
        str | None,
        typer.Option("--temperature", metavar="T", parser=readable, help="Divide logits: a number, or `fitted`."),
    ] = None,
    settings: Settings = None,
    device: Device = None,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Classify texts with a run's best checkpoint."""
    from bertft_tui.tui.cli.scoring import print_predictions

    where: dict[str, Any] = {"settings": settings or [], "device": device, "as_json": as_json}
    with open_store(context, db) as store:
        print_predictions(store, name, texts or [], file, output, temperature=temperature, **where)


@commands.command()
def evaluate(
    context: typer.Context,
    name: Run,
    *,
    dataset: Annotated[
        str | None, typer.Option("--dataset", metavar="D", parser=readable, help="Other data than the run's own.")
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", metavar="S", parser=readable, help="Which split; else the test split.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="O", help=f"Write each row: {_KINDS}"),
    ] = None,
    settings: Settings = None,
    device: Device = None,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Score a run's best checkpoint on its test split, or on other data."""
    from bertft_tui.tui.cli.scoring import print_evaluation

    where: dict[str, Any] = {"settings": settings or [], "device": device, "as_json": as_json}
    with open_store(context, db) as store:
        print_evaluation(store, name, dataset, split, output, **where)
