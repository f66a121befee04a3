"""Commands that look: lists, one run, its metrics and its log, the queue; on a real store without processes."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acted_runs import DEMO, ActedRun, table_of_runs
from command_lab import Answer

from bertft_tui.core.errors import Problem
from bertft_tui.core.paths import resolve_store
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.scheduling.scoring import Evaluated, Predicted
from bertft_tui.core.store import commands, ledger, queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request
from bertft_tui.tui.cli import launch, scoring
from bertft_tui.tui.cli.documents import number, plain, utc

Cli = Callable[..., Answer]

pytestmark = pytest.mark.usefixtures("living")

RUN_KEYS = [
    "id", "name", "status", "phase", "phase_detail", "experiment", "tags", "note", "config",
    "created_at", "started_at", "ended_at", "duration_seconds", "step", "max_steps", "epoch", "metrics", "directory",
    "trashed_at", "problem_type", "labels", "adjustments", "not_finite_step",
    "diverged_step", "error",
]  # fmt: skip
RUN_PARTS = [
    "intervals",
    "events",
    "checkpoints",
    "environment",
    "vitals",
    "attempts",
    "requests",
    "evaluations",
    "verdict",
]
ATTEMPT_KEYS = [
    "number", "started_at", "ended_at", "pid", "host", "device", "outcome", "exit_code", "exit_signal",
    "adjustments",
]  # fmt: skip


def read(answer: Answer) -> Any:
    """Read a JSON document; nothing but it stands on stdout, and nothing went wrong."""
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out, parse_constant=pytest.fail)


def test_list_shows_every_run_newest_first(cli: Cli, store: Database) -> None:
    """The document has the keys that are promised, in JSON that any reader takes."""
    runs = table_of_runs(store)
    commands.annotate(store, runs[0].id, note="the first", tags=["base"])
    listed = read(cli("list", "--json"))
    assert [run["id"] for run in listed] == [run.id for run in reversed(runs)]
    assert list(listed[0]) == RUN_KEYS
    first = listed[-1]
    assert (first["status"], first["note"], first["tags"]) == ("finished", "the first", ["base"])
    assert first["created_at"].endswith("Z")
    assert first["config"]["training"]["learning_rate"] == 2e-4
    accuracy = first["metrics"]["eval_accuracy"]
    assert (round(accuracy.pop("low"), 4), round(accuracy.pop("high"), 4)) == (0.8981, 0.9653)
    assert accuracy == {"last": 0.94, "best": 0.94, "best_step": 76, "best_epoch": 2.0, "count": 2, "selected": True}
    failed = next(run for run in listed if run["status"] == "failed")
    assert failed["error"]["title"] == "The loss is not a number"
    assert [run["id"] for run in read(cli("list", "--limit", "2", "--json"))] == [run.id for run in runs[:-3:-1]]


def test_show_says_what_number_is_learnt(cli: Cli, store: Database) -> None:
    """A run that learns a number has no list of labels, but the name of the number."""
    run = ActedRun(store, "stars").start()
    run.say("plan", max_steps=9, train_rows=8, eval_rows=2, labels=["score"], problem_type="regression")
    assert "8 texts to train on, 2 to evaluate; a number: score" in cli("show", "stars").out


def test_numbers_have_no_column_of_probabilities(capsys: pytest.CaptureFixture[str]) -> None:
    """What a regression predicts is a number and a text, and no empty column between them."""
    rows: list[dict[str, Any]] = [{"text": "a film", "predicted": 0.5, "probabilities": {}}]
    scoring._print_rows(Predicted(step=1, rows=1, rows_shown=rows))
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["predicted", "text"],
        ["0.500", "a", "film"],
    ]


def test_list_prints_whole_names(cli: Cli, store: Database) -> None:
    """The table cuts nothing, whatever the width of the terminal."""
    name = "a name that is longer than " + "any terminal is wide " * 7
    ActedRun(store, name.strip()).start().train().finish()
    answer = cli("list")
    assert answer.code == 0
    assert name.strip() in answer.out
    assert "accuracy 0.940" in answer.out


def test_list_sorts_by_metric_column_and_setting(cli: Cli, store: Database) -> None:
    """A metric sorts best first, all else upwards; runs without a value come last."""
    low, high = ActedRun(store, "b").start().train(best=0.8).finish(), ActedRun(store, "a").start().train().finish()
    none = ActedRun(store, "c", queries.get_run(store, low.id).config.with_settings({"data.train_size": "all"}))

    def order(field: str) -> list[str]:
        return [run["id"] for run in read(cli("list", "--sort", field, "--json"))]

    assert order("accuracy") == order("eval_accuracy") == [high.id, low.id, none.id]
    assert order("eval_loss") == [high.id, low.id, none.id]
    assert order("name") == [high.id, low.id, none.id]
    assert order("train_size")[-1] == none.id
    assert order("created_at") == [low.id, high.id, none.id]
    assert "eval_loss" in cli("list", "--sort", "eval_loss").out.splitlines()[0]


def test_a_list_sorted_by_a_metric_marks_what_was_selected(cli: Cli, store: Database) -> None:
    """The column of the metric has the mark of the best of several; the learning rate has none."""
    ActedRun(store, "one").start().train().finish()
    answer = cli("list", "--sort", "f1")
    assert answer.out.splitlines()[1].endswith("0.936†")
    assert "selected on this set" in answer.err
    assert cli("list", "--sort", "learning_rate").out.count("†") == 1


def test_a_ranking_marks_what_was_scored_on_other_texts(cli: Cli, store: Database) -> None:
    """Sorted by a metric, a run on other data has a mark, which is explained; by name there is no ranking."""
    ActedRun(store, "here").start().train().finish()
    ActedRun(store, "there", DEMO.with_settings({"data.dataset": "other"})).start().train(best=0.9).finish()
    answer = cli("list", "--sort", "accuracy")
    assert re.search(r"there .*0\.9†≠", answer.out)
    assert answer.out.count("≠") == 1
    assert "≠ scored on other texts or labels than" in answer.err
    assert "≠" not in cli("list", "--sort", "name").out


def test_an_unknown_field_brings_the_nearest(cli: Cli, store: Database) -> None:
    """A typo is answered with the name that was meant."""
    answer = cli("list", "--sort", "acuracy")
    assert answer.code == 2
    assert "Did you mean 'accuracy'" in answer.err


def test_show_has_everything(cli: Cli, store: Database) -> None:
    """The document is that of `list` with events, checkpoints, environment, attempts and requests."""
    run = ActedRun(store, "tutorial").start().train()
    run.say("warning", title="Title", message="Message", hint="Hint").finish()
    shown = read(cli("show", "tutorial", "--json"))
    assert list(shown) == [*RUN_KEYS, *RUN_PARTS]
    assert shown["directory"].endswith(f"experiments-runs/{run.id}")
    assert [list(attempt) for attempt in shown["attempts"]] == [ATTEMPT_KEYS]
    assert shown["environment"]["versions"] == {"torch": "2"}
    assert shown["environment"]["machine"] == {}
    assert shown["vitals"] is None
    assert [point["step"] for point in shown["checkpoints"]] == [38, 76]
    warning = next(event for event in shown["events"] if event["type"] == "warning")
    assert (warning["title"], warning["message"], warning["hint"]) == ("Title", "Message", "Hint")
    text = cli("show", run.id[:5]).out
    for words in ("tutorial", "✓ finished", "training.learning_rate", "eval_accuracy", "cpu (no GPU", "Message"):
        assert words in text


def test_show_says_who_asked_and_when(cli: Cli, store: Database) -> None:
    """A request stands with its time and the name of who made it, and says whether it waits or is closed."""
    run = ActedRun(store, "tutorial").start().train(5)
    commands.request(store, run.id, Request.STOP, by="ada")
    commands.request(store, run.id, Request.CANCEL, by="bob\x1b[2J")
    ledger.close_request(store, ledger.open_requests(store)[0])
    stop, cancel = read(cli("show", "tutorial", "--json"))["requests"]
    assert list(stop) == ["kind", "requested_at", "requested_by", "closed_at"]
    assert (stop["kind"], stop["requested_by"], stop["closed_at"] >= stop["requested_at"]) == ("stop", "ada", True)
    assert (cancel["kind"], cancel["closed_at"]) == ("cancel", None)
    text = cli("show", "tutorial").out
    assert re.search(r"stop +[-\d]+ [:\d]+ +ada +[-\d]+ [:\d]+\n", text)
    assert re.search(r"cancel +[-\d]+ [:\d]+ +bob␛\[2J +waits", text)


def test_a_run_that_nobody_has_is_bad_input(cli: Cli, store: Database) -> None:
    """No run, or several: exit code 2, and what to write instead."""
    first, second = ActedRun(store, "twin"), ActedRun(store, "twin")
    for command in ("show", "metrics", "logs", "stop", "cancel", "resume"):
        answer = cli(command, "twim")
        assert (answer.code, answer.out) == (2, "")
        assert "Did you mean 'twin'?" in answer.err
    several = cli("show", "twin")
    assert several.code == 2
    assert first.id in several.err
    assert second.id in several.err


@pytest.mark.parametrize("name", ["-name", "--json", "--", "-"])
def test_a_name_that_begins_with_a_dash(cli: Cli, store: Database, name: str) -> None:
    """Behind two dashes it is a name; without them no command takes it for a run, and nothing breaks."""
    run = ActedRun(store, name).start().train().finish()
    for command in ("show", "metrics", "logs"):
        assert cli(command, "--", name).code == 0
        assert cli(command, run.id).code == 0
    assert read(cli("show", "--json", "--", name))["id"] == run.id
    if name != "-":
        answer = cli("show", name)
        assert (answer.code, answer.out) == (2, "")
        assert "Traceback" not in answer.err
    assert cli("delete", "--", name).code == 0
    assert read(cli("list", "--json")) == []


def test_a_run_is_called_what_begins_with_a_dash(cli: Cli, store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--name` takes the next word whatever it begins with."""
    monkeypatch.setattr(launch, "check", lambda grid: [*map(Checked, grid.configs)])
    for words in (["--name", "-x"], ["--name=--json"]):
        assert cli("run", *words).code == 0
    assert [run["name"] for run in read(cli("list", "--json"))] == ["--json", "-x"]


