"""The access matrix and its findings as JSON; `audit_schema` is the published JSON Schema of it."""

from __future__ import annotations

import json
from typing import Any, Literal, cast

from typing_extensions import TypedDict

from proxygen.audit.matrix import Route, route_json
from proxygen.report.finding import Report
from proxygen.report.json_format import FindingJson, finding_json


class SentJson(TypedDict):
    """An identity field, and the input of the service that it fills (a JSON pointer, or `query:name`)."""

    field: Literal["user_id", "org_id"]
    input: str


class LeftJson(TypedDict):
    """An input that looks like identity and is the client's; an empty reason: nobody has decided that."""

    input: str
    reason: str


class SignedJson(TypedDict):
    """Who answers for it that the route is public, and why."""

    by: str
    reason: str


class RouteJson(TypedDict):
    """A route; `scopes` are alternatives, `operation` is empty for a service that is passed through whole."""

    service: str
    operation: str
    method: str
    path: str
    auth: Literal["required", "optional", "public"]
    scopes: list[list[str]]
    identity: list[SentJson]
    left: list[LeftJson]
    signed: SignedJson | None


class AuditJson(TypedDict):
    """Who may call what, and what a person should look at; `failed`: somebody has to sign."""

    format: Literal[1]
    command: Literal["audit"]
    failed: bool
    routes: list[RouteJson]
    findings: list[FindingJson]


def audit_json(routes: tuple[Route, ...], report: Report) -> str:
    """One object on several lines, ASCII only."""
    value: AuditJson = {
        "format": 1,
        "command": "audit",
        "failed": bool(report.failing),
        "routes": [cast("RouteJson", route_json(one)) for one in routes],
        "findings": [finding_json(one) for one in report.ordered],
    }
    return json.dumps(value, indent=2) + "\n"


def audit_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what `audit_json` writes."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(AuditJson).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "The access matrix of an edge",
    }
