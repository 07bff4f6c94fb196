"""How diagnostics look, and that every rule is registered."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import proxygen
from proxygen.diagnostic_rules import RULES
from proxygen.diagnostics import Diagnostic, Location, Severity
from proxygen.diagnostics_text import render_diagnostics
from proxygen.lower.edge_headers import (
    ALLOWED_BY_CONFIGURATION_ONLY,
    ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES,
    WRITTEN_BY_THE_EDGE,
)

ERROR = Diagnostic(
    "unknown-key",
    Severity.ERROR,
    Location("specs/proxygen.toml", 12, 3),
    "[gateway] has no key `nam`. Did you mean `name`?",
    "Known here: name, output.",
)
WARNING = Diagnostic(
    "pattern-unchecked",
    Severity.WARNING,
    Location("specs/a.yaml", 4, 1, "/components/schemas/A/pattern"),
    "Python cannot compile the pattern.",
    "Nothing.",
    (Location("specs/a.yaml", 2, 1, "/info"),),
)


def test_the_text_is_in_the_order_of_files_and_lines_whatever_the_input() -> None:
    expected = (
        "specs/a.yaml:4:1: warning[pattern-unchecked] /components/schemas/A/pattern\n"
        "  Python cannot compile the pattern.\n"
        "  see specs/a.yaml:2:1 /info\n"
        "  = Nothing.\n"
        "\n"
        "specs/proxygen.toml:12:3: error[unknown-key]\n"
        "  [gateway] has no key `nam`. Did you mean `name`?\n"
        "  = Known here: name, output.\n"
        "\n"
        "1 error, 1 warning\n"
    )
    assert render_diagnostics([ERROR, WARNING], color=False) == expected
    assert render_diagnostics([WARNING, ERROR], color=False) == expected


def test_nothing_is_said_about_nothing() -> None:
    assert render_diagnostics([], color=True) == ""


def test_color_changes_nothing_but_color() -> None:
    colored = render_diagnostics([ERROR, WARNING], color=True)
    assert "\x1b[1;31merror[unknown-key]\x1b[0m" in colored
    plain = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert plain == render_diagnostics([ERROR, WARNING], color=False)


def test_text_of_a_document_cannot_move_the_cursor_or_break_lines() -> None:
    hostile = Diagnostic(
        "unknown-key",
        Severity.ERROR,
        Location("a\n.yaml", 1, 1, "/\x1b[2J"),
        "x\r\x1b]0;title\x07\u202e",
        "y\nz",
    )
    text = render_diagnostics([hostile], color=False)
    assert len(text.splitlines()) == 5
    assert all(line.isprintable() for line in text.splitlines())


def test_a_whole_file_has_no_line() -> None:
    whole = Diagnostic("empty-document", Severity.ERROR, Location("a.yaml"), "x.", "y.")
    assert render_diagnostics([whole], color=False).startswith("a.yaml: error[empty-document]\n")


def test_every_rule_that_the_generator_names_is_registered() -> None:
    named = _hyphenated() - NOT_RULES - HEADERS
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
    "api-gateway",
    "content-encoding",
    "content-length",
    "content-type",
    "date-time",
    "idempotency-key",
    "idn-email",
    "keep-alive",
    "octet-stream",
    "proxy-authorization",
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
}
HEADERS = {
    *WRITTEN_BY_THE_EDGE,
    *ALLOWED_BY_CONFIGURATION_ONLY,
    *ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES,
}
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
