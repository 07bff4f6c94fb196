"""Findings as SARIF 2.1.0, which code scanning and editors read."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from proxygen import __version__
from proxygen.diagnostics import Location
from proxygen.report.escaping import printable
from proxygen.report.finding import Finding, Report

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_report(report: Report) -> str:
    """One log with one run; the rules it lists are those that were broken."""
    rules = sorted({one.rule for one in report.findings})
    numbers = {rule: number for number, rule in enumerate(rules)}
    driver = {
        "name": "proxygen",
        "semanticVersion": __version__,
        "rules": [
            {"id": rule, "shortDescription": {"text": _message(report.rules.get(rule, rule))}}
            for rule in rules
        ],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"proxygen/{report.command}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, numbers[one.rule]) for one in report.ordered],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(one: Finding, number: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": number,
        "level": one.severity.level,
        "message": {"text": _message(one.sentences)},
        "locations": [{**_physical(one.location), **_logical(one)}],
        "partialFingerprints": {"proxygen/v1": one.fingerprint},
        "properties": {**one.properties, "severity": one.severity, "group": one.group},
    }
    if one.related:
        result["relatedLocations"] = [
            {"id": place, "message": {"text": _message(other.role)}, **_physical(other.location)}
            for place, other in enumerate(one.related, start=1)
        ]
    return result


def _message(text: str) -> str:
    """A plain-text message: brackets that would make a link are escaped (SARIF 3.11.6)."""
    shown = printable(text)
    if "](" not in shown:
        return shown
    return shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _physical(location: Location) -> dict[str, Any]:
    artifact = {
        "uri": quote(location.file or ".", errors="backslashreplace"),
        "uriBaseId": "%SRCROOT%",
    }
    physical: dict[str, Any] = {"artifactLocation": artifact}
    if location.line:
        physical["region"] = {
            "startLine": location.line,
            "startColumn": max(location.column, 1),
        }
    return {"physicalLocation": physical}


def _logical(one: Finding) -> dict[str, Any]:
    names = {"function": one.operation, "object": one.location.pointer}
    places = [{"kind": kind, "fullyQualifiedName": name} for kind, name in names.items() if name]
    return {"logicalLocations": places} if places else {}
