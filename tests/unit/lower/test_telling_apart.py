"""Operations of one method and template are told apart by what a request must say."""

from __future__ import annotations

import time
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


def conditions(done: Lowered) -> dict[str, list[str]]:
    operations: tuple[Operation, ...] = done.gateway.services[0].operations
    return {
        one.operation_id: [f"{c.place.value} {c.label}" for c in one.when] for one in operations
    }


def test_a_required_query_parameter_with_one_value_tells_apart() -> None:
    version = one_of("Version", "2010")
    done = sharing([one_of("Action", "Put"), version], [version, one_of("Action", "Get")])
    assert conditions(done) == {
        "op0": ["query Action=Put"],
        "op1": ["query Action=Get"],
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
        "op0": ["header x-target=a"],
        "op1": ["header x-target=b"],
    }


def test_two_parameters_tell_apart_where_one_does_not() -> None:
    done = sharing(
        [one_of("what", "a"), one_of("how", "x")],
        [one_of("what", "a"), one_of("how", "y")],
        [one_of("what", "b"), one_of("how", "x")],
    )
    assert conditions(done) == {
        "op0": ["query what=a", "query how=x"],
        "op1": ["query how=y"],
        "op2": ["query what=b"],
    }


@pytest.mark.parametrize(
    "other",
    [
        [one_of("Action", "Put")],
        [one_of("action", "Get")],
        [parameter("Action", {"enum": ["Get"]}, required=False)],
        [parameter("Action", {"type": "string", "enum": ["Get", "Put"]})],
        [parameter("Action", {"type": "string"})],
        [parameter("any", {"type": "object"}, required=False)],
    ],
)
def test_what_a_request_need_not_say_tells_nothing_apart(other: list[Json]) -> None:
    done = sharing([one_of("Action", "Put")], other)
    assert conditions(done) == {}
    assert done.ledger() == ["ambiguous-route"] * 2


def test_one_that_is_like_all_others_gives_way_to_them() -> None:
    other = parameter("Action", {"type": "string"}, required=False)
    done = sharing([other], [one_of("Action", "Put")], [one_of("Action", "Get")])
    assert sorted(conditions(done)) == ["op1", "op2"]
    assert done.ledger() == ["ambiguous-route"]


def flag(name: str) -> Json:
    return parameter(name, {"type": "boolean", "enum": [True]})


def test_what_one_requires_and_another_does_not_take_tells_apart_by_its_absence() -> None:
    upload = parameter("uploadId", {"type": "string"})
    copied = parameter("x-source", {"type": "string"}, "header")
    limit = parameter("limit", {"type": "integer"}, required=False)
    done = sharing([limit], [flag("acl"), limit], [flag("tags")], [upload, copied])
    assert conditions(done) == {
        "op0": ["query !acl", "query !tags", "query !uploadId"],
        "op1": ["query acl"],
        "op2": ["query tags"],
        "op3": ["query uploadId"],
    }
    assert done.ledger() == []


def test_a_flag_may_say_true_or_nothing() -> None:
    done = sharing([], [flag("acl")])
    one = done.gateway.services[0].operations[1]
    assert one.when == (Condition(place=Place.QUERY, name="acl", values=("true", "")),)
    assert [item.shape.types for item in one.parameters] == [("flag",)]


def test_an_operation_keeps_off_those_that_are_not_routed() -> None:
    done = sharing([], [flag("acl")], [flag("acl")])
    assert conditions(done) == {"op0": ["query !acl"]}
    assert done.ledger() == ["ambiguous-route"] * 2


def test_lists_of_values_tell_apart_where_none_is_in_both() -> None:
    done = sharing(
        [parameter("v", {"enum": ["a", "b"]})],
        [parameter("v", {"enum": [1, 2]})],
    )
    assert conditions(done) == {"op0": ["query v=a|b"], "op1": ["query v=1|2"]}


def test_the_media_type_of_a_required_body_tells_apart() -> None:
    def taking(*media_types: str, required: bool = True) -> Json:
        content = {one: {"schema": {"type": "object"}} for one in media_types}
        return {"requestBody": {"required": required, "content": content}}

    def done(*bodies: Json) -> Lowered:
        paths = {
            f"/#{number}": {"post": {"operationId": f"op{number}", **body}}
            for number, body in enumerate(bodies)
        }
        return lower(document(paths))

    json, stream = "application/json; charset=utf-8", "application/octet-stream"
    assert conditions(done(taking(json), taking(stream))) == {
        "op0": ["header content-type=application/json"],
        "op1": ["header content-type=application/octet-stream"],
    }
    others: tuple[Json, ...] = (
        taking(json, stream),
        taking("*/*"),
        taking(stream, required=False),
    )
    for other in others:
        assert done(taking(json), other).ledger() == ["ambiguous-route"] * 2
    assert conditions(done(taking(json), {}, taking(stream))) == {
        "op0": ["header content-type=application/json"],
        "op1": ["header !content-type"],
        "op2": ["header content-type=application/octet-stream"],
    }


