"""The access matrix, what of it may not become looser without a signature, and its forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from proxygen.audit.findings import loosened, noted
from proxygen.audit.json_format import audit_json, audit_schema
from proxygen.audit.matrix import AUDIT, AuditError, access_matrix, parse_matrix
from proxygen.audit.table import markdown_table, text_table
from proxygen.ir.gateway import Gateway
from proxygen.pipeline import Build, build_specs
from proxygen.report.finding import Finding, Report

PUBLISHED = Path(__file__).resolve().parents[3] / "docs" / "audit.schema.json"
DOCUMENT = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
components:
  securitySchemes:
    token: {type: oauth2, flows: {clientCredentials: {tokenUrl: /t, scopes: {write: Write}}}}
paths:
  /orders:
    get:
      operationId: listOrders
      parameters:
        - {name: owner_id, in: query, schema: {type: string}}
      responses: {"200": {description: Orders.}}
    post:
      operationId: placeOrder
      security: [{token: [write]}]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              allOf:
                - {type: object, properties: {item: {type: string}}}
                - $ref: "#/components/schemas/Owned"
      responses: {"201": {description: Placed.}}
""".replace(
    "components:\n",
    """\
components:
  schemas:
    Owned:
      type: object
      required: [buyer]
      properties:
        buyer: {type: object, required: [owner_id], properties: {owner_id: {type: string}}}
""",
)
BOUND = '[identity.fields]\nuser_id = ["owner_id"]\n[identity.scopes]\nwrite = "shop.write"\n'
OTHER_FIELDS = (
    '[identity.fields]\nuser_id = ["X-User-ID"]\n[identity.scopes]\nwrite = "shop.write"\n'
)
LIST = "[services.shop.operations.listOrders]\n"
PLACE = "[services.shop.operations.placeOrder]\n"
WAIVE = 'waive = [{ field = "owner_id", reason = "a filter" }]\n'
PUBLIC = LIST + 'auth = "public"\n' + WAIVE
SIGNED = PUBLIC + 'signed = { by = "shop team", reason = "the catalogue" }\n'
SERVICE_PUBLIC = '[services.shop]\nauth = "public"\n' + WAIVE


def gateway(folder: Path, config: str, document: str = DOCUMENT) -> Gateway:
    specs = folder / "specs"
    specs.mkdir(exist_ok=True)
    (specs / "shop.yaml").write_text(document, encoding="utf-8")
    (specs / "proxygen.toml").write_text(config, encoding="utf-8")
    built = build_specs(specs)
    assert isinstance(built, Build), built.diagnostics
    return built.gateway


