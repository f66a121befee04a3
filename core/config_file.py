"""Configs as TOML text, with a comment for every setting, and back."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bertft_tui.core.config import SECTIONS, RunConfig, is_text, parse_config, split_field
from bertft_tui.core.errors import ConfigError

#: A config is a page of text; anything much larger is another file.
MAX_BYTES = 1_000_000

#: A path is no longer than this. A key of 100,000 dotted parts takes the TOML reader a minute.
MAX_LINE = 5_000


def to_toml(
    config: RunConfig, *, comments: bool = True, lists: Mapping[str, Sequence[Any]] | None = None, head: str = ""
) -> str:
    """Write a config as TOML; settings that are empty (None), as they are by default, stand as commented lines.

    `lists`: settings (`section.field`) that are written as arrays of several values. `head`: comment lines above.
    """
    import tomlkit  # writing only: reading is Python's own

    document = tomlkit.document()
    for line in head.splitlines():
        document.add(tomlkit.comment(line))
    for section, values in config.model_dump().items():
        table = tomlkit.table()
        for name, value in values.items():
            if comments:
                table.add(tomlkit.comment(SECTIONS[section].model_fields[name].description or ""))
            several = (lists or {}).get(f"{section}.{name}")
            if several is not None:
                table.add(name, ["" if each is None else each for each in several])
            elif value is not None or SECTIONS[section].model_fields[name].default is not None:
                table.add(name, "" if value is None else value)
            elif comments:
                table.add(tomlkit.comment(f"{name} ="))
        document.add(section, table)
    return tomlkit.dumps(document)


def from_toml(text: str, source: str = "the TOML text", *, base: RunConfig | None = None) -> RunConfig:
    """Read a config: the settings that the text names, over those of `base` (the defaults).

    Raises ConfigError for broken TOML, unknown settings and values out of bounds.
    """
    return parse_config(over(base or RunConfig(), load_toml(text, source)), source)


def load_toml(text: str, source: str) -> dict[str, Any]:
    """Read TOML as it stands, settings not looked at yet. Raises ConfigError."""
    longest = max(map(len, text.splitlines()), default=0)
    if longest > MAX_LINE:
        raise ConfigError(
            "This is no config",
            f"{source} has a line of {longest:,} characters; no setting is longer than {MAX_LINE:,}.",
            "Name a TOML file of settings.",
        )
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is no TOMLDecodeError, nor is depth
        raise ConfigError(
            "This is not valid TOML", f"{source}: {error}", "`bertft-tui config` prints one that is."
        ) from None


def over(base: RunConfig, data: dict[str, Any]) -> dict[str, Any]:
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
    return from_toml(read_text(path), str(path), base=base)


def read_begun(path: Path) -> RunConfig:
    """Read the config that a run was begun with, from its directory. Raises ConfigError as `read_config` does.

    Versions that had no `auto` for attention dropout left out what was empty: it was the model's own.
    """
    data = load_toml(read_text(path), str(path))
    part = data.get("data")
    is_old = isinstance(part, dict) and "load_from_cache_file" not in part
    base = RunConfig().with_settings({"model.attention_dropout": None}) if is_old else RunConfig()
    return parse_config(over(base, data), str(path))


def read_text(path: Path) -> str:
    """Read a file that should be a config. Raises ConfigError when it is missing, too large, or not text."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)  # a device or a pipe has no size to ask for
        if len(content) > MAX_BYTES:
            raise ConfigError(
                "This file is too large for a config",
                f"{path} has more than {MAX_BYTES:,} bytes.",
                "Name a TOML file of settings.",
            )
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("This file is not text", f"{path} is not UTF-8.", "Name a TOML file of settings.") from None
    except OSError as error:
        raise ConfigError(
            "The config cannot be read", f"{path}: {error.strerror or error}.", "Check the path."
        ) from None


def parse_setting(text: str) -> tuple[str, Any]:
    """Read `section.field=value` where there can be one value; the field's name alone will do where it is unique.

    Raises ConfigError when there is no `=` or no such setting.
    """
    field, value = split_setting(text)
    return field, parse_field(field, value)


def split_setting(text: str) -> tuple[str, str]:
    """Split `section.field=value` as `--set` takes it, and write the field out; the value stays as typed.

    Raises ConfigError when there is no `=` or no such setting.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigError(
            "A setting needs a name and a value",
            f"{text[:100]!r} is not section.field=value.",
            "Example: --set training.learning_rate=3e-5.",
        )
    return ".".join(split_field(key.strip())), value.strip()


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