def test_the_point_that_its_rows_chose_is_marked(cli: Cli, store: Database) -> None:
    """Among the points of a metric the best of several has the mark, and it is said what it means."""
    ActedRun(store, "whole").start().train().finish()
    out = cli("metrics", "whole", "accuracy").out
    assert next(line.split()[:4] for line in out.splitlines() if "†" in line) == ["76", "2", "0.94", "†"]
    assert "† selected on this set" in out
    assert "†" not in cli("metrics", "whole", "loss").out


def test_metrics_give_summaries_and_points(cli: Cli, store: Database) -> None:
    """All metrics with last and best; with a name the points, NaN as a word."""
    run = ActedRun(store, "curve").start().train(40)
    run.say("metrics", step=41, epoch=1.1, values={"loss": math.nan, "grad_norm": math.inf})
    every = read(cli("metrics", "curve", "--json"))
    assert every["eval_accuracy"]["count"] == 1
    assert every["loss"]["last"] == "NaN"
    assert every["grad_norm"]["last"] == "Infinity"
    one = read(cli("metrics", "curve", "accuracy", "--json"))
    assert (one["name"], one["direction"]) == ("eval_accuracy", "up")
    assert [point["step"] for point in one["points"]] == [38]
    assert one["points"][0]["epoch"] == 1.0
    assert len(read(cli("metrics", "curve", "loss", "--json"))["points"]) == 41
    assert "NaN" in cli("metrics", "curve", "loss").out
    assert "grad_norm" in cli("metrics", "curve").out
    unknown = cli("metrics", "curve", "los")
    assert unknown.code == 2
    assert "Did you mean 'loss'?" in unknown.err


