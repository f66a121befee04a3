"""The form without widgets: help sentences, the command line of its runs, drafts, steps."""

import shlex
import string
from pathlib import Path

import pytest
from acted_runs import ActedRun
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

from bertft_tui.core.analysis.plan import plan_of
from bertft_tui.core.config import RunConfig
from bertft_tui.core.grid import make_grid
from bertft_tui.core.presets import PRESETS
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.new_runs import Said
from bertft_tui.tui.cli.commands import app
from bertft_tui.tui.cli.launch import build_grid
from bertft_tui.tui.form.command import command_line, command_of
from bertft_tui.tui.form.drafts import Drafts
from bertft_tui.tui.form.fields import field_keys, texts_of
from bertft_tui.tui.form.findings import Findings
from bertft_tui.tui.form.history import History
from bertft_tui.tui.form.origin import Origin
from bertft_tui.tui.form.reading import names_of, read_form, sentence_of
from bertft_tui.tui.form.sentences import Present, help_of

DEMO = PRESETS["demo"].config
FOUND = Findings(
    data={"train_available": 2000},
    check={"train_rows": 300, "eval_rows": 200},
    tokens={"found": {"share_cut": 0.14, "longest": 700}, "padding": "packed", "saved": 2.2},
)


def meaning(key: str, text: str, base: RunConfig = DEMO, found: Findings = FOUND) -> str:
    """What the help says of a text in a field of a form."""
    texts = {**texts_of(base), key: text}
    return help_of(key, text, Present(read_form(base, texts).grid, "preset demo", texts_of(base), found)).meaning


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("training.learning_rate", "1e-5, 3e-5, 5e-5", "Three values: three runs. Preset demo has 2e-4."),
        ("training.seed", "5 seeds", "Five values: five runs. Preset demo has 42."),
        ("training.seed", "201 seeds", "Preset demo has 42."),
        ("training.gradient_accumulation_steps", "4", "8 × 4 = 32 texts a step, 20 steps in all."),
        ("training.train_batch_size", "8", "8 texts a step, 76 steps in all. The default."),
        ("training.per_device_train_batch_size", "4", "4 texts a step, 150 steps in all. Preset demo has auto."),
        ("training.num_train_epochs", "3", "114 steps over 300 rows. Preset demo has 2."),
        ("training.max_steps", "-1", "The epochs say when: after 76 steps."),
        ("training.warmup_steps", "0.1", "0.1 of all steps: 8 of 76. The default is 0."),
        ("training.eval_steps", "5", "Not used: eval_strategy is epoch."),
        ("data.train_size", "300", "300 of 2,000 rows: 15%. The default is all."),
        ("data.max_length", "96", "14% of the texts would be cut; the longest has 700 tokens. The default is 512."),
        ("data.padding", "dynamic", "Saves 2.2× against padding all to max_length."),
        ("data.padding", "auto", "Here it is packed, which saves 2.2× against padding all to max_length."),
        ("data.eval_fraction", "0.3", "Not used: eval_size says how many."),
        ("model.lora_r", "8", "What it learns counts 2 times."),
        ("training.learning_rate", "fast", "Preset demo has 2e-4."),
    ],
)
def test_the_present_value_stands_in_the_sentence(key: str, text: str, words: str) -> None:
    """What a value comes to in this run."""
    assert meaning(key, text).startswith(words)


def test_padding_that_is_next_to_nothing_is_not_told_in_figures() -> None:
    """Where nearly all texts are cut there is nothing to save, however they are padded."""
    found = Findings(tokens={"found": {"padding": 0.0}, "padding": "packed", "saved": 1.004})
    for padding in ("auto", "max_length"):
        words = meaning("data.padding", padding, found=found)
        assert words.startswith("There is hardly any padding: most texts have 96 tokens or more.")


@given(st.sampled_from(field_keys()), st.text(max_size=12))
def test_any_value_has_a_sentence(key: str, text: str) -> None:
    """Whatever stands in a field, known or not."""
    assert help_of(key, text, Present(read_form(DEMO, {**texts_of(DEMO), key: text}).grid, "x", {})).description
    meaning(key, text, found=Findings())


