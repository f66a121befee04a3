"""What is thrown at the program: cells, tables, files, settings and command lines of every kind."""

import csv
import io
import json
from itertools import chain
from typing import Any

from hypothesis import strategies as st
from typer.main import get_command

from bertft_tui.core.config import RunConfig
from bertft_tui.tui.cli.commands import app

KEYS = sorted(RunConfig().flat())
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
WORDS = st.lists(
    st.sampled_from(["a", "fine", "dull", "film", "of", "the", "storm", "goal", "soup", "NA", "null"]), max_size=12
).map(" ".join)
LABELS = st.sampled_from(["good", "bad", "Good", " good ", "0", "1", "2", "-1", "0.5", "", "NA", "nan", "é", "true"])
NAMES = st.sampled_from(
    ["text", "label", "review", "title", "labels", "score", "stars", "id", "", "a,b", "text ", "toxic", "x"]
)
CELLS = WORDS | LABELS | ANY_TEXT
VALUES = (
    CELLS | st.none() | st.booleans() | st.integers() | st.floats() | st.lists(LABELS | st.integers(), max_size=3)
)


@st.composite
def csv_files(draw: st.DrawFn) -> bytes:
    """A csv file as somebody's script might write it: mostly whole, sometimes ragged, cut or in another encoding."""
    usual = draw(st.booleans())
    header = ["text", "label"] if usual else draw(st.lists(NAMES, min_size=1, max_size=4, unique=draw(st.booleans())))
    columns = [WORDS, LABELS] if usual else [draw(st.sampled_from([WORDS, LABELS, CELLS])) for _ in header]
    rows = draw(st.lists(st.tuples(*columns), max_size=30))
    out = io.StringIO(newline="")
    writer = csv.writer(
        out, delimiter=draw(st.sampled_from(",;\t|")), lineterminator=draw(st.sampled_from(["\n", "\r\n"]))
    )
    writer.writerow(header)
    writer.writerows(rows)
    text = out.getvalue() + draw(st.sampled_from(["", "", "", "", "", '"', "one,two,three,four,five\n", "\0"]))
    data = text.encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"])), "replace")
    return data[: draw(st.sampled_from([len(data)] * 5 + [len(data) // 2]))]


@st.composite
def json_files(draw: st.DrawFn) -> bytes:
    """Rows as JSON, one a line or in an array, or something else altogether."""
    rows = draw(st.lists(st.dictionaries(NAMES, VALUES, max_size=4), max_size=20))
    whole = draw(st.sampled_from([rows, {"data": rows}, rows[:1], 3, "text", None, {"text": ["a"], "label": ["b"]}]))
    lines = "\n".join(json.dumps(row) for row in rows)
    text = draw(st.sampled_from([lines, json.dumps(whole), lines + "\n{", "[" + lines]))
    return text.encode()


@st.composite
def data_settings(draw: st.DrawFn) -> dict[str, Any]:
    """Settings of the data section, most of them sensible."""
    possible: dict[str, st.SearchStrategy[Any]] = {
        "data.train_split": st.sampled_from(["train", "train", "train", "x"]),
        "data.eval_split": st.sampled_from([None, None, "test", "train"]),
        "data.test_split": st.sampled_from([None, None, "test", "train"]),
        "data.eval_fraction": st.sampled_from([0.01, 0.2, 0.5, 0.99]),
        "data.text_column": st.none() | NAMES,
        "data.text_pair_column": st.none() | NAMES,
        "data.label_column": st.none() | NAMES,
        "data.problem_type": st.sampled_from(
            ["auto", "single_label_classification", "multi_label_classification", "regression"]
        ),
        "data.encoding": st.none() | st.sampled_from(["utf-8", "latin-1", "utf-16", "ascii", "rot13", "none such"]),
        "data.train_size": st.just("all") | st.integers(1, 40),
        "data.eval_size": st.just("all") | st.integers(1, 40),
        "data.stratify": st.booleans(),
    }
    names = draw(st.lists(st.sampled_from(sorted(possible)), max_size=5, unique=True))
    return {name: draw(possible[name]) for name in names}


def in_their_sections() -> st.SearchStrategy[dict[str, Any]]:
    """Settings of a config where they belong, with any values."""

    def nested(settings: dict[str, Any]) -> dict[str, Any]:
        sections: dict[str, Any] = {}
        for key, value in settings.items():
            section, _, name = key.partition(".")
            sections.setdefault(section, {})[name] = value
        return sections

    return st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4).map(nested)


def in_any_section() -> st.SearchStrategy[dict[str, Any]]:
    """Any sections, with settings that may belong elsewhere, or with no settings at all."""
    settings = st.dictionaries(st.sampled_from([key.partition(".")[2] for key in KEYS]), VALUES, max_size=4)
    return st.dictionaries(st.sampled_from([*RunConfig.model_fields]) | ANY_TEXT, settings | VALUES, max_size=4)


#: Every command of the program but one, whatever is added to it, and the options it has. The two that would never end
#: are left out, and so is the option that names another store.
COMMANDS: dict[str, list[str]] = {
    name: [word for parameter in command.params for word in parameter.opts if word.startswith("-")]
    for name, command in sorted(get_command(app).commands.items())  # type: ignore[attr-defined]
    if name != "serve"  # it serves until somebody ends it
}
ENDLESS = {"--wait", "--follow", "--db"}
OPTIONS = sorted({"-h", "--help", "--version", "--", "-", *chain(*COMMANDS.values())} - ENDLESS)

#: Names of runs in the store that the command lines are thrown at, prefixes, and what nearly is one.
RUNS = [
    "tutorial",
    "max_length 256",
    "lr 1e-2",
    "full data",
    "lr 3e-5, batch 32",
    "lr 5e-5, batch 32",
    "tut",
    "lr",
    "*",
]

QUESTIONS = [
    "status=failed", "eval_accuracy>0.9 OR tag:x", "-note:a age<2d", "((", ")", "OR", "-", "=", "loss~[", "a=b=c",
    "learning_rate<=5e-5", 'name:"two words', "-eval_loss", "training.learning_rate", "created", "status,-name",
]  # fmt: skip
SETTINGS = st.builds("{}={}".format, st.sampled_from(KEYS), ANY_TEXT | LABELS)
WORD = (
    SETTINGS
    | ANY_TEXT.filter(lambda text: "\0" not in text)
    | st.sampled_from(RUNS)
    | st.sampled_from(QUESTIONS)
    | st.sampled_from(["demo", "imdb-1k", "1", "0", "-5", "1e99", "accuracy", "loss", "/nowhere/x.csv", ".", "a/b"])
    | st.sampled_from(["\udcff", "\x1b]2;x\x07[/]", "x" * 5000])
)


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command with words behind it: mostly its own options, each with something after it, and runs' names."""
    command = draw(st.sampled_from(list(COMMANDS)))
    own = sorted(set(COMMANDS[command]) - ENDLESS) or OPTIONS
    words = [command]
    for _ in range(draw(st.integers(0, 4))):
        match draw(st.sampled_from(["run", "run", "own", "own", "any", "word"])):
            case "run":
                words.append(draw(st.sampled_from(RUNS)))
            case "own":
                words += [draw(st.sampled_from(own)), draw(WORD)]
            case "any":
                words.append(draw(st.sampled_from(OPTIONS)))
            case _:
                words.append(draw(WORD))
    return words
