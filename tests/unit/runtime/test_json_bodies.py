"""Typed JSON bodies: strict to read, identity put into the client's own bytes, nothing else touched."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from proxygen.runtime.body import BodyLimits, BodyReader, JsonBody
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import (
    Absent,
    AbsentParent,
    Binding,
    Body,
    BodyKind,
    Content,
    IdentityField,
    OnClientValue,
    Place,
    Validation,
)
from tests.unit.runtime.wire_samples import (
    ALICE,
    ALICE_AT_SCHOOL,
    context,
    operation,
    receiving,
    scope,
)

JSON = Content(media_type="application/json", kind=BodyKind.JSON)


class Reference(BaseModel):
    model_config = ConfigDict(defer_build=True)
    id: str


class Registration(BaseModel):
    model_config = ConfigDict(defer_build=True)
    count: int
    batch: UUID | None = None
    prompt: Reference | None = None


def bind(pointer: str, **fields: Any) -> Binding:
    return Binding(
        field=fields.pop("field", IdentityField.USER_ID), place=Place.BODY, name=pointer, **fields
    )


USER = bind("/user_id")
ORG = bind("/org_id", field=IdentityField.ORG_ID, absent=Absent.NULL)
OWNER = bind("/prompt/owner_id")


async def read(
    content: bytes,
    *bindings: Binding,
    model: Any = Registration,
    reports: list[str] | None = None,
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),),
    required: bool = True,
    limits: BodyLimits | None = None,
    **fields: Any,
) -> JsonBody[Any] | None:
    own = operation(body=Body(content=(JSON,), required=required), bindings=bindings, **fields)
    request = context()
    half = len(content) // 2
    chunks = [content[:half], content[half:]] if content else [b""]
    body = await BodyReader(own, JsonBody[model]).read(
        scope(*headers, ("transfer-encoding", "chunked")),
        receiving(chunks),
        request,
        limits or BodyLimits(),
    )
    if reports is not None:
        reports.extend(request.reports)
    assert body is None or isinstance(body, JsonBody)
    return body


async def outgoing(
    content: bytes, *bindings: Binding, identity: Identity | None = ALICE, **fields: Any
) -> bytes:
    body = await read(content, *bindings, **fields)
    assert body is not None
    sent, length = body.outgoing(identity)
    assert isinstance(sent, bytes)
    assert length == len(sent)
    return sent


async def refused(content: bytes, *bindings: Binding, **fields: Any) -> EdgeError:
    with pytest.raises(EdgeError) as caught:
        await read(content, *bindings, **fields)
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        b'{"count":1,"count":1}',
        b'{"count":1,"c\\u006funt":2}',
        b'{"count":1,"x":{"a":1,"a":2}}',
        b'{"count":1,"x":[{"a":1,"a":2}]}',
        b'{"count":1,"x":NaN}',
        b'{"count":1,"x":Infinity}',
        b'{"count":1,"x":-Infinity}',
        '{"count":1}'.encode("utf-16"),
        '{"count":1}'.encode("utf-16-le"),
        '{"count":1}'.encode("utf-32-be"),
        b'\xef\xbb\xbf{"count":1}',
        b'{"count":1,"x":"\xff"}',
        b'{"count":1,"x":"\xed\xa0\x80"}',
        b'{"count":1,}',
        b'{"count":01}',
        b"{'count':1}",
        b'{"count":1} x',
        b'{"count":1}{"count":1}',
        b'{"count":1,"x":"\n"}',
        b'{"count":1\x00}',
        b'{"count":1}\x0b',
        b"// c\n{}",
        b'{"count":',
        b" ",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"count":1,"x":' + b"[" * 500 + b"]" * 500 + b"}",
    ],
)
async def test_json_that_readers_disagree_on_is_400(content: bytes) -> None:
    error = await refused(content)
    assert (error.status, error.detail) == (400, "Invalid JSON body")


@pytest.mark.parametrize(
    "content",
    [
        b'{"count":1}',
        b' \r\n\t{ "count" : 1 , "x" : [ ] }\n',
        b'{"count":1,"unknown":{"a":[1,{"b":null}]},"n":1.0e+2,"big":123456789012345678901234567890}',
        b'{"count":1,"f":0.1000,"m":-0,"e":1E5,"u":"\\u00e5\\/\xc3\xa5"}',
        b'{"count":1,"":1,"prompt":null}',
    ],
)
async def test_a_body_that_binds_nothing_goes_out_byte_for_byte(content: bytes) -> None:
    assert await outgoing(content) == content


async def test_the_value_is_the_contracts_model() -> None:
    body = await read(b'{"count":2,"batch":"7d444840-9dc0-11d1-b245-5ffdce74fad2"}')
    assert body is not None
    assert body.value == Registration(count=2, batch=UUID("7d444840-9dc0-11d1-b245-5ffdce74fad2"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"count":1}', b'{"user_id":"alice","org_id":null,"count":1}'),
        (b' { "count" : 1.0e0 }\n', b' {"user_id":"alice","org_id":null, "count" : 1.0e0 }\n'),
        (
            b'{"x":{"user_id":"his"},"count":1}',
            b'{"user_id":"alice","org_id":null,"x":{"user_id":"his"},"count":1}',
        ),
    ],
)
async def test_identity_goes_into_the_clients_bytes(content: bytes, expected: bytes) -> None:
    assert await outgoing(content, USER, ORG, model=dict[str, Any]) == expected


async def test_an_empty_object_gets_no_comma() -> None:
    assert await outgoing(b"{ }", USER, model=dict[str, Any]) == b'{"user_id":"alice" }'


async def test_an_organisation_is_written_null_left_out_or_403() -> None:
    def org(absent: Absent) -> Binding:
        return bind("/org_id", field=IdentityField.ORG_ID, absent=absent)

    content = b'{"count":1}'
    assert await outgoing(content, org(Absent.NULL)) == b'{"org_id":null,"count":1}'
    assert await outgoing(content, org(Absent.OMIT)) == content
    with pytest.raises(EdgeError) as caught:
        await outgoing(content, org(Absent.FORBID))
    assert (caught.value.status, caught.value.detail) == (403, "Forbidden")
    with pytest.raises(EdgeError) as caught:
        await outgoing(content, org(Absent.FORBID), identity=None)
    assert caught.value.status == 401
    for absent in Absent:
        sent = await outgoing(content, org(absent), identity=ALICE_AT_SCHOOL)
        assert sent == b'{"org_id":"school-1","count":1}'


async def test_identity_goes_into_a_nested_object() -> None:
    content = b'{"a":"}{","prompt" : {"id":"p"},"count":1}'
    assert await outgoing(content, OWNER) == (
        b'{"a":"}{","prompt" : {"owner_id":"alice","id":"p"},"count":1}'
    )
    assert await outgoing(content, OWNER, USER) == (
        b'{"user_id":"alice","a":"}{","prompt" : {"owner_id":"alice","id":"p"},"count":1}'
    )


async def test_a_pointer_is_unescaped() -> None:
    content = b'{"a/b":{"~":{}},"count":1}'
    sent = await outgoing(content, bind("/a~1b/~0/x"))
    assert sent == b'{"a/b":{"~":{"x":"alice"}},"count":1}'


@pytest.mark.parametrize("content", [b'{"count":1}', b'{"count":1,"prompt":null}'])
async def test_an_absent_parent_is_422_or_skipped(content: bytes) -> None:
    error = await refused(content, OWNER)
    assert error.status == 422
    assert isinstance(error.detail, list)
    assert [(p["loc"], p["type"]) for p in error.detail] == [(["body", "prompt"], "missing")]
    skipped = bind("/prompt/owner_id", absent_parent=AbsentParent.SKIP)
    assert await outgoing(content, skipped) == content


@pytest.mark.parametrize(
    "content", [b"[]", b'"x"', b"5", b"null", b'{"prompt":[]}', b'{"prompt":"x"}']
)
@pytest.mark.parametrize("validation", list(Validation))
async def test_a_parent_that_is_no_object_is_422(content: bytes, validation: Validation) -> None:
    skipped = bind("/prompt/owner_id", absent_parent=AbsentParent.SKIP)
    error = await refused(content, skipped, model=Any, validation=validation)
    assert error.status == 422


def test_a_binding_that_is_no_pointer_is_refused_at_the_start() -> None:
    own = operation(body=Body(content=(JSON,)), bindings=(bind("user_id"),))
    with pytest.raises(ValueError, match="JSON pointer"):
        BodyReader(own, JsonBody[Any])


SPELLINGS = ["user_id", "\\u0075ser_id", "userId", "USER-ID", "user.id", "user id", "u\\u017fer_id"]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("around", ['{{"{}":"m","count":1}}', '{{"count":1,"{}":null}}'])
async def test_a_clients_own_value_is_422_naming_the_field(spelling: str, around: str) -> None:
    error = await refused(around.format(spelling).encode(), USER)
    assert error.status == 422
    assert isinstance(error.detail, list)
    assert [(p["loc"], p["type"]) for p in error.detail] == [
        (["body", "user_id"], "identity_bound")
    ]
    assert error.detail[0]["input"] is None


async def test_all_that_is_wrong_is_said_at_once() -> None:
    error = await refused(b'{"user_id":"m","count":"x"}', USER)
    assert isinstance(error.detail, list)
    assert [p["loc"] for p in error.detail] == [["body", "user_id"], ["body", "count"]]


@pytest.mark.parametrize("key", ["prompt", "Prompt", "PROMPT"])
async def test_a_nested_value_is_found_below_any_spelling_of_its_parent(key: str) -> None:
    content = json.dumps(
        {
            "count": 1,
            "prompt" if key != "prompt" else "x": {"id": "p"},
            key: {"id": "p", "ownerId": "m"},
        }
    )
    error = await refused(content.encode(), OWNER)
    assert isinstance(error.detail, list)
    assert error.detail[0]["loc"] == ["body", "prompt", "owner_id"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"user_id":"m"}', b'{"user_id":"alice"}'),
        (b'{ "user_id" : "m" }', b'{"user_id":"alice"  }'),
        (b'{"user_id":"m","count":1}', b'{"user_id":"alice","count":1}'),
        (b'{"count":1,"user_id":{"a":[1]}}', b'{"user_id":"alice","count":1}'),
        (b'{"a":1, "userId":1, "user-id":2, "b": 2}', b'{"user_id":"alice","a":1, "b": 2}'),
        (b'{"a":1, "userId":1, "user-id":2}', b'{"user_id":"alice","a":1}'),
        (b'{"userId":1, "user-id":2 }', b'{"user_id":"alice" }'),
        (b'{"userId":1,"a":1.50,"user-id":2,"b":null}', b'{"user_id":"alice","a":1.50,"b":null}'),
    ],
)
async def test_a_clients_own_value_is_replaced_and_only_that(
    content: bytes, expected: bytes
) -> None:
    fields: dict[str, Any] = {"model": dict[str, Any]}
    reports: list[str] = []
    replaced = await outgoing(
        content, USER, on_client_value=OnClientValue.REPLACE, reports=reports, **fields
    )
    assert replaced == expected
    assert reports == []
    reported = await outgoing(
        content, USER, on_client_value=OnClientValue.REPORT, reports=reports, **fields
    )
    assert reported == expected
    assert set(reports) == {"body/user_id: identity_bound"}


async def test_a_nested_value_is_replaced_below_any_spelling_of_its_parent() -> None:
    content = b'{"prompt":{"ownerId":"m","id":"p"},"Prompt":{"owner_id":"m"},"count":1}'
    sent = await outgoing(content, OWNER, on_client_value=OnClientValue.REPLACE)
    assert sent == b'{"prompt":{"owner_id":"alice","id":"p"},"count":1}'


async def test_a_replaced_value_goes_even_where_nothing_is_written() -> None:
    org = bind("/org_id", field=IdentityField.ORG_ID, absent=Absent.OMIT)
    content = b'{"org_id":"evil","count":1}'
    assert await outgoing(content, org, on_client_value=OnClientValue.REPLACE) == b'{"count":1}'


@pytest.mark.parametrize(
    ("content", "loc", "kind"),
    [
        (b"{}", ["body", "count"], "missing"),
        (b'{"count":"7"}', ["body", "count"], "int_type"),
        (b'{"count":7.5}', ["body", "count"], "int_type"),
        (b'{"count":true}', ["body", "count"], "int_type"),
        (b'{"count":1,"batch":"x"}', ["body", "batch"], "uuid_parsing"),
        (b'{"count":1,"prompt":{}}', ["body", "prompt", "id"], "missing"),
        (b"[]", ["body"], "model_type"),
    ],
)
async def test_a_violation_has_fastapis_shape(content: bytes, loc: list[str], kind: str) -> None:
    error = await refused(content)
    assert error.status == 422
    assert isinstance(error.detail, list)
    assert [(p["loc"], p["type"]) for p in error.detail] == [(loc, kind)]
    assert {"msg", "input"} <= error.detail[0].keys()
    json.dumps(error.detail)


async def test_a_violation_is_reported_or_not_looked_for() -> None:
    reports: list[str] = []
    content = b'{"count":"secret"}'
    fields: dict[str, Any] = {"reports": reports, "validation": Validation.REPORT}
    assert await outgoing(content, USER, **fields) == b'{"user_id":"alice",' + content[1:]
    assert reports == ["body/count: int_type"]
    fields = {"reports": reports, "validation": Validation.OFF}
    assert await outgoing(content, USER, **fields) == b'{"user_id":"alice",' + content[1:]
    assert len(reports) == 1
    body = await read(content, validation=Validation.OFF)
    assert body is not None
    assert body.value.count == "secret"


async def test_bound_fields_are_guarded_where_validation_is_off() -> None:
    for validation in Validation:
        error = await refused(b'{"user_id":"m","count":1}', USER, validation=validation)
        assert error.status == 422


async def test_many_or_long_violations_are_not_echoed() -> None:
    error = await refused(json.dumps({"x": "y" * 20_000}).encode())
    assert isinstance(error.detail, list)
    assert error.detail[0]["input"] is None
    error = await refused(json.dumps(["x"] * 5000).encode(), model=list[int])
    assert isinstance(error.detail, list)
    assert [p["type"] for p in error.detail] == ["too_many_errors"]


async def test_a_body_beyond_the_limit_is_413() -> None:
    limits = BodyLimits(json_bytes=20)
    assert await read(b'{"count":1,"a":"bc"}', limits=limits) is not None
    error = await refused(b'{"count":1, "a":"bcd"}', limits=limits)
    assert error.status == 413


@pytest.mark.parametrize("required", [True, False])
async def test_an_absent_body_is_none_only_where_it_may_be(required: bool) -> None:
    if required:
        error = await refused(b"")
        assert isinstance(error.detail, list)
        assert (error.status, error.detail[0]["loc"]) == (422, ["body"])
    else:
        assert await read(b"", required=False) is None
        assert (await refused(b"", USER, required=False)).status == 422


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(
    st.text(st.characters(codec="utf-8"), max_size=6), JSON_VALUES, max_size=6
)


@settings(deadline=None, derandomize=True)
@given(OBJECTS, st.sampled_from([None, 1, "\t"]), st.booleans())
async def test_injection_adds_the_bound_fields_and_no_other_byte(
    value: dict[str, Any], indent: int | str | None, ascii_only: bool
) -> None:
    document = {**value, "prompt": {"id": "p", **value}}
    content = json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode()
    own = operation(
        body=Body(content=(JSON,)), bindings=(bind("/owner_of_all"), bind("/prompt/owner_of_it"))
    )
    body = await BodyReader(own, JsonBody[dict[str, Any]]).read(
        scope(("content-type", "application/json"), ("content-length", str(len(content)))),
        receiving([content]),
        context(),
        BodyLimits(),
    )
    assert isinstance(body, JsonBody)
    sent, _ = body.outgoing(ALICE)
    assert isinstance(sent, bytes)
    expected = {
        **document,
        "owner_of_all": "alice",
        "prompt": {**document["prompt"], "owner_of_it": "alice"},
    }
    assert json.loads(sent) == json.loads(json.dumps(expected))
    comma = b"," if document else b""
    rest = sent.replace(b'"owner_of_all":"alice"' + comma, b"", 1)
    assert rest.replace(b'"owner_of_it":"alice",', b"", 1) == content


@pytest.mark.parametrize(
    "content",
    [
        b'{"a":{"prompt":{"p":1}},"b":{"prompt":{}}}',
        b'{"b":{"prompt":{}},"a":{"prompt":{"p":1}}}',
        b'{"\\u0061":{"pr\\u006fmpt":{"p":1}},"b":{"prompt":{}},"c":"prompt"}',
    ],
)
async def test_objects_of_one_name_in_several_places_each_get_their_own(content: bytes) -> None:
    bindings = (bind("/a/prompt/x"), bind("/b/prompt/y"), bind("/b/z"), bind("/c_of_all"))
    sent = json.loads(await outgoing(content, *bindings, model=dict[str, Any]))
    c = {"c": "prompt"} if b'"c"' in content else {}
    assert sent == {
        "a": {"prompt": {"p": 1, "x": "alice"}},
        "b": {"prompt": {"y": "alice"}, "z": "alice"},
        "c_of_all": "alice",
        **c,
    }
    taken = content.replace(b'{"p":1}', b'{"X":1}')
    error = await refused(taken, *bindings, model=dict[str, Any])
    assert isinstance(error.detail, list)
    assert [p["loc"] for p in error.detail] == [["body", "a", "prompt", "x"]]


async def test_nesting_at_the_limit_of_what_can_be_read_is_400() -> None:
    """Where a contract is not looked at, the edge's own walk meets the depth that its reading allowed."""
    answers: set[int] = set()
    for depth in range(900, 1000, 2):
        content = b'{"prompt":{"x":' + b"[" * depth + b"]" * depth + b"}}"
        try:
            await read(content, OWNER, validation=Validation.OFF)
        except EdgeError as error:
            answers.add(error.status)
    assert answers == {400}
