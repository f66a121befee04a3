"""Configs as TOML text, with a comment for every setting, and back."""

import tomllib
from pathlib import Path
from typing import Any

import tomlkit

from bertft_tui.core.config import SECTIONS, RunConfig, parse_config
from bertft_tui.core.errors import ConfigError

#: A config is a page of text; anything much larger is another file.
MAX_BYTES = 1_000_000


def to_toml(config: RunConfig, *, comments: bool = True) -> str:
    """Write a config as TOML; settings that are empty (None) stand as commented lines."""
    document = tomlkit.document()
    for section, values in config.model_dump().items():
        table = tomlkit.table()
        for name, value in values.items():
            if comments:
                table.add(tomlkit.comment(SECTIONS[section].model_fields[name].description or ""))
            if value is not None:
                table.add(name, value)
            elif comments:
                table.add(tomlkit.comment(f"{name} ="))
        document.add(section, table)
    return tomlkit.dumps(document)


def from_toml(text: str, source: str = "the TOML text") -> RunConfig:
    """Read a config. Raises ConfigError for broken TOML, unknown settings and values out of bounds."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            "This is not valid TOML", f"{source}: {error}", "`bertft-tui config` prints one that is."
        ) from None
    return parse_config(data, source)


def read_config(path: Path) -> RunConfig:
    """Read a config file. Raises ConfigError when it is missing, too large, not text, or wrong."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ConfigError(
                "This file is too large for a config",
                f"{path} has {size:,} bytes.",
                "Name a TOML file of settings.",
            )
        return from_toml(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError:
        raise ConfigError("This file is not text", f"{path} is not UTF-8.", "Name a TOML file of settings.") from None
    except OSError as error:
        raise ConfigError(
            "The config cannot be read", f"{path}: {error.strerror or error}.", "Check the path."
        ) from None


def parse_setting(text: str) -> tuple[str, Any]:
    """Read `section.field=value` as `--set` takes it: the value as TOML where it is, else as a plain string.

    Raises ConfigError when there is no `=`.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigError(
            "A setting needs a name and a value",
            f"{text!r} is not section.field=value.",
            "Example: --set training.learning_rate=3e-5.",
        )
    return key.strip(), parse_value(value.strip())


def parse_value(text: str) -> Any:
    """Read one typed value: nothing is None, `3`, `2e-5`, `true` as TOML reads them, all else a string."""
    if text == "":
        return None
    try:
        value = tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text
    return value if isinstance(value, bool | int | float | str) else text