def test_the_query_in_a_path_states_what_a_request_must_say() -> None:
    variable = parameter("word", {"type": "integer"}, "path")
    done = lower(
        document(
            {
                "/s?cmd=copy": {"post": {"operationId": "copy"}},
                "/s?cmd=a%20b&full": {"post": {"operationId": "full"}},
                "/s?q={word}": {"get": {"operationId": "find", "parameters": [variable]}},
                "/s?{q}={word}": {"get": {"operationId": "odd"}},
            }
        )
    )
    assert conditions(done) == {
        "copy": ["query cmd=copy"],
        "full": ["query cmd=a%20b", "query full"],
        "find": ["query q"],
    }
    assert done.ledger() == ["path-query"]
    assert {one.edge_path for one in done.gateway.services[0].operations} == {"/s"}
    find = done.gateway.services[0].operations[2]
    assert [(one.name, one.required, one.shape.types) for one in find.parameters] == [
        ("q", True, ("integer",))
    ]


def test_each_variable_without_a_parameter_has_a_name_of_its_own() -> None:
    done = lower(document({"/a/{b}/{c}": {"get": {"operationId": "a"}}}))
    assert [one.name for one in done.operation.parameters] == ["b", "c"]


def test_the_configuration_names_an_operation_by_its_path_and_fragment() -> None:
    told = [one_of("Action", "Put")], [one_of("Action", "Get")]
    assert sharing(*told, operations=operation("POST /#1")).rules() == []
    alike: tuple[list[Json], list[Json]] = ([], [])
    assert sharing(*alike, operations=operation("POST /#1")).rules() == ["ambiguous-route"]


def test_the_edge_contract_has_every_one_of_them() -> None:
    done = sharing([one_of("Action", "Put")], [one_of("Action", "Get")])
    assert list(done.gateway.edge_contract["paths"]) == ["/#Action=Put", "/#Action=Get"]
    assert Condition(place=Place.QUERY, name="Action", values=("Put",)) in (
        done.gateway.services[0].operations[0].when
    )


@pytest.mark.parametrize("others", [[], [parameter("Version", {"const": "1"})]])
@pytest.mark.parametrize("number", [2, 3, 40])
def test_many_of_one_key_are_told_apart_as_comparing_each_with_each_does(
    number: int, others: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    operations = [[one_of("Action", f"A{one}"), *others] for one in range(number)]
    quick = conditions(sharing(*operations))
    assert quick == {f"op{one}": [f"query Action=A{one}"] for one in range(number)}
    monkeypatch.setattr("proxygen.lower.telling_apart._by_one_key", lambda _: None)
    assert conditions(sharing(*operations)) == quick


def test_two_thousand_of_one_key_take_no_longer_than_as_many_paths() -> None:
    paths = {
        f"/#{one}": {"get": {"parameters": [one_of("Action", f"A{one}")]}} for one in range(2000)
    }
    started = time.process_time()
    assert len(lower(document(paths)).gateway.services[0].operations) == 2000
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("paths", "rule"),
    [
        ({"/a//b": {"get": {"operationId": "wanted"}}}, "path-not-routable"),
        ({"/metrics": {"get": {"operationId": "wanted"}}}, "gateway-path"),
        (
            {"/#a": {"get": {"operationId": "wanted"}}, "/#b": {"get": {"operationId": "other"}}},
            "ambiguous-route",
        ),
        (
            {"/a": {"additionalOperations": {"COPY": {"operationId": "wanted"}}}},
            "method-not-proxied",
        ),
        ({"/a": {"trace": {"operationId": "wanted"}}}, "stale-operation"),
        ({"/a?b=c=d": {"get": {"operationId": "wanted"}}}, "stale-operation"),
    ],
)
def test_an_operation_that_is_not_routed_and_that_the_configuration_names_is_an_error(
    paths: Json, rule: str
) -> None:
    value = document(paths, version="3.2.0")
    assert lower(value).rules() == []
    assert rule in lower(value, operations=operation("wanted", validation="off")).rules()
