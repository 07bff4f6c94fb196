"""Names are safe, stable and distinct, whatever the document calls things."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxygen.lower.naming import LONGEST, ServiceNames, folded, operation_id_of, service_names


@pytest.mark.parametrize(
    ("operation_id", "function"),
    [
        ("registerBatch", "register_batch"),
        ("GET HTTPServer v2", "get_http_server_v2"),
        ("class", "class_"),
        ("print", "print_"),
        ("router", "router_"),
        ("1st-item", "operation_1_st_item"),
        ("x():\n    pass", "x_pass"),
        ("get\u202eItem\u2066", "get_item"),
        ("get\x00Item", "get_item"),
    ],
)
def test_an_operation_id_becomes_a_plain_identifier(operation_id: str, function: str) -> None:
    assert ServiceNames().function(operation_id) == function


@given(st.text())
def test_any_text_becomes_a_short_ascii_identifier(text: str) -> None:
    names = ServiceNames()
    for name in (names.function(text), names.class_(text), names.module(text)):
        assert name.isidentifier()
        assert name.isascii()
        assert len(name) <= LONGEST + len("_2")
    assert not keyword.iskeyword(ServiceNames().function(text))


@given(st.lists(st.text(max_size=6), max_size=12))
def test_functions_classes_and_modules_are_distinct_without_regard_to_case(
    texts: list[str],
) -> None:
    names = ServiceNames()
    functions = [names.function(text).casefold() for text in texts]
    classes = [names.class_(text).casefold() for text in texts]
    modules = {names.module(text).casefold() for text in set(texts)}
    assert len(set(functions)) == len(texts)
    assert len(set(classes)) == len(texts)
    assert len(modules) == len(set(texts))


def test_ids_that_collide_are_numbered_in_the_order_of_the_document() -> None:
    names = ServiceNames()
    got = [names.function(text) for text in ("getItem", "get_item", "get-item", "getItem")]
    assert got == ["get_item", "get_item_2", "get_item_3", "get_item_4"]


def test_names_of_the_generated_modules_are_not_shadowed() -> None:
    names = ServiceNames()
    for taken in ("Request", "Identity", "BaseModel", "Literal", "Contract"):
        assert names.class_(taken) == f"{taken}Model"


def test_long_names_that_differ_late_stay_distinct() -> None:
    names = ServiceNames()
    one, other = names.function("a" * 5000 + "1"), names.function("a" * 5000 + "2")
    assert one != other
    assert max(len(one), len(other)) <= LONGEST


def test_services_are_packages_with_names_of_their_own() -> None:
    got = service_names(("batch-orchestrator", "Batch_Orchestrator", "app", "../etc", "json"))
    assert got["batch-orchestrator"] == "batch_orchestrator"
    assert got["Batch_Orchestrator"] == "batch_orchestrator_2"
    assert got["app"] == "app_"
    assert got["../etc"] == "etc"


def test_an_operation_without_id_is_named_after_its_method_and_path() -> None:
    assert (
        operation_id_of("GET", "/v1/batches/{batch_id}/status")
        == "get_v1_batches_by_batch_id_status"
    )


@pytest.mark.parametrize("name", ["user_id", "userId", "X-User-ID", "user.id", "User Id"])
def test_folding_ignores_case_and_separators(name: str) -> None:
    assert folded(name).removeprefix("x") == "userid"
