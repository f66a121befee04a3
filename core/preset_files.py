"""Presets of the user's own: a TOML file each, as `run` takes one, with a `description` above the sections."""

import re
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.config_file import load_toml, over, read_text, to_toml
from bertft_tui.core.errors import BertftError, ConfigError
from bertft_tui.core.paths import presets_folder
from bertft_tui.core.whole_file import write_whole

_NAME = re.compile(r"[A-Za-z0-9][\w.\-]{0,59}")


@dataclass(frozen=True)
class PresetFile:
    """What a file says, or why it cannot be read."""

    name: str
    description: str
    config: RunConfig | None
    error: BertftError | None = None


def read_preset_files() -> list[PresetFile]:
    """Read the user's presets, sorted by name; one that is wrong brings its error."""
    try:
        files = sorted(presets_folder().glob("*.toml"))
    except OSError:
        return []
    return [_read(file) for file in files if _NAME.fullmatch(file.stem)]


def _read(file: Path) -> PresetFile:
    try:
        data = load_toml(read_text(file), str(file))
        description = data.pop("description", "")
        config = parse_config(over(RunConfig(), data), str(file))
    except BertftError as error:
        return PresetFile(file.stem, f"Cannot be read: {error.problem.message}", None, error)
    return PresetFile(file.stem, description if isinstance(description, str) else "", config)


def write_preset(name: str, description: str, config: RunConfig) -> Path:
    """Keep settings under a name; return the file. Raises ConfigError."""
    if _NAME.fullmatch(name) is None:
        raise ConfigError(
            "This is no name for a preset",
            f"{name[:100]!r}: a name has letters, digits, '.', '-' and '_', begins with a letter or digit, and is at "
            "most 60 long.",
            "Example: imdb-short.",
        )
    head = tomlkit.document()
    head.add("description", description)
    file = presets_folder() / f"{name}.toml"
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(file, (tomlkit.dumps(head) + "\n" + to_toml(config, comments=False)).encode())
    except OSError as error:
        raise ConfigError(
            "The preset cannot be kept", f"{file}: {error.strerror or error}.", "See to the folder's permissions."
        ) from None
    return file


def remove_preset(name: str) -> bytes:
    """Remove a preset of the user's own; return what was in its file. Raises ConfigError."""
    file = presets_folder() / f"{name}.toml"
    try:
        content = file.read_bytes()
        file.unlink()
    except OSError as error:
        raise ConfigError(
            "The preset cannot be removed", f"{file}: {error.strerror or error}.", "Remove the file by hand."
        ) from None
    return content


def put_back_preset(name: str, content: bytes) -> None:
    """Write the file of a removed preset again. Raises ConfigError."""
    file = presets_folder() / f"{name}.toml"
    try:
        write_whole(file, content)
    except OSError as error:
        raise ConfigError("The preset cannot be written", f"{file}: {error.strerror or error}.", "") from None
