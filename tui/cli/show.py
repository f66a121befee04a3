"""Commands that look at runs."""

from typing import TYPE_CHECKING, Annotated, cast

import typer

from bertft_tui.tui.cli.options import Db, Json, Run, open_store, readable

if TYPE_CHECKING:
    from bertft_tui.tui.cli.compare import Kind

commands = typer.Typer()


#: What `list --help` says behind the options. `\b`: the lines below stay as they are.
_FILTERS = """\b
Filters, in quotes for the shell:
  list --where 'accuracy>0.9 model:bert -tag:bad' --sort accuracy
  list --where 'status:failed OR status:lost' --sort age
  list --where 'learning_rate<=3e-5 age<2d' --csv > runs.csv

\b
Terms side by side must all match; OR, NOT, - and parentheses do what they say.
A term is a word (in name, id, experiment, tags, note, model or data), or a field:
  columns   status name tag note experiment age created duration device ...
  settings  learning_rate, data.train_size, model, ... (`config` prints them all)
  metrics   accuracy, eval_loss: the best value; last.eval_loss: the last
  with      : contains or is   = is   != is not   < <= > >=   ~ pattern
  values    0.9 3e-5 1k 90%   30s 10m 2d   2026-11-01 today   "two words"
"""


@commands.command("list", epilog=_FILTERS)
def list_command(
    context: typer.Context,
    *,
    where: Annotated[
        str, typer.Option("--where", metavar="Q", parser=readable, help="Only runs that match; see below.")
    ] = "",
    sort: Annotated[
        str,
        typer.Option(
            "--sort",
            metavar="FIELD",
            parser=readable,
            help="A column or setting upwards, a metric (its best value) better first.",
        ),
    ] = "",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="Show so many at most.")] = None,
    trash: Annotated[
        bool, typer.Option("--trash", help="Those in the trash, with the disk space they hold.")
    ] = False,
    as_json: Json = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print CSV: every setting and every metric is a column.")
    ] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print the table in Markdown.")] = False,
    db: Db = None,
) -> None:
    """List runs, newest first unless sorted."""
    from bertft_tui.core.store.selecting import Selection
    from bertft_tui.tui.cli.listing import Form, print_list
    from bertft_tui.tui.cli.trash import print_trash

    if as_json + as_csv + as_markdown > 1:
        raise typer.BadParameter("--json, --csv and --markdown exclude each other.")
    form: Form = "json" if as_json else "csv" if as_csv else "markdown" if as_markdown else "table"
    selection = Selection(where=where, sort=sort, reverse=reverse, limit=limit, trashed=trash)
    with open_store(context, db) as store:
        (print_trash if trash else print_list)(store, selection, form)


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
def compare(
    context: typer.Context,
    *,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN]...", parser=readable, help="Ids, unique prefixes of ids, or names."),
    ] = None,
    where: Annotated[
        str, typer.Option("--where", metavar="Q", parser=readable, help="Also the runs that match, as in `list`.")
    ] = "",
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="RUN", parser=readable, help="The run to hold the others against."),
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option("--metric", metavar="M", parser=readable, help="What to compare by; `accuracy` will do."),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            "--margin", metavar="D", min=0, help="Differences up to D are a tie: 0.01, a point, unless set."
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show the settings that are the same too.")] = False,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, a row a run, with all digits.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print a table in Markdown.")] = False,
    as_latex: Annotated[bool, typer.Option("--latex", help="Print a table in LaTeX (booktabs).")] = False,
    db: Db = None,
) -> None:
    """Compare two to twenty runs: settings that differ, best values, and whether they differ from a baseline's."""
    from bertft_tui.tui.cli.compare import print_comparison

    asked = {"json": as_json, "csv": as_csv, "markdown": as_markdown, "latex": as_latex}
    kinds = [kind for kind, wanted in asked.items() if wanted] or ["table"]
    if len(kinds) > 1:
        raise typer.BadParameter(f"--{kinds[0]} and --{kinds[1]} exclude each other.")
    with open_store(context, db) as store:
        kind = cast("Kind", kinds[0])
        print_comparison(
            store, names or [], where, baseline=baseline, metric=metric, kind=kind, same=every, margin=margin
        )


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