def test_logs_are_printed_and_defused(cli: Cli, store: Database) -> None:
    """The log comes out line by line, without steering bytes and secrets; a rewritten line in its last state."""
    run = ActedRun(store, "talk").start().finish()
    assert "its log is not here" in cli("logs", "talk").err
    log = store.path.run(run.id).log
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"one\n10%\r90%\r100%\n\x1b]52;c;ZXZpbA==\x07\xff\nhttps://me:pw@host\nlast")
    answer = cli("logs", "talk")
    assert answer.out.splitlines()[:2] == ["one", "100%"]
    assert answer.out.endswith("\nhttps://***@host\nlast\n")
    assert "\x1b" not in answer.out
    assert cli("logs", "talk", "--follow").out == answer.out


#: What would steer a terminal, turn a line round, and break rich's markup.
EVIL = "evil\x1b]2;title\x07\x9b31m[red]\u202e [/]"


@pytest.mark.parametrize(
    "command",
    [
        ["list"],
        ["list", "--sort", EVIL],
        ["list", "--trash"],
        ["show", "evil"],
        ["metrics", "evil"],
        ["metrics", "evil", EVIL],
        ["queue"],
        ["show", "nobody"],
        ["doctor"],
        ["delete", "evil"],
        ["purge", "evil"],
        ["purge", "--yes"],
    ],
)
def test_no_foreign_text_steers_the_terminal(cli: Cli, store: Database, command: list[str]) -> None:
    """Names, notes, metrics and errors of a run are cleaned on stdout and stderr, and never read as markup."""
    run = ActedRun(store, "evil").start()
    run.say("warning", title=EVIL, message=EVIL, hint=EVIL).say("metrics", step=1, epoch=0.1, values={EVIL: 0.5})
    commands.annotate(store, run.id, note=EVIL, tags=[EVIL])
    trashed = ActedRun(store, EVIL).start().fail(EVIL, EVIL, EVIL)
    if command[0] in ("list", "queue", "delete"):
        commands.annotate(store, run.id, name=EVIL)
    trash.throw_away(store, [trashed.id])
    (store.path.runs / EVIL.replace("/", "")).mkdir()
    answer = cli(*(run.id if word == "evil" else word for word in command))
    assert_harmless(answer)
    if command[0] == "list" or command[-1] == EVIL:
        assert "[red]" in answer.out


