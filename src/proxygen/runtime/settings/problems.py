"""What is wrong with settings, one line for each, and never a value: it may be secret."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_settings.exceptions import SettingsError as UnreadableError

from proxygen.runtime.settings.services import Service

PREFIX = "EDGE_"
"""Begins the variable of every setting but the base URLs of the services."""


class SettingsError(Exception):
    """Settings that are missing or cannot be: one line for each, which names it and never its value."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def unreadable(error: UnreadableError) -> str:
    """The line for a variable whose JSON cannot be read, without its text."""
    field = str(error).partition('field "')[2].partition('"')[0]
    return f"{PREFIX}{field.upper()}: is not JSON; set one variable for each setting, `__` between the levels"


def problems_of(
    error: ValidationError, services: Sequence[Service], missing: set[str]
) -> list[str]:
    """One line for each error, naming the variable; without values, which may be secret."""
    variables = {service.name: service.base_url_env for service in services}
    lines: list[str] = []
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        place = [str(part) for part in item["loc"]]
        message = item["msg"].removeprefix("Value error, ")
        if place[:1] == ["services"] and place[2:3] == ["base_url"]:
            if place[1] in missing:
                continue
            name = variables.get(place[1], PREFIX + "__".join(place).upper())
        else:
            name = PREFIX + "__".join(place).upper()
        lines.append(f"{name}: {message}")
    return lines