@pytest.mark.parametrize(
    ("rows", "settings", "steps", "evaluations"),
    [
        (300, {}, 114, 3),
        (300, {"gradient_accumulation_steps": 4}, 30, 3),
        (301, {"num_train_epochs": 0.5}, 19, 1),
        (300, {"max_steps": 7, "eval_strategy": "steps", "eval_steps": 2}, 7, 4),
        (1, {"eval_strategy": "no", "eval_on_start": True}, 3, 2),
    ],
)
def test_steps_are_counted_as_the_trainer_does(
    rows: int, settings: dict[str, object], steps: int, evaluations: int
) -> None:
    """Steps of an epoch are rounded up, of all epochs too."""
    config = RunConfig().with_settings({f"training.{key}": value for key, value in settings.items()})
    plan = plan_of(config.training, rows)
    assert (plan.steps, plan.evaluations) == (steps, evaluations)


def test_faults_in_words() -> None:
    """The fields by name, of many the first; a rule that names its fields is not headed by one of them."""
    faults = {f"data.{name}": "must" for name in "abcdef"}
    assert [names_of(dict([*faults.items()][:count])) for count in (1, 2, 4, 6)] == [
        "a", "a and b", "a, b, c and d", "a, b, c and 3 more"
    ]  # fmt: skip
    assert names_of({"": "Two rules"}) == "what is wrong"
    assert sentence_of("data.padding", "must be so") == "padding must be so"
    assert sentence_of("", "Two rules") == "Two rules"
    assert sentence_of("data.padding", "truncation needs padding") == "truncation needs padding"


ODD = st.text(st.sampled_from(string.ascii_letters + " ,'\"$*;|é\\"), min_size=1, max_size=12).filter(str.strip)


@given(st.lists(ODD.map(str.strip), min_size=1, max_size=3, unique=True), st.sampled_from(["demo", "own-data"]), ODD)
def test_the_command_makes_the_same_runs(names: list[str], preset: str, name: str) -> None:
    """What a shell makes of the line, given to the program, are the very configs, name and note."""
    base = PRESETS[preset].config
    grid = make_grid(base, {"data.dataset": names, "training.seed": [1, 2], "data.label_column": ["a,b"]})
    line = command_line(Origin("preset", preset), base, grid, Said(name, "e x", "note", ("t", "u")))
    context = get_command(app).commands["run"].make_context("run", shlex.split(line)[2:])  # type: ignore[attr-defined]
    given_words = context.params
    assert build_grid(None, given_words["preset"], given_words["settings"]).configs == grid.configs
    assert (given_words["name"], given_words["note"], given_words["tags"]) == (name, "note", ["t", "u"])


def test_the_command_of_a_run_makes_its_settings(db: Database) -> None:
    """From the nearest preset, with what differs; a name with a comma is one value, not a list of two."""
    config = PRESETS["own-data"].config.with_settings({"data.dataset": "/a, b.csv", "training.seed": 7})
    run = queries.find_run(db, ActedRun(db, "odd", config).id)
    words = shlex.split(command_of(run))
    assert words[:4] == ["bertft-tui", "run", "--preset", "own-data"]
    assert build_grid(None, "own-data", words[5::2]).configs == (config,)


def test_drafts_are_kept_by_origin(tmp_path: Path) -> None:
    """One for each origin, the newest first; nonsense in the folder is no draft; nothing changed is none."""
    drafts = Drafts(tmp_path / "drafts")
    assert drafts.all() == []
    demo, run = Origin("preset", "demo"), Origin("run", "abc", "a run")
    own = PRESETS["own-data"].config
    drafts.keep(demo, own, {"data.train_size": "many", "name": "\x1b[1m"})
    drafts.keep(run, DEMO, {"training.seed": "7"})
    (tmp_path / "drafts" / "x.json").write_text('{"origin": 3}', encoding="utf-8")
    (tmp_path / "drafts" / "y.json").write_bytes(b"\xff")
    assert [draft.origin for draft in drafts.all()] == [run, demo]
    found = drafts.find(demo)
    assert found is not None
    assert (found.base, dict(found.texts)) == (own, {"data.train_size": "many", "name": "\x1b[1m"})
    drafts.keep(demo, own, {})
    assert drafts.find(demo) is None


def test_a_step_is_what_is_typed_at_one_go() -> None:
    """Letters in a row are one step, another field is another; what came back by itself is no step."""
    history = History({"a": "1", "b": "2"})
    for text in ("x", "xy"):
        history.note("a", text)
    history.note("b", "3")
    history.close_step()
    history.note("b", "2")
    assert history.undo() == ("b", "3")
    assert history.undo() == ("b", "2")
    assert history.undo() == ("a", "1")
    assert history.undo() is None
