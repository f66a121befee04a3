"""What a name means on this machine: `~`, a file, a folder, a pattern of files."""

from pathlib import Path

from bertft_tui.core.errors import InputError


def is_pattern(name: str) -> bool:
    """Say whether a name is a pattern of names; an address on the web, which may have a question mark, is none."""
    return not is_address(name) and any(character in name for character in "*?[")


def is_address(name: str) -> bool:
    """Say whether a name is an address on the web."""
    return "://" in name or name.startswith(("huggingface.co/", "www.huggingface.co/", "hf.co/"))


def expanded(name: str | Path) -> Path:
    """Return a path with `~` written out. Raises InputError when there is no such user."""
    try:
        return Path(name).expanduser()
    except RuntimeError as error:
        raise _refused(name, str(error).rstrip(".")) from None


def found(name: str) -> Path | None:
    """Return the file or folder that a name means, None when there is none.

    Raises InputError when nobody may look: a closed folder, a name that is too long, no such user.
    """
    path = expanded(name)
    try:
        return path if path.exists() else None
    except OSError as error:
        raise _refused(name, error.strerror or str(error)) from None


def same_place(name: str, other: str) -> bool:
    """Say whether two names mean the same file or folder, or are the same name of something elsewhere.

    Raises InputError when nobody may look.
    """
    path, other_path = found(name), found(other)
    if path is None or other_path is None:
        return name == other
    return path.resolve() == other_path.resolve()


def _refused(name: str | Path, reason: str) -> InputError:
    return InputError("This path cannot be looked at", f"{str(name)!r}: {reason}.", "Check the path.")
