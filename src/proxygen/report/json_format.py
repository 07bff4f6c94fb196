"""Findings as JSON; `report_schema` is the published JSON Schema of it."""

from __future__ import annotations

import json
from typing import Any, Literal

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from proxygen.diagnostics import Location
from proxygen.report.finding import Finding, Level, Report, Severity


class LocationJson(TypedDict):
    """A place in a file: line and column count from 1 and are null where it is the whole file."""

    file: str
    line: int | None
    column: int | None
    pointer: str


class RelatedJson(LocationJson):
    """Another place that the finding is about."""

    role: str


class FindingJson(LocationJson):
    """One finding; `fingerprint` stays the same where only lines above it are edited.

    `properties` are the command's own.
    """

    rule: str
    severity: Severity
    level: Level
    found: str
    cure: str
    operation: str
    group: str
    related: list[RelatedJson]
    fingerprint: str
    properties: dict[str, Any]


class ReportJson(TypedDict):
    """What a command found; `failed` says whether the findings alone make it fail."""

    format: Literal[1]
    command: str
    failed: bool
    counts: dict[Severity, int]
    findings: list[FindingJson]


def json_report(report: Report) -> str:
    """One object on several lines, ASCII only."""
    value: ReportJson = {
        "format": 1,
        "command": report.command,
        "failed": bool(report.failing),
        "counts": dict(report.counts),
        "findings": [finding_json(one) for one in report.ordered],
    }
    return json.dumps(value, indent=2) + "\n"


def report_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what `json_report` writes."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(ReportJson).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "A report of proxygen",
    }


def finding_json(one: Finding) -> FindingJson:
    """A finding as JSON."""
    return {
        "rule": one.rule,
        "severity": one.severity,
        "level": one.severity.level,
        **_location(one.location),
        "operation": one.operation,
        "group": one.group,
        "found": one.found,
        "cure": one.cure,
        "related": [{"role": other.role, **_location(other.location)} for other in one.related],
        "fingerprint": one.fingerprint,
        "properties": dict(one.properties),
    }


def _location(location: Location) -> LocationJson:
    return {
        "file": location.file,
        "line": location.line or None,
        "column": location.column or None,
        "pointer": location.pointer,
    }
