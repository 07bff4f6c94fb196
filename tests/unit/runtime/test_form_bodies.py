"""Urlencoded forms: names compared as they are meant, bytes forwarded as they came."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from proxygen.runtime.body import BodyLimits, BodyReader, FormBody
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import (
    Absent,
    Binding,
    Body,
    BodyKind,
    Content,
    IdentityField,
    OnClientValue,
    Part,
    Place,
    Shape,
    Validation,
)
from tests.unit.runtime.wire_samples import ALICE, context, operation, receiving, scope


class Login(BaseModel):
    name: str
    age: int | None = None
    tags: list[str] = []
    extra: dict[str, int] | None = None
    more: list[dict[str, int]] = []


FORM = Content(
    media_type="application/x-www-form-urlencoded",
    kind=BodyKind.FORM,
    parts=(
        Part(name="name", required=True),
        Part(name="age", shape=Shape(types=("integer",))),
        Part(name="tags", repeated=True),
        Part(name="extra", shape=Shape(container="object")),
        Part(name="more", repeated=True, shape=Shape(container="json")),
    ),
)
USER = Binding(field=IdentityField.USER_ID, place=Place.FORM, name="user_id")


async def read(
    content: bytes, *bindings: Binding, reports: list[str] | None = None, **fields: Any
) -> FormBody[Login]:
    own = operation(body=Body(content=(FORM,), required=True), bindings=bindings, **fields)
    request = context()
    body = await BodyReader(own, FormBody[Login]).read(
        scope(("content-type", FORM.media_type), ("content-length", str(len(content)))),
        receiving([content]),
        request,
        BodyLimits(form_bytes=2000),
    )
    if reports is not None:
        reports.extend(request.reports)
    assert isinstance(body, FormBody)
    return body


async def outgoing(
    content: bytes, *bindings: Binding, identity: Identity | None = ALICE, **fields: Any
) -> bytes:
    sent, length = (await read(content, *bindings, **fields)).outgoing(identity)
    assert isinstance(sent, bytes)
    assert length == len(sent)
    return sent


async def problems(content: bytes, *bindings: Binding, **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(EdgeError) as caught:
        await read(content, *bindings, **fields)
    assert caught.value.status == 422
    assert isinstance(caught.value.detail, list)
    return [(p["loc"][-1], p["type"]) for p in caught.value.detail]


async def test_fields_are_read_by_their_types() -> None:
    body = await read(b"name=a+b%26&age=5&tags=x&tags=y&extra=%7B%22a%22:1%7D&unknown=z")
    assert body.value == Login(name="a b&", age=5, tags=["x", "y"], extra={"a": 1})


@pytest.mark.parametrize(
    "content", [b"name=a%2Bb&x=1&x=%27'&flag&&=", b"name=%C3%A5", b"name=\xc3\xa5"]
)
async def test_the_clients_bytes_go_out_behind_identity(content: bytes) -> None:
    assert await outgoing(content) == content
    assert await outgoing(content, USER) == b"user_id=alice&" + content


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"age=5", [("name", "missing")]),
        (b"name=a&age=x", [("age", "int_type")]),
        (b"name=a&name=b", [("name", "repeated")]),
        (b"name=a&age=1&age=2", [("age", "repeated")]),
    ],
)
async def test_a_violation_is_422(content: bytes, found: list[tuple[str, str]]) -> None:
    assert await problems(content) == found
    reports: list[str] = []
    assert await outgoing(content, validation=Validation.REPORT, reports=reports) == content
    assert reports == [f"body/{name}: {kind}" for name, kind in found]
    assert await outgoing(content, validation=Validation.OFF) == content


@pytest.mark.parametrize(
    "spoof", ["user_id=m", "userId=m", "%75ser%5Fid=m", "user+id=m", "user_id[]=m"]
)
@pytest.mark.parametrize("around", ["{}&name=a", "name=a&{}", "name=a;{}"])
async def test_a_clients_own_value_is_422_or_replaced(spoof: str, around: str) -> None:
    content = around.format(spoof).encode()
    assert ("user_id", "identity_bound") in await problems(content, USER)
    replaced = await outgoing(content, USER, on_client_value=OnClientValue.REPLACE)
    assert replaced == b"user_id=alice&name=a"


async def test_an_absent_field_is_left_out_or_403() -> None:
    for absent, sent in ((Absent.OMIT, b"name=a"), (Absent.NULL, b"name=a"), (Absent.FORBID, None)):
        org = Binding(field=IdentityField.ORG_ID, place=Place.FORM, name="org", absent=absent)
        if sent is None:
            with pytest.raises(EdgeError) as caught:
                await outgoing(b"name=a", org)
            assert caught.value.status == 403
        else:
            assert await outgoing(b"name=a", org) == sent


@pytest.mark.parametrize(
    ("content", "status"), [(b"name=\xff", 400), (b"", 422), (b"name=" + b"a" * 2000, 413)]
)
async def test_other_refusals(content: bytes, status: int) -> None:
    with pytest.raises(EdgeError) as caught:
        await read(content)
    assert caught.value.status == status


@pytest.mark.parametrize(
    "fields", [b"more={%22a%22:1}&more={%22b%22:2}", b"more=[{%22a%22:1},{%22b%22:2}]"]
)
async def test_an_array_of_objects_is_a_field_each_or_one_that_holds_all(fields: bytes) -> None:
    body = await read(b"name=a&" + fields)
    assert body.value.more == [{"a": 1}, {"b": 2}]


async def test_an_object_field_is_strict_json() -> None:
    with pytest.raises(EdgeError) as caught:
        await read(b"name=a&extra=%7B%22a%22:1,%22a%22:2%7D")
    assert caught.value.status == 400
    assert await problems(b"name=a&extra=nonsense") == [("extra", "dict_type")]


class Styled(BaseModel):
    deep: dict[str, int] | None = None
    csv: list[int] | None = None
    pipes: Annotated[list[str], Field(max_length=2)] = []
    turns: dict[str, int] | None = None


_MEMBERS = Shape(container="object", types=("integer",))
STYLED = Content(
    media_type=FORM.media_type,
    kind=BodyKind.FORM,
    parts=(
        Part(name="deep", shape=_MEMBERS, style="deepObject"),
        Part(name="csv", shape=Shape(container="array", types=("integer",)), style="form"),
        Part(name="pipes", shape=Shape(container="array"), style="pipeDelimited"),
        Part(name="turns", shape=_MEMBERS, style="form"),
    ),
)


async def styled(content: bytes) -> FormBody[Styled]:
    own = operation(body=Body(content=(STYLED,), required=True))
    body = await BodyReader(own, FormBody[Styled]).read(
        scope(("content-type", STYLED.media_type), ("content-length", str(len(content)))),
        receiving([content]),
        context(),
        BodyLimits(form_bytes=2000),
    )
    assert isinstance(body, FormBody)
    return body


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"deep[a]=1&deep%5Bb%5D=2", Styled(deep={"a": 1, "b": 2})),
        (b"csv=1,2", Styled(csv=[1, 2])),
        (b"csv=1%2C2&csv=3", Styled(csv=[1, 2, 3])),
        (b"csv=", Styled(csv=[])),
        (b"pipes=a|b+c", Styled(pipes=["a", "b c"])),
        (b"turns=R,1,G,2", Styled(turns={"R": 1, "G": 2})),
        (b"other[a]=x&deep2[a]=y", Styled()),
    ],
)
async def test_a_field_is_read_in_its_style_and_forwarded_as_it_came(
    content: bytes, value: Styled
) -> None:
    body = await styled(content)
    assert body.value == value
    assert body.outgoing(ALICE)[0] == content


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"deep[a]=x", ["body", "deep", "a"]),
        (b"deep[a][b]=1", ["body", "deep", "a"]),
        (b"deep[a]=1&deep[a]=2", ["body", "deep", "a"]),
        (b"deep=1", ["body", "deep"]),
        (b"csv=1,x", ["body", "csv", 1]),
        (b"pipes=a%7Cb%7Cc", ["body", "pipes"]),
        (b"turns=R", ["body", "turns", "R"]),
    ],
)
async def test_a_value_that_its_style_makes_wrong_is_422(content: bytes, place: list[Any]) -> None:
    with pytest.raises(EdgeError) as caught:
        await styled(content)
    assert caught.value.status == 422
    assert isinstance(caught.value.detail, list)
    assert [one["loc"] for one in caught.value.detail] == [place]
