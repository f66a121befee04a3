"""Configs as TOML text, with a comment for every setting, and back."""

import tomllib
from pathlib import Path
from typing import Any

from bertft_tui.core.config import SECTIONS, RunConfig, is_text, parse_config, split_field
from bertft_tui.core.errors import ConfigError

#: A config is a page of text; anything much larger is another file.
MAX_BYTES = 1_000_000

#: A path is no longer than this. A key of 100,000 dotted parts takes the TOML reader a minute.
MAX_LINE = 5_000


def to_toml(config: RunConfig, *, comments: bool = True) -> str:
    """Write a config as TOML; settings that are empty (None) stand as commented lines."""
    import tomlkit  # writing only: reading is Python's own

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


def from_toml(text: str, source: str = "the TOML text", *, base: RunConfig | None = None) -> RunConfig:
    """Read a config: the settings that the text names, over those of `base` (the defaults).

    Raises ConfigError for broken TOML, unknown settings and values out of bounds.
    """
    longest = max(map(len, text.splitlines()), default=0)
    if longest > MAX_LINE:
        raise ConfigError(
            "This is no config",
            f"{source} has a line of {longest:,} characters; no setting is longer than {MAX_LINE:,}.",
            "Name a TOML file of settings.",
        )
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is no TOMLDecodeError, nor is depth
        raise ConfigError(
            "This is not valid TOML", f"{source}: {error}", "`bertft-tui config` prints one that is."
        ) from None
    return parse_config(_over(base or RunConfig(), data), source)


def _over(base: RunConfig, data: dict[str, Any]) -> dict[str, Any]:
    """Lay sections over a config, setting by setting; what is no section is left for the check to name."""
    merged: dict[str, Any] = base.model_dump()
    for section, values in data.items():
        known = section in merged and isinstance(values, dict)
        merged[section] = {**merged[section], **values} if known else values
    return merged


def read_config(path: Path, *, base: RunConfig | None = None) -> RunConfig:
    """Read a config file over `base` (the defaults).

    Raises ConfigError when it is missing, too large, not text, or wrong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)  # a device or a pipe has no size to ask for
        if len(content) > MAX_BYTES:
            raise ConfigError(
                "This file is too large for a config",
                f"{path} has more than {MAX_BYTES:,} bytes.",
                "Name a TOML file of settings.",
            )
        return from_toml(content.decode("utf-8-sig"), str(path), base=base)
    except UnicodeDecodeError:
        raise ConfigError("This file is not text", f"{path} is not UTF-8.", "Name a TOML file of settings.") from None
    except OSError as error:
        raise ConfigError(
            "The config cannot be read", f"{path}: {error.strerror or error}.", "Check the path."
        ) from None


def parse_setting(text: str) -> tuple[str, Any]:
    """Read `section.field=value` as `--set` takes it; the field's name alone will do where it is unique.

    Raises ConfigError when there is no `=` or no such setting.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigError(
            "A setting needs a name and a value",
            f"{text[:100]!r} is not section.field=value.",
            "Example: --set training.learning_rate=3e-5.",
        )
    field = ".".join(split_field(key.strip()))
    return field, parse_field(field, value.strip())


def parse_field(key: str, text: str) -> Any:
    """Read the value of a setting as typed. Nothing is None; a text stays one, also when it looks like a number.

    Raises ConfigError for an unknown setting.
    """
    value = parse_value(text)
    return value if value is None or isinstance(value, str) or not is_text(key) else text


def parse_value(text: str) -> Any:
    """Read one typed value: nothing is None, `3`, `2e-5`, `true` as TOML reads them, all else a string."""
    if text == "":
        return None
    try:
        document = tomllib.loads(f"v = {text}")
    except (ValueError, RecursionError):
        return text
    value = document["v"]
    return value if len(document) == 1 and isinstance(value, bool | int | float | str) else text
