"""Findings as GitHub's workflow commands, which annotate lines of a pull request."""

from __future__ import annotations

from typing import Final

from proxygen.report.escaping import github_message, github_property
from proxygen.report.finding import Finding, Level, Report

_COMMAND: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def github_report(report: Report) -> str:
    """One line for each finding; "" for none."""
    return "".join(_command(one) + "\n" for one in report.ordered)


def _command(one: Finding) -> str:
    place = one.location
    properties = {"file": place.file}
    if place.line:
        properties |= {"line": str(place.line), "col": str(max(place.column, 1))}
    properties["title"] = " ".join(part for part in (one.rule, one.operation) if part)
    said = ",".join(
        f"{name}={github_property(value)}" for name, value in properties.items() if value
    )
    return f"::{_COMMAND[one.severity.level]} {said}::{github_message(_message(one))}"


def _message(one: Finding) -> str:
    """The sentences in lines of their own; a line break inside one is no break."""
    lines = [one.found, *(f"{other.role} {other.location}" for other in one.related), one.cure]
    return "\n".join(" ".join(line.splitlines()) for line in lines if line)