CASES = {
    "nothing moved": (BOUND, BOUND, []),
    "a route became public": (
        BOUND,
        BOUND + PUBLIC,
        ["error[route-became-public] GET /orders"],
    ),
    "somebody signed": (BOUND, BOUND + SIGNED, []),
    "it was public before": (BOUND + PUBLIC, BOUND + PUBLIC, []),
    "it was signed before, and the signature is gone": (BOUND + SIGNED, BOUND + PUBLIC, []),
    "a whole service became public": (
        BOUND,
        BOUND + SERVICE_PUBLIC,
        ["error[route-became-public] GET /orders", "error[route-became-public] POST /orders"],
    ),
    "it was closed": (BOUND + PUBLIC, BOUND, []),
    "the name of the field is identity's no more": (
        BOUND,
        OTHER_FIELDS,
        [
            "error[identity-became-unbound] GET /orders query:owner_id",
            "error[identity-became-unbound] POST /orders /buyer/owner_id",
        ],
    ),
    "it was waived, with a reason": (BOUND, BOUND + LIST + WAIVE, []),
    "it was waived by its pointer": (
        BOUND,
        BOUND + PLACE + 'waive = [{ field = "/buyer/owner_id", reason = "a gift" }]\n',
        [],
    ),
    "a token is not needed any more": (
        BOUND,
        BOUND + LIST + 'auth = "optional"\n',
        ["warning[access-widened] GET /orders"],
    ),
    "it moved to another path, and is bound no more": (
        BOUND,
        BOUND + LIST + 'path = "/mine"\n' + WAIVE.replace('"owner_id"', '"query:owner_id"'),
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_became_looser_needs_a_signature(case: str, tmp_path: Path) -> None:
    before, after, expected = CASES[case]
    committed = access_matrix(gateway(tmp_path, before))
    found = loosened(gateway(tmp_path, after), committed)
    assert [_line(one) for one in found] == expected


def _line(one: Finding) -> str:
    line = f"{one.severity}[{one.rule}] {one.operation}"
    return f"{line} {one.found.split('`')[1]}" if one.rule == "identity-became-unbound" else line


def test_the_first_build_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    assert loosened(gateway(tmp_path, BOUND + PUBLIC), None) == ()


DOCUMENTS = {
    "the document wants no scope any more": (
        DOCUMENT.replace("      security: [{token: [write]}]\n", ""),
        ["access-widened"],
    ),
    "the document drops the field": (
        DOCUMENT.replace("owner_id: {type: string}", "gift: {type: string}").replace(
            "required: [owner_id]", "required: [gift]"
        ),
        [],
    ),
    "the document drops the operation": (
        DOCUMENT.replace("    post:\n", "    x-post:\n"),
        [],
    ),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_change_of_the_document_is_judged_by_what_clients_can_do(
    case: str, tmp_path: Path
) -> None:
    document, expected = DOCUMENTS[case]
    committed = access_matrix(gateway(tmp_path, BOUND))
    found = loosened(gateway(tmp_path, BOUND, document), committed)
    assert [one.rule for one in found] == expected


def test_a_new_public_route_needs_a_signature_too(tmp_path: Path) -> None:
    only_list = DOCUMENT.replace("    get:\n", "    x-get:\n")
    committed = access_matrix(gateway(tmp_path, BOUND, only_list))
    found = loosened(gateway(tmp_path, BOUND + PUBLIC), committed)
    assert [one.rule for one in found] == ["route-became-public"]
    assert "a new route" in found[0].found


def test_a_committed_matrix_reads_back_without_places(tmp_path: Path) -> None:
    built = build_specs_of(tmp_path)
    routes = access_matrix(built.gateway)
    back = parse_matrix(built.files[AUDIT])
    assert [(one.name, one.auth, one.identity, one.left) for one in back] == [
        (one.name, one.auth, one.identity, one.left) for one in routes
    ]
    assert "specs/shop.yaml" not in built.files[AUDIT]
    moved = "# a comment that moves every line\n" + DOCUMENT
    (tmp_path / "specs" / "shop.yaml").write_text(moved, encoding="utf-8")
    again = build_specs(tmp_path / "specs")
    assert isinstance(again, Build)
    assert again.files[AUDIT] == built.files[AUDIT]


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"format": 2, "routes": []}', '{"format": 1, "routes": [{}]}', "[" * 9999],
)
def test_what_is_no_matrix_is_refused(text: str) -> None:
    with pytest.raises(AuditError):
        parse_matrix(text)


def build_specs_of(folder: Path) -> Build:
    gateway(folder, BOUND + SIGNED)
    built = build_specs(folder / "specs")
    assert isinstance(built, Build)
    return built


def test_tables_have_every_route_and_every_reason(tmp_path: Path) -> None:
    routes = access_matrix(gateway(tmp_path, BOUND + SIGNED))
    for table in (text_table(routes), markdown_table(routes)):
        assert "GET /orders" in table
        assert "signed by shop team: the catalogue" in table
        assert "a filter" in table
        assert "shop.write" in table
        assert "/buyer/owner_id" in table


def test_notes_name_public_routes_and_what_clients_choose(tmp_path: Path) -> None:
    found = noted(access_matrix(gateway(tmp_path, BOUND + SIGNED)))
    assert [one.rule for one in found] == ["public-route", "client-identity"]
    assert str(found[0].related[0].location).startswith("specs/proxygen.toml:")


def test_json_fits_its_published_schema(tmp_path: Path, golden: bool) -> None:
    text = json.dumps(audit_schema(), indent=2) + "\n"
    if golden:
        PUBLISHED.write_text(text, encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == text
    routes = access_matrix(gateway(tmp_path, BOUND + SIGNED))
    report = Report(command="audit", findings=noted(routes))
    Draft202012Validator(audit_schema()).validate(json.loads(audit_json(routes, report)))
