"""Every command's help, as the application prints it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import typer.main
from typer.core import TyperCommand, TyperGroup
from typer.testing import CliRunner

from proxygen.cli.app import app

from .table import code, table

_WIDTH: Final = "88"
ENVIRONMENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PROXYGEN_CACHE": "The folder of what earlier builds worked out; default: the user's for caches.",
        "PROXYGEN_DEBUG": "Set, a fault of proxygen's own shows its traceback.",
        "NO_COLOR": "Set, text is not coloured; `--color always` is stronger.",
        "TERM": "`dumb` has no colours.",
        "CI": "Set, nobody is asked anything.",
        "GITHUB_ACTIONS": "`true` adds annotations to reports.",
        "GITHUB_STEP_SUMMARY": "The file to which a job's summary is added.",
    }
)
"""Variable → what it does."""


def markdown() -> str:
    """A section for each command."""
    return "\n".join(_section(words) for words in commands())


def environment() -> str:
    """A table of the variables that commands look at."""
    return table(
        ("variable", "meaning"), [(code(name), text) for name, text in ENVIRONMENT.items()]
    )


def commands() -> list[str]:
    """The words that call each command, in the order of `proxygen --help`."""
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    return list(_commands("", root))


def _commands(words: str, group: TyperGroup) -> Iterator[str]:
    for name, command in group.commands.items():
        called = f"{words} {name}".strip()
        if isinstance(command, TyperGroup):
            yield from _commands(called, command)
        elif isinstance(command, TyperCommand) and not command.hidden:
            yield called


def _section(words: str) -> str:
    environment = {"COLUMNS": _WIDTH, "TERMINAL_WIDTH": _WIDTH, "NO_COLOR": "1"}
    printed = CliRunner().invoke(app, [*words.split(), "--help"], env=environment)
    assert printed.exit_code == 0, printed.output
    return f"## proxygen {words}\n\n```text\n{printed.output.strip()}\n```\n"
