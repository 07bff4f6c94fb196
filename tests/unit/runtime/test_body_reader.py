"""Which body a request has: media types, framing, limits, and clients that are slow or go away."""

from __future__ import annotations

from typing import Any

import pytest

from proxygen.runtime.body import (
    BodyLimits,
    BodyReader,
    ClientDisconnected,
    FormBody,
    JsonBody,
    MultipartBody,
    RawBody,
    read_raw,
)
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.operation import Binding, Body, BodyKind, Content, IdentityField, Place
from tests.unit.runtime.wire_samples import context, operation, receiving, scope, sent

CONTENTS = (
    Content(media_type="application/json", kind=BodyKind.JSON),
    Content(media_type="application/merge-patch+json", kind=BodyKind.JSON),
    Content(media_type="application/x-www-form-urlencoded", kind=BodyKind.FORM),
    Content(media_type="image/*", kind=BodyKind.RAW),
    Content(media_type="application/octet-stream", kind=BodyKind.RAW),
)
HINT = JsonBody[dict[str, Any]] | FormBody[dict[str, Any]] | RawBody | None


async def read(
    *headers: tuple[str, str], content: bytes = b"{}", required: bool = True, **fields: Any
) -> Any:
    own = operation(body=Body(content=CONTENTS, required=required))
    return await BodyReader(own, HINT).read(
        scope(("content-length", str(len(content))), *headers),
        receiving([content]),
        context(),
        BodyLimits(**fields),
    )


async def status(*headers: tuple[str, str], **fields: Any) -> int:
    with pytest.raises(EdgeError) as caught:
        await read(*headers, **fields)
    return caught.value.status


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("application/json", JsonBody),
        ("APPLICATION/JSON", JsonBody),
        ("application/json;charset=UTF-8", JsonBody),
        ('application/json ; charset="utf-8"', JsonBody),
        ("application/json;", JsonBody),
        ("application/merge-patch+json", JsonBody),
        ("application/x-www-form-urlencoded", FormBody),
        ("image/png", RawBody),
        ("image/svg+xml; charset=latin1", RawBody),
        ("application/octet-stream", RawBody),
    ],
)
async def test_the_media_type_chooses_the_body(content_type: str, kind: type) -> None:
    assert isinstance(await read(("content-type", content_type)), kind)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/json",
        "application/jsonx",
        "application",
        "",
        "application/json, text/plain",
        "application/json; charset=utf-16",
        "application/json; charset=utf-8; charset=utf-16",
        "application/json charset=utf-8",
        "application/json; charset",
        "application/x-www-form-urlencoded; charset=latin1",
        "*/*",
        "image",
        "application/json\x00",
    ],
)
async def test_any_other_media_type_is_415(content_type: str) -> None:
    assert await status(("content-type", content_type)) == 415


async def test_two_content_types_are_415() -> None:
    lines = (("content-type", "application/json"), ("content-type", "application/json"))
    assert await status(*lines) == 415


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "gzip, identity", "x"])
async def test_an_encoded_body_is_415_where_it_is_read(coding: str) -> None:
    encoded = ("content-encoding", coding)
    assert await status(("content-type", "application/json"), encoded) == 415
    assert isinstance(await read(("content-type", "image/png"), encoded), RawBody)
    identity = ("content-encoding", "identity")
    assert isinstance(await read(("content-type", "application/json"), identity), JsonBody)


async def test_a_body_without_a_media_type_is_octets() -> None:
    assert isinstance(await read(), RawBody)


async def test_a_typed_body_without_a_media_type_is_415() -> None:
    own = operation(body=Body(content=CONTENTS[:1]))
    with pytest.raises(EdgeError) as caught:
        await BodyReader(own, JsonBody[Any]).read(
            scope(("content-length", "2")), receiving([b"{}"]), context(), BodyLimits()
        )
    assert caught.value.status == 415


async def test_an_empty_body_is_sent_as_one_only_where_it_is_not_read() -> None:
    async def read_empty(contents: tuple[Content, ...], hint: Any) -> Any:
        reader = BodyReader(operation(body=Body(content=contents)), hint)
        request = scope(("content-length", "0"))
        return await reader.read(request, receiving([b""]), context(), BodyLimits())

    assert isinstance(await read_empty(CONTENTS[3:], RawBody), RawBody)
    assert await read_empty(CONTENTS[:1], JsonBody[Any] | None) is None
    assert await read_empty(CONTENTS[:4], HINT) is None


async def test_no_body_is_422_where_one_is_required_and_none_where_not() -> None:
    assert await status(content=b"") == 422
    assert await read(content=b"", required=False) is None


@pytest.mark.parametrize("length", ["-1", "+1", "0x1", "1_0", "1,1", "", " 1", "\u0661"])
async def test_a_malformed_length_is_400(length: str) -> None:
    with pytest.raises(EdgeError) as caught:
        read_raw(scope(("content-length", length)), receiving([]), BodyLimits())
    assert caught.value.status == 400


@pytest.mark.parametrize("length", ["101", "9" * 30])
async def test_a_declared_length_beyond_the_limit_is_413_unread(length: str) -> None:
    line = ("content-length", length)
    limits = BodyLimits(upload_bytes=100, json_bytes=100, form_bytes=100)
    with pytest.raises(EdgeError) as caught:
        read_raw(scope(line), receiving([]), limits)
    assert caught.value.status == 413
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        own = operation(body=Body(content=CONTENTS))
        with pytest.raises(EdgeError) as caught:
            await BodyReader(own, HINT).read(
                scope(line, ("content-type", content_type)), receiving([]), context(), limits
            )
        assert caught.value.status == 413


