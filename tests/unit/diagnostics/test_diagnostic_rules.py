"""Every rule that the generator names is registered, and every registered rule is named."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import proxygen
from proxygen.changes import rules as changes
from proxygen.diagnostic_rules import RULES
from proxygen.lower.edge_headers import (
    ALLOWED_BY_CONFIGURATION_ONLY,
    ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES,
    KEPT_FROM_CLIENTS,
    KEPT_FROM_CLIENTS_PREFIXES,
    WRITTEN_BY_THE_EDGE,
)


def test_every_rule_that_the_generator_names_is_registered() -> None:
    named = _hyphenated() - NOT_RULES - HEADERS - CHANGES
    assert named <= set(RULES), sorted(named - set(RULES))


def test_no_rule_is_put_together_so_that_it_cannot_be_found() -> None:
    package = Path(proxygen.__file__).parent
    calls = [
        node
        for path in _sources(package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _name(node.func) in REPORTING
    ]
    assert len(calls) > 50
    assert [ast.unparse(call) for call in calls if isinstance(_rule(call), ast.JoinedStr)] == []


def test_every_registered_rule_is_used() -> None:
    assert set(RULES) - _hyphenated() == set()


NOT_RULES = {
    "0-9",
    "2026-01-15",
    "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "a-z",
    "api-docs",
    "api-gateway",
    "cat-file",
    "content-encoding",
    "content-length",
    "content-type",
    "datamodel-code-generator",
    "date-time",
    "for-each-ref",
    "idempotency-key",
    "idn-email",
    "jsonschema-rs",
    "keep-alive",
    "ls-tree",
    "octet-stream",
    "openapi-spec-validator",
    "proxy-authorization",
    "python-jsonpath",
    "rev-parse",
    "specs-of-no-folder",
    "system-out",
    "time-outs",
    "transfer-encoding",
    "utf-8",
    "utf-8-sig",
    "x-correlation-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-proxied-by",
    "x-request-id",
    "x-gzip",
    "x-sunset",
    "x-codegen-request-body-name",
}
HEADERS = {
    *WRITTEN_BY_THE_EDGE,
    *ALLOWED_BY_CONFIGURATION_ONLY,
    *ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES,
    *KEPT_FROM_CLIENTS,
    *KEPT_FROM_CLIENTS_PREFIXES,
}
CHANGES = {part for rule in changes.RULES for part in (rule, rule.partition("-")[2])}
REPORTING = {"error", "warning", "Diagnostic", "passed", "refused", "_passed", "note", "refuse"}


def _sources(package: Path) -> list[Path]:
    """The generator's modules, but for the registry itself."""
    others = ("runtime", "testing")
    return [
        path
        for path in sorted(package.rglob("*.py"))
        if path.relative_to(package).parts[0] not in others and path.name != "diagnostic_rules.py"
    ]


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


def _rule(call: ast.Call) -> ast.expr | None:
    """The argument that is the rule: the second where the first is the name of a construct."""
    second = _name(call.func) in {"passed", "refused", "_passed", "note"}
    place = 1 if second else 0
    return call.args[place] if len(call.args) > place else None


def _hyphenated() -> set[str]:
    """The texts in the generator's source that look like a rule: hyphenated words."""
    return {
        node.value
        for path in _sources(Path(proxygen.__file__).parent)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+", node.value)
    }
