"""The generator and the runtime never import each other; here is where they are held to the same words."""

from __future__ import annotations

from dataclasses import MISSING, fields
from enum import StrEnum
from typing import Any

import pytest

from proxygen import RUNTIME_CONTRACT
from proxygen.ir import gateway as ir
from proxygen.lower import edge_headers
from proxygen.runtime import errors, operation
from proxygen.runtime.contract import CONTRACT
from proxygen.runtime.edge import Claims
from proxygen.runtime.headers import names as header_names

ENUMS = (
    "Auth",
    "IdentityField",
    "Place",
    "Absent",
    "AbsentParent",
    "Validation",
    "OnClientValue",
    "BodyKind",
)
DATA = ("Timeouts", "Retry")


def defaults(cls: Any) -> dict[str, object]:
    """The default of each field that has a plain one."""
    return {field.name: field.default for field in fields(cls) if field.default is not MISSING}


def test_the_contract_number_is_the_same() -> None:
    assert RUNTIME_CONTRACT == CONTRACT


@pytest.mark.parametrize("name", ENUMS)
def test_enums_have_the_same_members(name: str) -> None:
    ours: type[StrEnum] = getattr(ir, name)
    theirs: type[StrEnum] = getattr(operation, name)
    assert {m.name: m.value for m in ours} == {m.name: m.value for m in theirs}


def test_error_formats_are_the_same() -> None:
    assert {m.name: m.value for m in ir.ErrorFormat} == {
        m.name: m.value for m in errors.ErrorFormat
    }


def test_rate_limits_have_the_same_fields() -> None:
    names = [[field.name for field in fields(cls)] for cls in (ir.RateLimit, operation.RateLimit)]
    assert names[0] == names[1]


@pytest.mark.parametrize("name", DATA)
def test_defaults_that_generated_code_leaves_out_are_the_same(name: str) -> None:
    assert defaults(getattr(ir, name)) == defaults(getattr(operation, name))


def test_claims_that_generated_code_leaves_out_are_the_same() -> None:
    assert defaults(ir.Claims) == defaults(Claims)


def test_headers_that_a_document_cannot_open_are_the_same() -> None:
    ours = edge_headers.WRITTEN_BY_THE_EDGE | edge_headers.ALLOWED_BY_CONFIGURATION_ONLY
    filled = {"x-user-id", "x-org-id"}
    assert ours == (
        header_names.NEVER_FORWARDED
        | header_names.ALLOWED_BY_CONFIGURATION_ONLY
        | header_names.OWNED - filled
    )
    assert (
        edge_headers.ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES
        == header_names.ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES
    )


def test_headers_that_stop_at_the_edge_are_the_same() -> None:
    assert edge_headers.KEPT_FROM_CLIENTS == header_names.RESPONSE_DENIED | header_names.OWNED
    assert edge_headers.KEPT_FROM_CLIENTS_PREFIXES == header_names.RESPONSE_DENIED_PREFIXES
