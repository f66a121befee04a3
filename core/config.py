"""`RunConfig`: every setting of a run.

The one source of form labels, inline help, command-line settings, TOML and docs; `sections.py` has the settings
themselves, with their bounds and sentences.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from pydantic import Field, ValidationError

from bertft_tui.core.errors import ConfigError
from bertft_tui.core.sections import DataSection, HardwareSection, ModelSection, Section, TrainingSection
from bertft_tui.core.value_text import format_value


@dataclass(frozen=True)
class Change:
    """One setting that differs between two configs; values as Python objects."""

    field: str  # "training.learning_rate"
    old: Any
    new: Any

    @property
    def name(self) -> str:
        """The setting without its section."""
        return self.field.partition(".")[2]

    def __str__(self) -> str:
        return f"{self.name} {format_value(self.old) or 'empty'} → {format_value(self.new) or 'empty'}"


class RunConfig(Section):
    """Every setting of one run."""

    model: ModelSection = Field(default_factory=ModelSection)
    data: DataSection = Field(default_factory=DataSection)
    training: TrainingSection = Field(default_factory=TrainingSection)
    hardware: HardwareSection = Field(default_factory=HardwareSection)

    def flat(self) -> dict[str, Any]:
        """All settings as `section.field` → value, in the order in which they are declared."""
        return {
            f"{section}.{name}": value
            for section, values in self.model_dump().items()
            for name, value in values.items()
        }

    def diff(self, other: "RunConfig") -> tuple[Change, ...]:
        """What changes on the way from this config to the other."""
        mine, theirs = self.flat(), other.flat()
        return tuple(Change(key, mine[key], theirs[key]) for key in mine if mine[key] != theirs[key])

    def fingerprint(self) -> str:
        """Sixteen hex digits that are equal exactly when all settings are."""
        canonical = json.dumps(self.flat(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def with_settings(self, settings: dict[str, Any]) -> "RunConfig":
        """Return a copy with some `section.field` values replaced. Raises ConfigError."""
        data = self.model_dump()
        for key, value in settings.items():
            section, name = split_field(key)
            data[section][name] = value
        return parse_config(data)


SECTIONS: dict[str, type[Section]] = {
    "model": ModelSection,
    "data": DataSection,
    "training": TrainingSection,
    "hardware": HardwareSection,
}


def split_field(key: str) -> tuple[str, str]:
    """Split `training.learning_rate` and check that both parts exist; a unique field name alone will do.

    Raises ConfigError, naming the nearest field.
    """
    from difflib import get_close_matches

    section, _, name = key.partition(".")
    if section in SECTIONS and name in SECTIONS[section].model_fields:
        return section, name
    owners = [owner for owner, fields in SECTIONS.items() if key in fields.model_fields]
    if len(owners) == 1:
        return owners[0], key
    known = {field: f"{owner}.{field}" for owner, fields in SECTIONS.items() for field in fields.model_fields}
    near = get_close_matches(key[-100:].rpartition(".")[2], known, n=1)
    raise ConfigError(
        "Unknown setting",
        f"There is no setting {key[:100]!r}.",
        f"Did you mean {known[near[0]]!r}?" if near else "`bertft-tui config` prints them all.",
    )


def is_text(key: str) -> bool:
    """Whether a setting takes any text, so that `1` and `true` are texts too. Raises ConfigError."""
    section, name = split_field(key)
    return SECTIONS[section].model_fields[name].annotation in (str, str | None)


def parse_config(data: dict[str, Any], source: str = "") -> RunConfig:
    """Validate nested sections into a config. Raises ConfigError with one line a fault."""
    for section, values in data.items():
        if section not in SECTIONS:
            raise _unknown_section(section)
        if isinstance(values, dict):
            for name in values:
                split_field(f"{section}.{name}")
    try:
        return RunConfig.model_validate(data)
    except ValidationError as error:
        lines = [_fault(item) for item in error.errors()]
        where = f" in {source}" if source else ""
        raise ConfigError(
            f"{len(lines)} setting{'s are' if len(lines) > 1 else ' is'} wrong{where}",
            "\n".join(lines),
            "`bertft-tui config` prints every setting with what it allows.",
        ) from None


def valid_part(data: Any) -> tuple[RunConfig, list[str]]:
    """Read what can be read of a config that another version or program wrote, defaults for the rest.

    Returns the config and one line for each setting that was passed over.
    """
    if not isinstance(data, dict):
        return RunConfig(), ["the settings are no table"]
    rest = {name: dict(values) if isinstance(values, dict) else values for name, values in data.items()}
    faults: list[str] = []
    while True:
        try:
            return RunConfig.model_validate(rest), faults
        except ValidationError as error:
            found = error.errors()
        faults += [_fault(item) for item in found]
        removed = [_leave_out(rest, *place) for place in {item["loc"][:2] for item in found}]
        if not any(removed):
            return RunConfig(), faults


def _leave_out(data: dict[Any, Any], section: Any = None, name: Any = None) -> bool:
    """Take a setting out of a config, or a whole section that is wrong as such; say whether there was one."""
    if isinstance(data.get(section), dict) and name in data[section]:
        del data[section][name]
        return True
    return name is None and data.pop(section, None) is not None


def _unknown_section(name: str) -> ConfigError:
    """Say which section was meant, or in which section a setting belongs."""
    from difflib import get_close_matches

    owners = [section for section, fields in SECTIONS.items() if name in fields.model_fields]
    near = get_close_matches(name[:100], SECTIONS, n=1, cutoff=0.5)
    hint = f"The sections are {', '.join(f'[{section}]' for section in SECTIONS)}."
    if near:
        hint = f"Did you mean [{near[0]}]?"
    if owners:
        hint = f"It is a setting: write it below [{owners[0]}]."
    return ConfigError("Unknown section", f"There is no section {name[:100]!r}.", hint)


def _fault(item: Any) -> str:
    """Turn one of pydantic's error records into `section.field = value: what is allowed`."""
    path = [str(part) for part in item["loc"]]
    message = item["msg"].removeprefix("Value error, ")
    if item["type"] == "model_attributes_type" or len(path) < 2 or isinstance(item["input"], dict):
        return ": ".join(filter(None, [".".join(path), message]))
    if item["type"] == "string_too_short":
        message = f"must not be empty. {SECTIONS[path[0]].model_fields[path[1]].description}"
    if item["type"] == "string_pattern_mismatch":  # a pattern is no sentence; the description begins with one
        message = "must be " + (SECTIONS[path[0]].model_fields[path[1]].description or "").partition(";")[0]
    return f"{path[0]}.{path[1]} = {item['input']!r:.100}: {message}"
