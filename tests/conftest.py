"""Fixtures that tests of several rooms share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fuzzing import examples
from hypothesis import settings
from processes import end_processes

from bertft_tui.core.forking import NO_WARM
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import service
from bertft_tui.core.store.database import Database

# For every property test that asks for no other number of examples.
settings.register_profile("every", examples(100))
settings.load_profile("every")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests that share what a fixture makes for their module run in one process: it is made once, not in each."""
    made = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()
    if any(definitions[-1].scope == "module" for definitions in made):
        item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


@pytest.fixture(autouse=True)
def _own_runtime_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Device locks of one test are no other test's, and the user's own store and settings are never touched.

    Whoever looks at unfinished runs has a scheduler started; it ends with the test. Workers start cold, but in tests
    of those that do not.
    """
    monkeypatch.setenv(NO_WARM, "1")
    monkeypatch.setenv("BERTFT_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("BERTFT_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("BERTFT_DB", str(tmp_path / "experiments.db"))
    yield
    for file in tuple(service._started):
        end_processes(StorePath(file))


@pytest.fixture(scope="session")
def _empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store as the migrations make it: a tenth of a second each time, most of it Alembic's."""
    path = StorePath(tmp_path_factory.mktemp("empty") / "experiments.db")
    Database.open(path).close()
    return path.file


@pytest.fixture
def db(tmp_path: Path, _empty_store: Path) -> Iterator[Database]:
    """An empty store."""
    file = tmp_path / "store" / "experiments.db"
    file.parent.mkdir(mode=0o700)
    shutil.copy2(_empty_store, file)
    with Database.open(StorePath(file)) as database:
        yield database


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a two-layer BERT of random weights; imports torch."""
    from tiny_bert import make_tiny_bert

    return make_tiny_bert(tmp_path_factory.mktemp("models") / "tiny-bert")
