"""`list` with a filter, an order and a form: on a real store, in this process."""

import csv
import json
from collections.abc import Callable
from io import StringIO

import pytest
from acted_runs import DEMO, ActedRun
from command_lab import Answer

from bertft_tui.core.store import commands, trash
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli import output
from bertft_tui.tui.cli.tables import print_csv, print_markdown

Cli = Callable[..., Answer]

LONG, SHORT, STOPPED = "learning_rate 3e-5, four epochs", "tutorial", "max_length 256"


@pytest.fixture
def runs(store: Database) -> list[ActedRun]:
    """Three runs that have ended, the newest stopped without a figure."""
    slow = DEMO.with_settings({"training.learning_rate": 3e-5})
    long = DEMO.with_settings({"data.max_length": 256})
    return [
        ActedRun(store, SHORT).start().evaluate(38, 0.9).evaluate(76, 0.94).finish(),
        ActedRun(store, LONG, slow).start().evaluate(38, 0.92).evaluate(76, 0.955).finish(),
        ActedRun(store, STOPPED, long).start().say("stopped"),
    ]


def names(cli: Cli, *options: str) -> list[str]:
    """The names that a list shows."""
    answer = cli("list", "--json", *options)
    assert (answer.code, answer.err) == (0, "")
    return [run["name"] for run in json.loads(answer.out)]


def test_a_list_is_filtered_and_sorted(cli: Cli, store: Database, runs: list[ActedRun]) -> None:
    """Only what matches, in the order asked for; it is said how many match, of how many."""
    assert names(cli, "--where", "status:finished accuracy>0.9", "--sort", "accuracy") == [LONG, SHORT]
    assert names(cli, "--where", "status:finished", "--sort", "accuracy", "--reverse") == [SHORT, LONG]
    assert names(cli, "--where", "lr<1e-4 OR max_length=256", "--sort", "name") == [LONG, STOPPED]
    assert names(cli, "--reverse", "--limit", "1") == [SHORT]
    assert "3 of 3 runs match, 2 are shown." in cli("list", "--where", "age<1d", "--limit", "2").err
    nothing = cli("list", "--where", "tag:none")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "0 of 3 runs match.\n")
    trash.throw_away(store, [runs[0].id, runs[1].id])
    assert names(cli, "--trash", "--where", "lr<1e-4") == [LONG]
    assert names(cli, "--trash", "--sort", "accuracy") == [LONG, SHORT]
    assert "1 of 2 runs match." in cli("list", "--trash", "--where", "lr<1e-4").err


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--where", "status:finnished a"], "  status:finnished a\n         ^^^^^^^^^\n  status is never"),
        (["--where", "wörd 日本 acuracy>1"], "  wörd 日本 acuracy>1\n            ^^^^^^^\n"),
        (["--where", "(a"], "Error: This filter is not finished\n  (a\n  ^\n"),
        (["--where", "a AND"], "  a AND\n    ^^^\n"),
        (["--sort", "acuracy"], "  acuracy\n  ^^^^^^^\n  No field is called 'acuracy'.\n  Did you mean 'accuracy'?"),
        (["--where", "x " * 45 + "loss>z " + "y " * 45], "x x loss>z y y"),
        (["--trash", "--where", "\x1b[31m:1"], "  ␛[31m:1\n  ^^^^^\n"),
    ],
)
def test_carets_stand_under_what_is_wrong(cli: Cli, options: list[str], shown: str) -> None:
    """With the sentence, what is meant instead, and exit code 2; wide letters shift them, long filters are cut."""
    answer = cli("list", *options)
    assert (answer.code, answer.out) == (2, "")
    assert shown in answer.err
    assert "\x1b" not in answer.err
    assert max(map(len, answer.err.splitlines())) < 90


def test_markdown_and_csv(cli: Cli, store: Database) -> None:
    """The table in Markdown; in CSV every setting and metric, with nothing that a spreadsheet would run."""
    run = ActedRun(store, "a|b *c* learning_rate").start().train(2).evaluate(38, 0.94).finish()
    commands.annotate(store, run.id, tags=["=1+1", "x"], note="two\nlines, \x1b[31mred")
    table = cli("list", "--markdown", "--sort", "f1").out.splitlines()
    assert table[0] == "| id | status | name | best | epoch | duration | created | f1 |"
    assert table[1].count("---") == 8
    assert r"| a\|b \*c\* learning_rate |" in table[2]
    answer = cli("list", "--csv")
    assert (answer.code, answer.err) == (0, "")
    (row,) = csv.DictReader(StringIO(answer.out))
    assert (row["id"], row["tags"], row["status"]) == (run.id, "'=1+1 x", "finished")
    assert row["note"] == "two lines, ␛[31mred"
    assert (row["training.learning_rate"], row["eval_accuracy"], row["model.lora_r"]) == ("2e-4", "0.94", "")
    assert (row["batch_size"], row["training.per_device_train_batch_size"]) == ("8", "auto")
    assert float(row["last.loss"]) > 0
    trash.throw_away(store, [run.id])
    (row,) = csv.DictReader(StringIO(cli("list", "--trash", "--csv").out))
    assert int(row["bytes"]) >= 0
    assert row["trashed_at"].endswith("Z")
    assert cli("list", "--trash", "--markdown").out.startswith("| id | status | name | on disk | deleted |")
    assert cli("list", "--csv", "--json").code == 2
    assert cli("list", "--csv").out.startswith("id,name,status")


def test_cells_of_tables(capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers keep their digits, formulas get an apostrophe, negative numbers none."""
    print_csv(["=h", "n"], [["-1.5", 1e-5], ["-x", float("nan")], ["@a", None], ["\tb", True]])
    assert capsys.readouterr().out == "'=h,n\n-1.5,1e-5\n'-x,nan\n'@a,\n b,true\n"
    print_markdown(["_a_", "b"], [["a_b", "<i>[x]"]], right=["b"])
    assert capsys.readouterr().out == "| \\_a\\_ | b |\n|---|---:|\n| a_b | \\<i>\\[x\\] |\n"


@pytest.mark.usefixtures("runs")
def test_columns_give_way_in_a_narrow_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal columns leave before names are cut, and no line is longer than it; what is left out is said."""
    monkeypatch.setattr(output, "_is_terminal", lambda: True)
    for columns, left_out in ((200, []), (80, ["created"]), (50, ["created", "duration", "epoch", "status"])):
        monkeypatch.setenv("COLUMNS", str(columns))
        answer = cli("list")
        lines = [line.rstrip() for line in answer.out.splitlines()]
        assert max(map(len, lines)) <= columns
        assert set(left_out).isdisjoint(lines[0].split())
        assert (f"Not shown at this width: {', '.join(left_out)}" in answer.err) == bool(left_out)
        assert (LONG in answer.out) == (columns > 50)
        assert "accuracy 0.955†" in answer.out


def test_the_help_shows_how_to_filter(cli: Cli) -> None:
    """Examples that work, and every operator."""
    shown = cli("list", "--help").out
    for line in shown.splitlines():
        if line.strip().startswith("list --where '"):
            assert cli("list", "--where", line.split("'")[1]).code == 0
    assert all(sign in shown for sign in (">=", "!=", "~", "OR", "NOT"))
