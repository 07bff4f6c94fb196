"""Operations of one method and template are told apart by what a request must say."""

from __future__ import annotations

from typing import Any

import pytest

from proxygen.ir.gateway import Condition, Operation, Place
from tests.unit.lower.lowering import Lowered, document, lower, operation

Json = Any


def parameter(name: str, schema: Json, place: str = "query", *, required: bool = True) -> Json:
    return {"name": name, "in": place, "required": required, "schema": schema}


def one_of(name: str, value: Json, place: str = "query") -> Json:
    return parameter(name, {"type": "string", "enum": [value]}, place)


def sharing(*parameters: list[Json], **said: Any) -> Lowered:
    """Operations `0`, `1`, ... of one wire route, each with these parameters."""
    paths = {
        f"/#{number}": {"post": {"operationId": f"op{number}", "parameters": some}}
        for number, some in enumerate(parameters)
    }
    return lower(document(paths), **said)


def conditions(done: Lowered) -> dict[str, list[tuple[str, str, str]]]:
    operations: tuple[Operation, ...] = done.gateway.services[0].operations
    return {
        one.operation_id: [(c.place.value, c.name, c.value) for c in one.when] for one in operations
    }


def test_a_required_query_parameter_with_one_value_tells_apart() -> None:
    version = one_of("Version", "2010")
    done = sharing([one_of("Action", "Put"), version], [version, one_of("Action", "Get")])
    assert conditions(done) == {
        "op0": [("query", "Action", "Put")],
        "op1": [("query", "Action", "Get")],
    }
    assert done.ledger() == []


def test_a_header_tells_apart_by_const_and_through_a_reference() -> None:
    done = lower(
        document(
            {
                "/#a": {
                    "post": {
                        "operationId": "op0",
                        "parameters": [parameter("X-Target", {"const": "a"}, "header")],
                    }
                },
                "/#b": {
                    "post": {
                        "operationId": "op1",
                        "parameters": [
                            parameter("x-target", {"$ref": "#/components/schemas/B"}, "header")
                        ],
                    }
                },
            },
            schemas={"B": {"type": "string", "enum": ["b"]}},
        )
    )
    assert conditions(done) == {
        "op0": [("header", "x-target", "a")],
        "op1": [("header", "x-target", "b")],
    }


def test_two_parameters_tell_apart_where_one_does_not() -> None:
    done = sharing(
        [one_of("what", "a"), one_of("how", "x")],
        [one_of("what", "a"), one_of("how", "y")],
        [one_of("what", "b"), one_of("how", "x")],
    )
    assert conditions(done) == {
        "op0": [("query", "what", "a"), ("query", "how", "x")],
        "op1": [("query", "how", "y")],
        "op2": [("query", "what", "b")],
    }


@pytest.mark.parametrize(
    "other",
    [
        [],
        [one_of("Action", "Put")],
        [one_of("action", "Get")],
        [parameter("Action", {"enum": ["Get"]}, required=False)],
        [parameter("Action", {"type": "string", "enum": ["Get", "Put"]})],
        [parameter("Action", {"type": "string"})],
        [one_of("Action", "Get", "header")],
    ],
)
def test_what_a_request_need_not_say_tells_nothing_apart(other: list[Json]) -> None:
    done = sharing([one_of("Action", "Put")], other)
    assert conditions(done) == {}
    assert done.ledger() == ["ambiguous-route"] * 2


def test_one_that_is_like_all_others_gives_way_to_them() -> None:
    done = sharing([], [one_of("Action", "Put")], [one_of("Action", "Get")])
    assert sorted(conditions(done)) == ["op1", "op2"]
    assert done.ledger() == ["ambiguous-route"]


def test_the_configuration_names_an_operation_by_its_path_and_fragment() -> None:
    told = [one_of("Action", "Put")], [one_of("Action", "Get")]
    assert sharing(*told, operations=operation("POST /#1")).rules() == []
    alike: tuple[list[Json], list[Json]] = ([], [])
    assert sharing(*alike, operations=operation("POST /#1")).rules() == ["ambiguous-route"]


def test_the_edge_contract_has_every_one_of_them() -> None:
    done = sharing([one_of("Action", "Put")], [one_of("Action", "Get")])
    assert list(done.gateway.edge_contract["paths"]) == ["/#Action=Put", "/#Action=Get"]
    assert Condition(place=Place.QUERY, name="Action", value="Put") in (
        done.gateway.services[0].operations[0].when
    )
