"""Stores whose name ends in `.example` are opened in a copy."""

import shutil
from pathlib import Path

import pytest

from bertft_tui.core.errors import StoreError
from bertft_tui.core.paths import StorePath, resolve_store
from bertft_tui.core.presets import preset
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.example import note, usable


@pytest.fixture
def example(tmp_path: Path, _empty_store: Path, monkeypatch: pytest.MonkeyPatch) -> StorePath:
    """An example of a store, and a user's data directory without copies."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    file = tmp_path / "shown" / "experiments.db.example"
    file.parent.mkdir()
    shutil.copy2(_empty_store, file)
    return resolve_store(str(file))


def test_an_example_is_never_changed_and_its_copy_lasts(example: StorePath) -> None:
    """What is written goes into one copy, which the next opening finds again; beside the example nothing appears."""
    before = example.file.read_bytes()
    with Database.open(example) as db:
        commands.enqueue(db, preset("demo").config, name="mine")
        assert db.path.is_copy_of_example
        assert str(db.path.file.parent) in note(db.path).message
    with Database.open(usable(example)) as db:
        assert [run.name for run in queries.list_runs(db)] == ["mine"]
    assert example.file.read_bytes() == before
    assert list(example.file.parent.iterdir()) == [example.file]


def test_another_version_of_an_example_has_a_copy_of_its_own(example: StorePath) -> None:
    """Copies go by content, wherever the file lies."""
    first = usable(example)
    moved = StorePath(example.file.rename(example.file.with_name("shown.example")))
    assert usable(moved) == first
    with moved.file.open("ab") as file:
        file.write(bytes(4096))
    assert usable(moved) != first


def test_a_deleted_copy_is_made_afresh(example: StorePath) -> None:
    """Also when only the store's file was deleted, with its log left beside it."""
    copy = usable(example)
    with Database.open(copy) as db:
        commands.enqueue(db, preset("demo").config, name="forgotten")
        copy.file.unlink()
    copy.companions[0].write_bytes(b"what the deleted file had not yet taken in")
    with Database.open(usable(example)) as db:
        assert queries.count_runs(db) == 0


def test_other_stores_are_used_as_they_are(tmp_path: Path) -> None:
    """Only the end of the name makes an example."""
    path = StorePath(tmp_path / "experiments.db")
    assert usable(path) == path
    with Database.open(path) as db:
        assert not db.path.is_copy_of_example


@pytest.mark.parametrize("content", [None, b"", b"a text"])
def test_what_is_no_example_is_said(content: bytes | None, example: StorePath) -> None:
    """A missing file is not made, as that of another store would be; nor is any file taken for a store."""
    example.file.unlink()
    if content is not None:
        example.file.write_bytes(content)
    with pytest.raises(StoreError, match=r"experiments\.db\.example"):
        usable(example)
    assert example.file.exists() is (content is not None)
