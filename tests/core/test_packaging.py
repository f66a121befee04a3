"""What is on disk is what is installed."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_package_on_disk_is_listed(project: dict[str, Any]) -> None:
    """A new folder of modules that nobody lists would be missing from the wheel."""
    folders = [file.parent.relative_to(ROOT) for top in ("core", "tui") for file in (ROOT / top).rglob("__init__.py")]
    on_disk = {".".join(["bertft_tui", *folder.parts]) for folder in folders}
    assert on_disk == set(project["tool"]["setuptools"]["packages"])


def test_every_folder_with_modules_is_a_package() -> None:
    """No module lies in a folder without `__init__.py`."""
    modules = [file for top in ("core", "tui") for file in (ROOT / top).rglob("*.py")]
    assert [str(file) for file in modules if not (file.parent / "__init__.py").is_file()] == []


def test_data_files_travel_with_their_package(project: dict[str, Any]) -> None:
    """Every file that is no Python module is matched by a pattern of package-data."""
    data = project["tool"]["setuptools"]["package-data"]
    for top in ("core", "tui"):
        matched = {file for pattern in data[f"bertft_tui.{top}"] for file in (ROOT / top).glob(pattern)}
        others = {
            file
            for file in (ROOT / top).rglob("*")
            if file.is_file() and file.suffix not in (".py", ".pyc") and "__pycache__" not in file.parts
        }
        assert others == matched


def test_every_dependency_says_why_it_is_there() -> None:
    """Each line of a dependency in pyproject.toml ends with a comment."""
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    dependencies = [line for line in lines if line.startswith('  "') and any(mark in line for mark in (">=", "=="))]
    assert len(dependencies) > 20
    assert [line for line in dependencies if "# " not in line] == []


def test_the_exact_pins_lie_within_the_bounds(project: dict[str, Any]) -> None:
    """Every direct dependency is pinned in constraints.txt, to a version that pyproject.toml admits."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = {
        canonicalize_name(name): version
        for name, _, version in (line.partition("==") for line in lines if "==" in line and not line.startswith("#"))
    }
    texts = [*project["project"]["dependencies"]]
    for extra in project["project"]["optional-dependencies"].values():
        texts.extend(extra)
    for text in texts:
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{name} is not pinned"
        assert requirement.specifier.contains(pins[name].strip().partition(" ")[0].partition("+")[0]), text
