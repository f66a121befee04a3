"""The README's tables of commands, keys and settings, made from the program; run as a script, writes them there."""

import re
from pathlib import Path
from typing import Any

from typer.main import get_command

from bertft_tui.tui.cli.commands import app
from bertft_tui.tui.keys import COMMANDS, SCOPE_TITLES
from bertft_tui.tui.offered_settings import offers
from bertft_tui.tui.settings import DEFAULTS

README = Path(__file__).parents[2] / "README.md"

#: Options that every command has; the README says them once.
COMMON = {"--db", "--help"}


def command_table() -> str:
    """Return every command with its arguments and its sentence."""
    lines = ["| command | does |", "|---|---|"]
    for name, command in registered_commands().items():
        words = [name, *filter(None, map(_usage, command.params))]
        lines.append(f"| `{' '.join(words)}` | {(command.help or '').splitlines()[0]} |")
    return "\n".join(lines)


def registered_commands() -> dict[str, Any]:
    """Return the commands of the program by name, as the parser knows them."""
    found: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    return found


def _usage(parameter: Any) -> str:
    """Write one parameter as usage lines do."""
    if parameter.hidden:
        return ""
    metavar = (parameter.metavar or "").replace("...", "…")
    if parameter.param_type_name == "argument":
        return metavar
    if COMMON & set(parameter.opts):
        return ""
    value = "" if parameter.is_flag else f" {metavar}"
    return f"[{parameter.opts[0]}{value}]{'…' if parameter.multiple else ''}"


def key_table() -> str:
    """Return every key with where it acts and what it does."""
    lines = ["| key | where | does |", "|---|---|---|"]
    for command in COMMANDS:
        keys = " ".join(f"`{key}`" for key in command.shown_keys.split(" "))
        where = ", ".join(SCOPE_TITLES[scope].lower() for scope in command.scopes)
        lines.append(f"| {keys} | {where} | {command.help} |")
    return "\n".join(lines)


def setting_table() -> str:
    """Return every setting that is turned by hand, with its values and its sentence."""
    lines = ["| setting | in the file | values | what it does |", "|---|---|---|---|"]
    for offer in offers((), DEFAULTS):
        values = [f"**{each}**" if each == offer.text(DEFAULTS) else each for each in offer.options]
        lines.append(f"| {offer.label} | `{offer.name}` | {', '.join(values)} | {offer.help} |")
    return "\n".join(lines)


def with_tables(text: str) -> str:
    """Return the README's text with all tables as they should be."""
    for name, table in (("commands", command_table()), ("keys", key_table()), ("settings", setting_table())):
        marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text, count = marks.subn(lambda match, table=table: f"{match[1]}\n{table}\n\n{match[2]}", text)  # type: ignore[misc]
        assert count == 1, f"the README has no place for the {name}"
    return text


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
