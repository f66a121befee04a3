"""Files that are written whole or not at all."""

import secrets
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


@pytest.mark.parametrize("shared", [True, False])
def test_no_link_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: bool) -> None:
    """A link under the file's name or the temporary one costs nothing: what it leads to stays as it is."""
    precious, path = tmp_path / "precious", tmp_path / "small"
    precious.write_bytes(b"precious")
    (tmp_path / ".small.partial").symlink_to(precious)
    path.symlink_to(precious)
    write_whole(path, b"new", shared=shared)
    assert (path.read_bytes(), precious.read_bytes()) == (b"new", b"precious")
    assert path.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(secrets, "token_hex", lambda _: "guessed")
    (tmp_path / ".guessed.partial").symlink_to(precious)
    if shared:
        with pytest.raises(FileExistsError):
            write_whole(path, b"newer", shared=True)
        assert (path.read_bytes(), precious.read_bytes()) == (b"new", b"precious")


def test_a_file_in_a_shared_place_stays_open_to_those_to_whom_its_owner_opened_it(tmp_path: Path) -> None:
    """A new one is private; written again it is as open as it was; one of the program's own is made private."""
    path = tmp_path / "out.csv"
    for shared, mode in ((True, 0o600), (True, 0o664), (False, 0o600)):
        write_whole(path, b"rows", shared=shared)
        assert path.stat().st_mode & 0o777 == mode
        path.chmod(0o664)