def test_what_auto_became_has_a_line_each(cli: Cli, store: Database) -> None:
    """Under each other, behind one label."""
    parts = [("data.padding", "packed", "no padding"), ("model.attention_dropout", "0", "it has none")]
    recipe = [dict(zip(("setting", "value", "reason"), part, strict=True)) for part in parts]
    run = ActedRun(store, "mine").start().say("plan", max_steps=2, steps_per_epoch=1, recipe=recipe)
    answer = cli("show", run.id)
    assert "\nrecipe      padding packed (no padding)\n            attention_dropout 0 (it has none)\n" in answer.out


def assert_harmless(answer: Answer) -> None:
    """Nothing in it steers a terminal, and nothing broke on the way."""
    for text in (answer.out, answer.err):
        assert not set(text) & set("\x1b\x07\x9b\u202e")
        assert "unforeseen" not in text


def test_no_evil_data_steers_the_terminal(cli: Cli, store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts, labels, metrics, names and notes are cleaned in what `predict` and `evaluate` print, too."""
    ActedRun(store, "mine").start().train().finish()
    row = {"text": EVIL, "predicted": EVIL, "probabilities": {EVIL: 0.5}}
    notes = (Problem(EVIL, EVIL, EVIL),)
    predicted = Predicted(step=1, rows=1, rows_shown=[row], notes=notes)
    monkeypatch.setattr(scoring.scoring, "predict", lambda *_, **__: predicted)
    evaluated = Evaluated(1, EVIL, EVIL, 1, {EVIL: 0.5}, is_test=True, chose_checkpoint=True, notes=notes)
    monkeypatch.setattr(scoring.scoring, "evaluate", lambda *_, **__: evaluated)
    for words in (["predict", EVIL], ["evaluate", "--output", EVIL], ["metrics", "test_" + EVIL]):
        answer = cli(words[0], "mine", *words[1:])
        assert_harmless(answer)
        assert (answer.code, "[red]" in answer.out) == (0, True)


def test_json_is_plain_ascii(cli: Cli, store: Database) -> None:
    """A document carries any text, escaped."""
    ActedRun(store, "\x1b[31m é")
    answer = cli("list", "--json")
    assert answer.out.isascii()
    assert "\x1b" not in answer.out
    assert json.loads(answer.out)[0]["name"] == "\x1b[31m é"


def test_the_queue_shows_who_runs_and_who_waits(cli: Cli, store: Database) -> None:
    """Alive runs, then the waiting ones in their order; a pause with its reason."""
    alive, first, second = ActedRun(store, "alive").start(), ActedRun(store, "first"), ActedRun(store, "second")
    document = read(cli("queue", "--pause", "lunch", "--json"))
    assert [(each["id"], each["place"]) for each in document.pop("waits")] == [(first.id, 1), (second.id, 2)]
    assert document == {
        "paused": True,
        "reason": "lunch",
        "running": [alive.id],
        "waiting": [first.id, second.id],
    }
    text = cli("queue").out
    assert "Paused: lunch" in text
    assert "waits, 2: the queue is paused." in text
    assert cli("queue", "lunch").code == 2
    assert cli("queue", "--pause", "--resume").code == 2


def test_the_store_is_named_before_or_after_the_command(cli: Cli, tmp_path: Path) -> None:
    """`--db` may stand on either side; the last word is the command's own."""
    with Database.open(resolve_store(str(tmp_path / "other.db"))) as other:
        ActedRun(other, "elsewhere")
    named = ["--db", str(tmp_path / "other.db")]
    for arguments in ([*named, "list", "--json"], ["list", "--json", *named]):
        assert [run["name"] for run in read(cli(*arguments))] == ["elsewhere"]
    assert read(cli("list", "--json")) == []
    refused = cli("--db", "postgresql://host/db", "list")
    assert refused.code == 2
    assert "not supported yet" in refused.err


def test_numbers_and_times_of_documents() -> None:
    """What JSON has not becomes a word; times are in UTC, and one that no calendar has is null."""
    assert [number(value) for value in (math.nan, math.inf, -math.inf, 0.5, None)] == [
        "NaN",
        "Infinity",
        "-Infinity",
        0.5,
        None,
    ]
    assert plain({"a": [math.nan, {"b": (1, math.inf)}]}) == {"a": ["NaN", {"b": [1, "Infinity"]}]}
    assert utc(0) == "1970-01-01T00:00:00.000Z"
    assert utc(None) is utc(1e30) is None


def test_labels_that_are_not_named_leave_a_mark(cli: Cli, store: Database) -> None:
    """Of many labels the first are named, and dots stand for the others."""
    run = ActedRun(store, "many").start()
    run.say("plan", max_steps=9, steps_per_epoch=3, train_rows=9, eval_rows=9, labels=[f"l{n}" for n in range(30)])
    assert "; 30 labels: l0, l1" in cli("show", "many").out
    assert "l18, l19, …\n" in cli("show", "many").out
