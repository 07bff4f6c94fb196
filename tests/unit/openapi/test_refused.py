"""What cannot be understood is refused with its rule and its place, all of it together."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest

from proxygen.diagnostics import Diagnostic, InputRefused, Severity
from proxygen.openapi import metaschemas, validate
from tests.unit.openapi.documents import (
    OPERATION,
    changed,
    document,
    parse,
    refusal,
    with_path,
)

PARAMETERS = f"{OPERATION}/parameters"
THING = "/components/schemas/Thing"
RESPONSES = f"{OPERATION}/responses"


def reference(target: Any) -> dict[str, Any]:
    return changed(f"{THING}/properties/name", {"$ref": target})


def parameter(**values: Any) -> dict[str, Any]:
    return changed(f"{PARAMETERS}/-", {"in": "query", "schema": {"type": "string"}, **values})


@pytest.mark.parametrize(
    ("value", "rule", "pointer"),
    [
        pytest.param(
            parameter(name='X-A");CODE#', **{"in": "header"}),
            "parameter-name",
            f"{PARAMETERS}/2/name",
            id="G18",
        ),
        pytest.param(
            parameter(name='c";CODE', **{"in": "cookie"}), "parameter-name", None, id="G19"
        ),
        pytest.param(
            parameter(name="n", schema={"type": "integer", "default": "CODE"}),
            "default-mismatch",
            f"{PARAMETERS}/2/schema/default",
            id="G23",
        ),
        pytest.param(
            parameter(name="n", schema={"type": "integer", "default": "CODE 7"}),
            "default-mismatch",
            f"{PARAMETERS}/2/schema/default",
            id="G23-number-behind",
        ),
        pytest.param(
            changed(f"{THING}/properties/name", {"type": "number", "minimum": "0);CODE"}),
            "openapi-invalid",
            f"{THING}/properties/name/minimum",
            id="G28",
        ),
        pytest.param(
            changed(f"{THING}/properties/name", {"type": "string", "maxLength": -1}),
            "openapi-invalid",
            f"{THING}/properties/name/maxLength",
            id="G29",
        ),
        pytest.param(
            changed(f"{THING}/properties/name", {"type": "string", "minLength": True}),
            "openapi-invalid",
            f"{THING}/properties/name/minLength",
            id="G29-boolean",
        ),
        pytest.param(
            changed(f"{RESPONSES}/200/content", {'application/json");CODE#': {}}),
            "media-type",
            f'{RESPONSES}/200/content/application~1json");CODE#',
            id="G33",
        ),
        pytest.param(
            changed(f'{RESPONSES}/200");CODE#', {"description": "x"}), "status-key", None, id="G34"
        ),
        pytest.param(
            changed(f"{RESPONSES}/2XY", {"description": "x"}), "status-key", None, id="G34-2"
        ),
        pytest.param(
            changed(f'{RESPONSES}/200/headers/X");CODE#', {}), "header-name", None, id="G35"
        ),
        pytest.param(
            changed(
                "/components/securitySchemes/k",
                {"type": "apiKey", "in": "header", "name": "X\r\nEvil: 1"},
            ),
            "header-name",
            "/components/securitySchemes/k/name",
            id="G37",
        ),
        pytest.param(
            changed(f"{OPERATION}/operationId", "get\x00Item"),
            "operation-id",
            f"{OPERATION}/operationId",
            id="I09",
        ),
        pytest.param(with_path("/a/{x:path}"), "path-convertor", None, id="I14"),
        pytest.param(with_path("/a/{x"), "path-braces", None, id="I15"),
        pytest.param(with_path("/a/x}"), "path-braces", None, id="I15-closing"),
        pytest.param(with_path("/a/{}"), "path-braces", None, id="I15-empty"),
        pytest.param(with_path("/a/{b/c}"), "path-braces", None, id="I15-slash"),
        pytest.param(with_path("//evil.com/x"), "path-slash", None, id="I16-two"),
        pytest.param(with_path("x"), "path-slash", None, id="I16-none"),
        pytest.param(with_path("/a/../b"), "path-dot-segment", None, id="I16-dots"),
        pytest.param(with_path("/a/%2E%2e/b"), "path-dot-segment", None, id="I16-encoded-dots"),
        pytest.param(with_path("//a.b?x=1"), "path-slash", None, id="I16-query"),
        pytest.param(with_path("//a:80/x"), "path-slash", None, id="I16-port"),
        pytest.param(with_path("//u@a/x"), "path-slash", None, id="I16-user"),
        pytest.param(with_path("//%61%2ecom/x"), "path-slash", None, id="I16-encoded"),
        pytest.param(with_path("//[::1]/x"), "path-slash", None, id="I16-address"),
        pytest.param(with_path("/a/..?x=1"), "path-dot-segment", None, id="I16-query-dots"),
        pytest.param(with_path("/a\x01b"), "path-characters", None, id="I16-control"),
        pytest.param(with_path("/a\\b"), "path-characters", None, id="I16-backslash"),
        pytest.param(with_path("/a%2"), "path-characters", None, id="I16-percent"),
        pytest.param(
            parameter(name="q"), "parameter-duplicate", f"{PARAMETERS}/2", id="parameter-twice"
        ),
        pytest.param(parameter(name="b", **{"in": "body"}), "parameter-location", None, id="body"),
        pytest.param(parameter(), "parameter-name", None, id="parameter-without-name"),
        pytest.param(
            parameter(name="s", style="simple"), "parameter-style", None, id="parameter-style"
        ),
        pytest.param(
            parameter(name="r", required="yes"), "flag-type", f"{PARAMETERS}/2/required", id="flag"
        ),
        pytest.param(reference("file:///etc/passwd"), "reference-remote", None, id="R01"),
        pytest.param(
            reference("http://127.0.0.1:19999/leak.json"), "reference-remote", None, id="R02"
        ),
        pytest.param(
            reference("../../../../../../etc/passwd"), "reference-outside", None, id="R03"
        ),
        pytest.param(reference("..\\..\\etc"), "reference-outside", None, id="R03-backslash"),
        pytest.param(reference("%2e%2e/etc"), "reference-outside", None, id="R03-encoded"),
        pytest.param(reference("//127.0.0.1:19999/x"), "reference-remote", None, id="R04"),
        pytest.param(reference("/etc/passwd"), "reference-remote", None, id="R04-absolute"),
        pytest.param(reference("C:\\x.json"), "reference-remote", None, id="R04-drive"),
        pytest.param(
            reference("#/components/schemas/Nope"),
            "reference-unresolved",
            f"{THING}/properties/name/$ref",
            id="R06",
        ),
        pytest.param(
            reference("#/components/schemas/A%2e%2e/../Item"),
            "reference-unresolved",
            None,
            id="R07",
        ),
        pytest.param(reference("other.json#/x"), "reference-file", None, id="R08"),
        pytest.param(reference(""), "reference-syntax", None, id="R09"),
        pytest.param(reference("#"), "reference-syntax", None, id="R10"),
        pytest.param(reference(7), "reference-syntax", None, id="reference-to-number"),
        pytest.param(
            changed(
                "/components/schemas",
                {
                    "Thing": {"$ref": "#/components/schemas/B"},
                    "B": {"$ref": "#/components/schemas/Thing"},
                },
            ),
            "reference-cycle",
            "/components/schemas/B",
            id="R12",
        ),
        pytest.param(
            changed(THING, {"allOf": [{"$ref": f"#{THING}"}]}), "reference-cycle", None, id="R13"
        ),
        pytest.param(
            changed(
                "/components/parameters",
                {
                    "P": {"$ref": "#/components/parameters/Q"},
                    "Q": {"$ref": "#/components/parameters/P"},
                },
            ),
            "reference-cycle",
            "/components/parameters/P",
            id="R15",
        ),
        pytest.param({"swagger": "1.2", "paths": {}}, "openapi-version", "/swagger", id="Y18"),
        pytest.param({"swagger": 2.0, "paths": {}}, "openapi-version", "/swagger", id="Y18-number"),
        pytest.param(document(openapi="4.0.0"), "openapi-version", "/openapi", id="Y19"),
        pytest.param(document(openapi=3.0), "openapi-version", "/openapi", id="Y20"),
        pytest.param({"a": 1}, "openapi-version", "", id="Y20-no-document"),
        pytest.param(changed("/paths", None), "object-type", "/paths", id="Y21"),
        pytest.param(changed("/paths", []), "object-type", "/paths", id="Y21-list"),
        pytest.param(changed("/paths/~1a", None), "object-type", "/paths/~1a", id="Y22"),
        pytest.param(changed("/paths/~1a", []), "object-type", "/paths/~1a", id="Y22-list"),
        pytest.param(document(info=None), "openapi-invalid", "", id="no-info"),
        pytest.param(changed("/info", {"title": "x"}), "openapi-invalid", "/info", id="no-version"),
        pytest.param(changed(THING, "x"), "schema-type", THING, id="schema-string"),
        pytest.param(
            changed("/components/schemas", []), "object-type", "/components/schemas", id="schemas"
        ),
    ],
)
def test_refused_by_rule_and_place(
    tmp_path: Path, value: Any, rule: str, pointer: str | None
) -> None:
    started = time.perf_counter()
    found = refusal(tmp_path, value)
    assert time.perf_counter() - started < 5
    errors = [item for item in found if item.severity is Severity.ERROR]
    matching = [item for item in errors if item.rule == rule]
    assert matching, [str(item) for item in errors]
    if pointer is not None:
        assert pointer in [item.location.pointer for item in matching]
    assert all(item.location.line > 0 for item in found)
    assert all(item.found.isprintable() for item in found)


@pytest.mark.parametrize("openapi", ["3.0.3", "3.1.0", "3.2.0"])
def test_a_schema_that_is_none_is_refused_in_every_version(tmp_path: Path, openapi: str) -> None:
    value = changed(f"{THING}/properties/name", {"type": "strin"}, openapi=openapi)
    (found,) = refusal(tmp_path, value)
    assert found.location.pointer == f"{THING}/properties/name/type"


UNDERSTOOD = [
    pytest.param(
        with_path("/a/{x}"), "path-variable-undeclared", "/paths/~1a~1{x}/get", id="undeclared"
    ),
    pytest.param(
        with_path("/a", operationId="getThing"),
        "operation-id-duplicate",
        "/paths/~1a/get/operationId",
        id="operation-id",
    ),
    pytest.param(with_path("/a b"), "path-encoded", "/paths/~1a b", id="path-with-a-blank"),
    pytest.param(with_path("/å{x}"), "path-encoded", "/paths/~1å{x}", id="path-beyond-ascii"),
    pytest.param(with_path("/a#x"), "path-fragment", "/paths/~1a#x", id="fragment"),
    pytest.param(
        parameter(name="nowhere", required=True, **{"in": "path"}),
        "path-parameter-unused",
        f"{PARAMETERS}/2",
        id="unused-path-parameter",
    ),
    pytest.param(
        parameter(name=""), "parameter-nameless", f"{PARAMETERS}/2/name", id="nameless-parameter"
    ),
    pytest.param(
        parameter(name="", **{"in": "header"}),
        "parameter-nameless",
        f"{PARAMETERS}/2/name",
        id="nameless-header",
    ),
    pytest.param(
        parameter(name="n", schema={"type": "integer", "default": "10"}),
        "default-mismatch",
        f"{PARAMETERS}/2/schema/default",
        id="spelled-default",
    ),
    pytest.param(
        parameter(name="n", schema={"type": "boolean", "default": "false - DELETE"}),
        "default-mismatch",
        f"{PARAMETERS}/2/schema/default",
        id="default-with-a-remark",
    ),
    pytest.param(
        parameter(name="n", schema={"type": "string", "default": None}),
        "default-mismatch",
        f"{PARAMETERS}/2/schema/default",
        id="null-default",
    ),
    pytest.param(
        parameter(name="n", schema={"type": "string", "enum": ["a"], "default": "b"}),
        "default-mismatch",
        f"{PARAMETERS}/2/schema/default",
        id="default-beside-enum",
    ),
    pytest.param(
        changed(THING, {"allOf": [{"type": "object"}], "required": ["unheard_of", "nor_this"]}),
        "openapi-invalid",
        f"{RESPONSES}/200/content/application~1json/schema",
        id="required-and-not-described",
    ),
    pytest.param(
        changed(f"{RESPONSES}/200/content", {"PDF": {}}),
        "media-type",
        f"{RESPONSES}/200/content/PDF",
        id="word-for-media-type",
    ),
    pytest.param(
        changed(f"{RESPONSES}/200/content", {"applicationjson;version=2018-01-01": {}}),
        "media-type",
        f"{RESPONSES}/200/content/applicationjson;version=2018-01-01",
        id="word-with-parameters-for-media-type",
    ),
    pytest.param(with_path("//a/b"), "path-slash", "/paths/~1~1a~1b", id="two-slashes-and-no-host"),
    pytest.param(with_path("///a.b"), "path-slash", "/paths/~1~1~1a.b", id="three-slashes"),
    pytest.param(
        with_path("//a.{b}"), "path-slash", "/paths/~1~1a.{b}", id="two-slashes-and-a-variable"
    ),
    pytest.param(
        changed(
            "/components/securitySchemes/k",
            {"type": "apiKey", "in": "header", "name": "API Key"},
        ),
        "header-name",
        "/components/securitySchemes/k/name",
        id="scheme-with-a-blank",
    ),
]


@pytest.mark.parametrize(("value", "rule", "pointer"), UNDERSTOOD)
def test_what_can_be_understood_builds_with_a_warning(
    tmp_path: Path, value: Any, rule: str, pointer: str
) -> None:
    _, found = parse(tmp_path, value)
    assert (rule, pointer) in [(item.rule, item.location.pointer) for item in found]
    assert {item.severity for item in found} == {Severity.WARNING}


@pytest.mark.parametrize(("value", "rule", "pointer"), UNDERSTOOD)
def test_strict_makes_each_of_these_an_error(
    tmp_path: Path, value: Any, rule: str, pointer: str
) -> None:
    found = refusal(tmp_path, value, strict=True)
    assert (rule, pointer) in [(item.rule, item.location.pointer) for item in found]
    assert {item.severity for item in found} == {Severity.ERROR}


def test_all_errors_are_reported_together_in_the_order_of_the_file(tmp_path: Path) -> None:
    value = with_path("/a/{x:path}")
    value["paths"]["/b/{y}"] = {"get": {"responses": {"2000": {"description": "x"}}}}
    value["components"]["schemas"]["Thing"]["properties"]["name"] = {"type": 7}
    found = refusal(tmp_path, value)
    errors = {item.rule for item in found if item.severity is Severity.ERROR}
    assert errors == {
        "path-convertor",
        "status-key",
        "openapi-invalid",
    }
    assert [item.location for item in found] == sorted(item.location for item in found)


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:19999/leak.json", "file:///etc/passwd", "//127.0.0.1:19999/x"],
)
@pytest.mark.parametrize(
    "pointer",
    [
        f"{THING}/properties/name",
        f"{PARAMETERS}/0",
        f"{RESPONSES}/200",
        "/paths/~1a",
        "/webhooks/w",
        f"{OPERATION}/callbacks/c",
        "/components/links/l",
    ],
)
def test_no_reference_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pointer: str, target: str
) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        message = "something was opened"
        raise AssertionError(message)

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr("urllib.request.OpenerDirector.open", refuse)
    value = changed(pointer, {"$ref": target})
    found = refusal(tmp_path, value)
    assert "reference-remote" in {item.rule for item in found}


def test_ids_inside_schemas_fetch_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        message = "something was opened"
        raise AssertionError(message)

    monkeypatch.setattr("urllib.request.OpenerDirector.open", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    value = changed(
        THING, {"$id": "http://127.0.0.1:19999/x.json", "$ref": "#/components/schemas/B"}
    )
    value["components"]["schemas"]["B"] = {"type": "string", "default": "x"}
    parse(tmp_path, value)


def test_a_pattern_is_not_run_over_a_default(tmp_path: Path) -> None:
    value = changed(
        f"{THING}/properties/name",
        {"type": "string", "pattern": "^(a+)+$", "default": "a" * 40 + "!"},
    )
    started = time.perf_counter()
    parse(tmp_path, value)
    assert time.perf_counter() - started < 2


def test_deep_schemas_within_the_budget_are_judged(tmp_path: Path) -> None:
    schema: dict[str, Any] = {"type": "strin"}
    for _ in range(85):
        schema = {"type": "array", "items": schema}
    found = refusal(tmp_path, changed(f"{THING}/properties/name", schema))
    assert "openapi-invalid" in {item.rule for item in found}


def test_strict_makes_every_finding_an_error(tmp_path: Path) -> None:
    value = changed(f"{THING}/properties/name", {"type": "string", "pattern": r"\p{L}"})
    _, warnings = parse(tmp_path, value)
    assert [item.rule for item in warnings] == ["pattern-unchecked"]
    assert [item.severity for item in refusal(tmp_path, value, strict=True)] == [Severity.ERROR]


@pytest.mark.parametrize("openapi", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        (f"{THING}/properties/name", {"type": "strin"}),
        (f"{THING}/properties/name", {"type": "string", "pattern": "(?P<x"}),
        (f"{THING}/properties/name", {"type": "string", "maxLength": 10**400}),
        (f"{OPERATION}/frob", 1),
        (f"{RESPONSES}/404", {}),
        ("/info/contact", {"email": 3}),
        ("/info/summary", "fine"),
    ],
)
def test_the_quick_judge_changes_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, openapi: str, pointer: str, change: Any
) -> None:
    value = changed(pointer, change, openapi=openapi)
    quick = _findings(tmp_path, value)
    _forget_validators()
    monkeypatch.setattr(metaschemas, "jsonschema_rs", None)
    slow = _findings(tmp_path, value)
    _forget_validators()
    assert quick == slow


def _findings(folder: Path, value: Any) -> tuple[Diagnostic, ...]:
    try:
        return parse(folder, value)[1]
    except InputRefused as refused:
        return refused.diagnostics


def _forget_validators() -> None:
    validate._document_validators.cache_clear()
    metaschemas._checker.cache_clear()


def test_five_thousand_operations_are_parsed_in_seconds(tmp_path: Path) -> None:
    answer = {"200": {"description": "ok", "content": {"application/json": {"schema": {}}}}}
    value = document()
    for number in range(5000):
        value["paths"][f"/a{number}"] = {"get": {"operationId": f"a{number}", "responses": answer}}
        value["components"]["schemas"][f"A{number}"] = {"type": "object"}
    started = time.process_time()
    contract, _ = parse(tmp_path, value)
    assert len(contract.operations) == 5001
    assert time.process_time() - started < 8
