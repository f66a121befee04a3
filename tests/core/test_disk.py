"""What is said of a disk: nothing while it has room, and a sentence before nothing fits any more."""

from pathlib import Path

import pytest
from small_disk import small_disk

from bertft_tui.core.disk import DiskWatch, disk_trouble, free_bytes, megabytes


@pytest.mark.parametrize(
    ("megabytes_free", "options", "title", "message"),
    [
        (1, (), "The disk is full", "is full (below 5.0 MB free). A run that is under way goes on; its points wait"),
        (20, (), "The disk is nearly full", "has 21 MB free. Runs go on without a checkpoint"),
        (1, ("ro",), "The disk is read-only", "cannot be written. A run that is under way goes on; its points wait"),
        (200, (), None, ""),
    ],
)
def test_trouble(
    tmp_path: Path, megabytes_free: int, options: tuple[str, ...], title: str | None, message: str
) -> None:
    """A disk that is full, nearly full or read-only is named; also for a folder that is not there yet."""
    with small_disk(tmp_path / "disk", megabytes_free, *options) as folder:
        problem = disk_trouble(folder / "not" / "there")
        assert (problem and problem.title) == title
        assert problem is None or message in problem.message
        assert free_bytes(folder / "not") == free_bytes(folder) <= 210_000_000


def test_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trouble is news when it begins and when it ends, once each."""
    monkeypatch.setattr("bertft_tui.core.disk.EVERY", 0.0)
    folder = tmp_path / "disk"
    watch = DiskWatch(tmp_path, folder)
    assert not watch.has_news()
    with small_disk(folder, 1):
        assert [watch.has_news(), watch.has_news()] == [True, False]
        assert watch.trouble is not None
        assert str(folder) in watch.trouble.message
    assert [watch.has_news(), watch.has_news()] == [True, False]
    assert watch.trouble is None


def test_megabytes() -> None:
    """Sizes are read at a glance."""
    assert [megabytes(size) for size in (0, 340_000, 12_600_000, 4e9)] == ["0.0 MB", "0.3 MB", "13 MB", "4,000 MB"]
