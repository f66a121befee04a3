"""Files that are written whole or not at all."""

from pathlib import Path

import pytest

from bertft_tui.core.whole_file import whole_file, write_whole


def fail_in_the_middle(path: Path, shared: bool) -> None:
    """Write a file and meet an error."""
    with whole_file(path, shared=shared) as file:
        file.write(b"second")
        raise KeyError


@pytest.mark.parametrize("shared", [True, False])
def test_whole_or_not_at_all(tmp_path: Path, shared: bool) -> None:
    """A file is there only once it is whole, private; an error in the middle leaves the old one and nothing else."""
    path = tmp_path / "small.json"
    with whole_file(path, sync=True, shared=shared) as file:
        file.write(b"first")
        assert not path.exists()
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(KeyError):
        fail_in_the_middle(path, shared)
    assert path.read_bytes() == b"first"
    write_whole(path, b"third", shared=shared)
    assert path.read_bytes() == b"third"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_written_over(tmp_path: Path) -> None:
    """A longer leftover under the temporary name adds nothing, and is gone."""
    (tmp_path / ".small.partial").write_bytes(b"left by somebody")
    write_whole(tmp_path / "small", b"new")
    assert (tmp_path / "small").read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["small"]
