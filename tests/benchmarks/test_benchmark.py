"""The benchmark of the app still runs: on a tiny store, one start, a few keys, a moment of live runs."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks import app, app_page, first_paint, key_presses, live, page
from benchmarks.__main__ import PARTS
from benchmarks.big_store import make_store
from benchmarks.figures import Line, figures
from benchmarks.program import Program
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.wholeness import fault_of


def test_everything_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each target, with figures; the page has them all."""
    monkeypatch.setattr(key_presses, "_QUIET", 0.02)
    monkeypatch.setattr(live, "RUNS", 1)
    monkeypatch.setattr(live, "_BEAT", 0.2)
    store, runtime = tmp_path / "runs.db", tmp_path / "runtime"
    newest = make_store(StorePath(store), 30)[0]
    with Program(store, runtime) as program:
        start = first_paint.Start(program.when(store.name), program.when(newest[:6]), calibration=0.2)
        pressed = key_presses.presses(program, 3)
        alone = live.idle(program, 0.1)
        seen = live.live(program, store, 1.5, settle=0.1)
    lines = first_paint.lines([start]) + key_presses.lines(*pressed)
    lines += live.lines(seen, alone)
    targets = ["≤ 500 ms", "≤ 900 ms", "99 % ≤ 50 ms", "95 % ≤ 500 ms", "≤ 8%"]
    assert [line.target for line in lines if line.target] == targets
    text = app_page.markdown({"runs": 30, "lines": [list(line) for line in lines], "slowness": 1.5})
    assert all(line.what in text and line.found in text for line in lines)
    assert app.Amount().runs == 10_000


def test_the_store_is_a_sound_one_and_always_the_same(tmp_path: Path) -> None:
    """Its rows can be read in full, nothing in it waits, and a seed makes the same runs."""
    stores = [StorePath(tmp_path / name / "runs.db") for name in ("one", "two")]
    names = [make_store(store, 60) for store in stores]
    found = []
    for store in stores:
        with Database.open(store) as db:
            assert not queries.has_work(db)
            runs = queries.list_runs(db, limit=None, trashed=None)
            found.append([(run.id, run.name, run.config.fingerprint(), json.dumps(run.tags)) for run in runs])
        assert fault_of(store) == ""
    assert found[0] == found[1]
    assert [name for _, name, *_ in found[0]] == names[0] == names[1]


def test_quantiles_are_what_was_measured() -> None:
    """Of a hundred values the 95th is the 95 % quantile, and the 99th the 99 % one."""
    found = figures([float(value) for value in range(100, 0, -1)])
    assert (found.p95, found.p99, found.lowest, found.highest) == (95.0, 99.0, 1.0, 100.0)


def test_what_was_measured_decides_and_the_machine_is_named_beside_it() -> None:
    """A slow machine excuses nothing; its part is told apart where a line is computing, and not where it waits."""
    computed, waited = Line("computed", "", share=1.5), Line("waited", "", share=1.5, waits=True)
    assert computed.is_missed
    assert not Line("fast", "", share=1.0).is_missed
    assert not Line("without a target", "").is_missed
    assert computed.row(2.0)[-2:] == ("150%, without the machine's part 75%", "no")
    assert waited.row(2.0)[-2:] == ("150%", "no")
    assert computed.row(0.5)[-2:] == ("150%", "no")


def test_the_page_has_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that is measured again takes the place of its own figures only, each number format has its own."""
    monkeypatch.setattr(page, "KEPT", tmp_path / "kept.json")
    assert page.read_kept() == {}
    for name, found in (("one", {"value": 1}), ("two", {"value": 2}), ("one", {"value": 3})):
        page.keep(name, page.circumstances(), found)
    assert {name: each["found"]["value"] for name, each in page.read_kept().items()} == {"one": 3, "two": 2}
    for number, precision in enumerate(("fp32", "bf16", "fp32")):
        page.keep("three", page.circumstances(), {"value": number, "precision": precision})
    kept = {name: page.kept_of(name) for name in ("one", "two", "three", "t")}
    values = {name: [each["found"]["value"] for each in of_part] for name, of_part in kept.items()}
    assert values == {"one": [3], "two": [2], "three": [1, 2], "t": []}
    text = page.page((f"## {name}\n\nIt is so.", each["where"]) for name in ("one", "two") for each in kept[name])
    assert text.count("Measured on") == 2
    assert text.index("## one") < text.index("processor cores") < text.index("It is so.") < text.index("## two")


def test_every_part_can_be_measured_and_written() -> None:
    """Each part names modules that are there, with the two functions that the command calls."""
    for measuring, writing in PARTS.values():
        assert callable(import_module(measuring).measure)
        assert callable(import_module(writing).markdown)