def test_a_request_without_framing_has_no_body() -> None:
    assert read_raw(scope(), receiving([]), BodyLimits()) is None
    newer = scope(http_version="2", method="GET")
    assert read_raw(newer, receiving([]), BodyLimits()) is None
    newer = scope(http_version="2", method="PUT")
    assert read_raw(newer, receiving([]), BodyLimits()) is not None


def test_two_framings_are_400() -> None:
    lines = (("content-length", "5"), ("transfer-encoding", "chunked"))
    with pytest.raises(EdgeError) as caught:
        read_raw(scope(*lines), receiving([]), BodyLimits())
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("place", "name", "served"),
    [
        (Place.BODY, "/user_id", "application/json"),
        (Place.FORM, "user_id", "application/x-www-form-urlencoded"),
    ],
)
async def test_no_media_type_goes_around_the_bound_one(
    place: Place, name: str, served: str
) -> None:
    binding = Binding(field=IdentityField.USER_ID, place=place, name=name)
    reader = BodyReader(operation(body=Body(content=CONTENTS), bindings=(binding,)), HINT)
    for content in CONTENTS:
        content_type = content.media_type.replace("*", "png")
        request = scope(("content-type", content_type), ("content-length", "2"))
        reading = reader.read(request, receiving([b"{}"]), context(), BodyLimits())
        if content.kind is {Place.BODY: BodyKind.JSON, Place.FORM: BodyKind.FORM}[place]:
            assert await reading is not None
        else:
            assert content_type != served
            with pytest.raises(EdgeError) as caught:
                await reading
            assert caught.value.status == 415


async def test_an_empty_body_is_sent_as_one() -> None:
    body = read_raw(scope(("content-length", "0")), receiving([b""]), BodyLimits())
    assert body is not None
    assert body.outgoing(None) == (b"", 0)


@pytest.mark.parametrize(
    ("line", "length"), [(("content-length", "6"), 6), (("transfer-encoding", "chunked"), None)]
)
async def test_a_raw_body_streams_byte_for_byte(line: tuple[str, str], length: int | None) -> None:
    body = read_raw(scope(line), receiving([b"ab", b"", b"cd\x00", b"\xff"]), BodyLimits())
    assert body is not None
    content, known = body.outgoing(None)
    assert known == length
    assert await sent(content) == b"abcd\x00\xff"
    assert body.failure is None


async def test_a_chunked_body_beyond_the_limit_breaks_off_with_413() -> None:
    limits = BodyLimits(upload_bytes=3)
    body = read_raw(scope(("transfer-encoding", "chunked")), receiving([b"ab", b"cd"]), limits)
    assert body is not None
    content, _ = body.outgoing(None)
    with pytest.raises(EdgeError) as caught:
        await sent(content)
    assert caught.value.status == 413
    assert body.failure is caught.value


async def test_a_client_that_goes_away_in_mid_body_breaks_it_off() -> None:
    chunked = ("transfer-encoding", "chunked")
    body = read_raw(scope(chunked), receiving([b"ab"], then_gone=True), BodyLimits())
    assert body is not None
    content, _ = body.outgoing(None)
    with pytest.raises(ClientDisconnected):
        await sent(content)
    assert isinstance(body.failure, ClientDisconnected)
    own = operation(body=Body(content=CONTENTS))
    with pytest.raises(ClientDisconnected):
        await BodyReader(own, HINT).read(
            scope(chunked, ("content-type", "application/json")),
            receiving([b"{"], then_gone=True),
            context(),
            BodyLimits(),
        )


async def test_a_slow_body_is_408() -> None:
    chunked = ("transfer-encoding", "chunked")
    for limits in (BodyLimits(idle_seconds=0.02), BodyLimits(upload_seconds=0.02)):
        body = read_raw(scope(chunked), receiving([b"a"] * 9, pause=0.05), limits)
        assert body is not None
        content, _ = body.outgoing(None)
        with pytest.raises(EdgeError) as caught:
            await sent(content)
        assert caught.value.status == 408
        assert ("Connection", "close") in caught.value.headers
    own = operation(body=Body(content=CONTENTS))
    with pytest.raises(EdgeError) as caught:
        await BodyReader(own, HINT).read(
            scope(chunked, ("content-type", "application/json")),
            receiving([b"{"] * 9, pause=0.02),
            context(),
            BodyLimits(total_seconds=0.05),
        )
    assert caught.value.status == 408


def test_arms_that_do_not_fit_the_contents_are_refused_at_the_start() -> None:
    own = operation(body=Body(content=CONTENTS))
    with pytest.raises(TypeError, match="FormBody"):
        BodyReader(own, JsonBody[Any] | RawBody)
    with pytest.raises(TypeError, match="MultipartBody"):
        BodyReader(own, HINT | MultipartBody[Any])
    with pytest.raises(ValueError, match="no body"):
        BodyReader(operation(), JsonBody[Any])


async def test_contents_of_a_kind_take_their_arms_in_order() -> None:
    own = operation(body=Body(content=CONTENTS[:2]))
    reader = BodyReader(own, JsonBody[list[int]] | JsonBody[dict[str, int]])
    for content_type, content in (
        ("application/json", b"[1]"),
        ("application/merge-patch+json", b'{"a":1}'),
    ):
        body = await reader.read(
            scope(("content-type", content_type), ("content-length", str(len(content)))),
            receiving([content]),
            context(),
            BodyLimits(),
        )
        assert isinstance(body, JsonBody)
        assert body.content == content
