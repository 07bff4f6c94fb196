"""Multipart bodies: identity first, the client's bytes as they stream, and no end unless all is well."""

from __future__ import annotations

from email.parser import BytesParser
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field
from python_multipart import FormParser
from python_multipart.multipart import parse_options_header

from proxygen.runtime.body import BodyLimits, BodyReader, MultipartBody
from proxygen.runtime.body.multipart_body import READ_AHEAD_BYTES
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
from tests.unit.runtime.wire_samples import ALICE, context, operation, receiving, scope, sent


class Upload(BaseModel):
    title: Annotated[str, Field(max_length=20)]
    count: int | None = None
    files: Annotated[list[bytes], Field(min_length=1, max_length=3)]
    cover: bytes | None = None


PARTS = (
    Part(name="title", required=True),
    Part(name="count", shape=Shape(types=("integer",))),
    Part(name="files", required=True, repeated=True, binary=True),
    Part(name="cover", binary=True, content_types=("image/*",)),
)
MULTIPART = Content(media_type="multipart/form-data", kind=BodyKind.MULTIPART, parts=PARTS)
USER = Binding(field=IdentityField.USER_ID, place=Place.PART, name="user_id")
BOUNDARY = b"x-b"


def part(head: str, content: bytes = b"v", boundary: bytes = BOUNDARY) -> bytes:
    return b"--" + boundary + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"


def field(name: str, content: bytes = b"v") -> bytes:
    return part(f'Content-Disposition: form-data; name="{name}"', content)


def file(name: str, content: bytes = b"\x00\xff\r\n--x", kind: str = "application/pdf") -> bytes:
    return part(
        f'Content-Disposition: form-data; name="{name}"; filename="a b.pdf"\r\nContent-Type: {kind}',
        content,
    )


END = b"--" + BOUNDARY + b"--\r\n"
GOOD = (field("title"), file("files"))
OURS = b'--x-b\r\nContent-Disposition: form-data; name="user_id"\r\n\r\nalice\r\n'


async def read(
    content: bytes,
    *bindings: Binding,
    size: int = 7,
    chunked: bool = True,
    reports: list[str] | None = None,
    boundary: str = "x-b",
    **fields: Any,
) -> MultipartBody[Upload]:
    own = operation(body=Body(content=(MULTIPART,), required=True), bindings=bindings, **fields)
    request = context()
    if reports is not None:
        request.reports = reports
    framing = ("transfer-encoding", "chunked") if chunked else ("content-length", str(len(content)))
    body = await BodyReader(own, MultipartBody[Upload]).read(
        scope(("content-type", f"multipart/form-data; boundary={boundary}"), framing),
        receiving([content[i : i + size] for i in range(0, len(content), size)] or [b""]),
        request,
        BodyLimits(form_bytes=1000),
    )
    assert isinstance(body, MultipartBody)
    return body


async def outgoing(
    content: bytes, *bindings: Binding, identity: Identity | None = ALICE, **fields: Any
) -> bytes:
    body = await read(content, *bindings, **fields)
    chunks, length = body.outgoing(identity)
    found = await sent(chunks)
    assert length in (None, len(found))
    assert body.failure is None
    return found


async def broken(content: bytes, *bindings: Binding, **fields: Any) -> tuple[EdgeError, bytes]:
    """How a streamed body breaks off, and what has gone out by then."""
    body = await read(content, *bindings, **fields)
    chunks, _ = body.outgoing(ALICE)
    assert chunks is not None
    assert not isinstance(chunks, bytes)
    out: list[bytes] = []

    async def drain() -> None:
        async for chunk in chunks:
            out.append(chunk)  # noqa: PERF401  # what came before the break must be kept

    with pytest.raises(EdgeError) as caught:
        await drain()
    assert body.failure is caught.value
    return caught.value, b"".join(out)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
@pytest.mark.parametrize("chunked", [True, False])
async def test_the_clients_bytes_go_out_behind_identity(size: int, chunked: bool) -> None:
    content = b"".join((*GOOD, file("files", b""), field("unknown", b"\r\n"), END))
    assert await outgoing(content, size=size, chunked=chunked) == content
    assert await outgoing(content, USER, size=size, chunked=chunked) == OURS + content


async def test_the_length_of_a_long_body_is_known() -> None:
    content = b"".join((*GOOD, file("files", b"z" * READ_AHEAD_BYTES), END))
    body = await read(content, USER, chunked=False, size=50_000)
    chunks, length = body.outgoing(ALICE)
    assert length == len(content) + len(OURS)
    assert await sent(chunks) == OURS + content


async def test_a_short_body_is_judged_before_anything_is_sent() -> None:
    for content in (b"".join((field("user_id"), *GOOD, END)), b"".join((field("title"), END))):
        with pytest.raises(EdgeError) as caught:
            await read(content, USER, chunked=False)
        assert caught.value.status == 422


@pytest.mark.parametrize("end", [b"--x-b--", b"--x-b--\r\n"])
async def test_the_end_may_have_one_line_break(end: bytes) -> None:
    content = b"".join((*GOOD, end))
    assert await outgoing(content) == content


SPOOFS = [
    "user_id",
    "userId",
    "USER-ID",
    "user%5Fid",
    "%75ser_id",
    "user.id",
    "user id",
    "user_id[]",
]


@pytest.mark.parametrize("spoof", SPOOFS)
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_clients_part_of_a_bound_name_breaks_off_unfinished(spoof: str, place: int) -> None:
    parts = [*GOOD]
    parts.insert(place, field(spoof, b"mallory"))
    error, out = await broken(b"".join((*parts, END)), USER)
    assert error.status == 422
    assert isinstance(error.detail, list)
    assert (error.detail[0]["loc"], error.detail[0]["type"]) == (
        ["body", "user_id"],
        "identity_bound",
    )
    assert b"mallory" not in out
    assert b"--x-b--" not in out


@pytest.mark.parametrize("spoof", SPOOFS)
@pytest.mark.parametrize("places", [(0,), (1,), (2,), (0, 0), (2, 2), (0, 2)])
async def test_a_clients_part_of_a_bound_name_is_replaced(
    spoof: str, places: tuple[int, ...]
) -> None:
    parts = [*GOOD]
    for place in sorted(places, reverse=True):
        parts.insert(place, field(spoof, b"mallory"))
    content = b"".join((*parts, END))
    expected = OURS + b"".join((*GOOD, END))
    for chunked in (True, False):
        fields: dict[str, Any] = {"chunked": chunked, "reports": []}
        replaced = await outgoing(content, USER, on_client_value=OnClientValue.REPLACE, **fields)
        assert replaced == expected
        assert fields["reports"] == []
        assert (
            await outgoing(content, USER, on_client_value=OnClientValue.REPORT, **fields)
            == expected
        )
        assert set(fields["reports"]) == {"body/user_id: identity_bound"}


async def test_only_parts_of_bound_names_leaves_ours() -> None:
    content = field("user_id") + END
    fields: dict[str, Any] = {
        "validation": Validation.OFF,
        "on_client_value": OnClientValue.REPLACE,
    }
    assert await outgoing(content, USER, **fields) == OURS + END


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ((file("files"),), [("title", "missing")]),
        ((field("title"),), [("files", "missing")]),
        ((field("title"), *[file("files")] * 4), [("files", "too_long")]),
        ((field("title", b"x" * 21), file("files")), [("title", "string_too_long")]),
        ((*GOOD, field("count", b"x")), [("count", "int_type")]),
        ((*GOOD, field("title")), [("title", "repeated")]),
        ((*GOOD, file("cover"), file("cover")), [("cover", "content_type")]),
        (
            (*GOOD, file("cover", kind="image/png"), file("cover", kind="image/png")),
            [("cover", "repeated")],
        ),
    ],
)
async def test_a_violation_breaks_off_before_the_end(
    parts: tuple[bytes, ...], found: list[tuple[str, str]]
) -> None:
    content = b"".join((*parts, END))
    error, out = await broken(content)
    assert error.status == 422
    assert isinstance(error.detail, list)
    assert [(p["loc"][-1], p["type"]) for p in error.detail] == found
    assert b"--x-b--" not in out
    reports: list[str] = []
    assert await outgoing(content, validation=Validation.REPORT, reports=reports) == content
    assert {f"body/{name}: {kind}" for name, kind in found} <= set(reports)
    reports.clear()
    assert await outgoing(content, validation=Validation.OFF, reports=reports) == content
    assert reports == []


async def test_a_thousand_parts_are_the_limit() -> None:
    content = b"".join((*GOOD, *(field("u", b"") for _ in range(998)), END))
    assert await outgoing(content, size=10_000) == content


async def test_binary_parts_are_never_judged_by_their_bytes() -> None:
    content = b"".join(
        (field("title"), file("files", b"\xff" * 5000), file("cover", b"", "IMAGE/gif"), END)
    )
    assert await outgoing(content) == content


@pytest.mark.parametrize(
    "head",
    [
        "",
        "Content-Type: text/plain",
        'Content-Disposition: attachment; name="a"',
        "Content-Disposition: form-data",
        'Content-Disposition: form-data; filename="a"',
        'Content-Disposition: form-data; name=""',
        'Content-Disposition: form-data; name="a"; name="user_id"',
        'Content-Disposition: form-data; name="a"; NAME="user_id"',
        "Content-Disposition: form-data; name*=utf-8''user_id",
        "Content-Disposition: form-data; name=\"a\"; name*=utf-8''user_id",
        'Content-Disposition: form-data; name*0="user"; name*1="_id"',
        'Content-Disposition: form-data; name="user\\_id"',
        'Content-Disposition: form-data; name="a\\"; name=\\"user_id"',
        'Content-Disposition: form-data; filename="a\\"; name="user_id"; x="',
        'Content-Disposition: form-data; name="a"; x="1"',
        'Content-Disposition: form-data; name="a" ; filename="b"',
        'Content-Disposition: form-data; name = "a"',
        'Content-Disposition: form-data; name="a',
        "Content-Disposition: form-data; name=a b",
        'Content-Disposition: form-data; name="a";',
        'Content-Disposition: form-data, name="a"',
        'Content-Disposition : form-data; name="a"',
        ' Content-Disposition: form-data; name="a"',
        'Content-Disposition: form-data;\r\n name="a"',
        'Content-Disposition: form-data; name="a"\nX: y',
        'Content-Disposition: form-data; name="a\x00"',
        'Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="user_id"',
        'Content-Disposition: form-data; name="a"\r\nContent-Type: a/b\r\ncontent-type: c/d',
        'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64',
        'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: quoted-printable',
        'Content-Disposition: form-data; name="a"\r\nnonsense',
        'Content-Disposition: form-data; name="a"\r\nX: ' + "y" * 9000,
    ],
)
async def test_an_unusual_part_head_is_400(head: str) -> None:
    error, out = await broken(b"".join((*GOOD, part(head), END)), size=64)
    assert (error.status, error.detail) == (400, "Invalid multipart body")
    assert b"--x-b--" not in out


@pytest.mark.parametrize(
    "head",
    [
        "Content-Disposition: form-data; name=a",
        "content-disposition:form-data;name=a",
        'Content-Disposition: FORM-DATA; name="a"; filename="C:\\x\\y.txt"',
        'Content-Disposition: form-data; name="a"; filename="x"; filename*=utf-8\'\'%e2%82%ac',
        'Content-Disposition: form-data; name="å;=,"',
        'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: binary\r\nContent-Length: 1',
    ],
)
async def test_what_real_clients_write_passes(head: str) -> None:
    content = b"".join((*GOOD, part(head), END))
    assert await outgoing(content) == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"preamble\r\n" + b"".join((*GOOD, END)),
        b"\r\n" + b"".join((*GOOD, END)),
        b"".join(GOOD),
        b"".join(GOOD)[:-1],
        b"".join((*GOOD, b"--x-b-")),
        b"".join((*GOOD, b"--x-b \r\n", END)),
        b"".join((*GOOD, b"--x-b--", b" \r\n")),
        b"".join((*GOOD, END, b"epilogue")),
        b"".join((*GOOD, END, *GOOD, END)),
        b"".join((*GOOD, END)).replace(b"\r\n", b"\n"),
        b"".join((*GOOD, part('Content-Disposition: form-data; name="a"', boundary=b"x-bc"), END)),
        b"".join((field("title", b"\xff"), file("files"), END)),
        b"".join((*GOOD, *(field("u", b"") for _ in range(999)), END)),
    ],
)
async def test_any_other_framing_is_400(content: bytes) -> None:
    error, out = await broken(content, size=5000)
    assert (error.status, error.detail) == (400, "Invalid multipart body")
    assert not out.endswith(END)


@pytest.mark.parametrize("boundary", ["", '""', "a" * 71, "å", "a;b", '"a b"', '"a\\"b"'])
async def test_an_unusual_boundary_is_refused(boundary: str) -> None:
    with pytest.raises(EdgeError) as caught:
        await read(b"".join((*GOOD, END)), boundary=boundary)
    assert caught.value.status in (400, 415)


async def test_text_beyond_the_limit_is_413() -> None:
    error, _ = await broken(b"".join((field("title", b"x" * 1001), END)))
    assert error.status == 413


async def test_an_absent_field_is_left_out_or_403() -> None:
    content = b"".join((*GOOD, END))
    for absent, status in ((Absent.OMIT, None), (Absent.NULL, None), (Absent.FORBID, 403)):
        org = Binding(field=IdentityField.ORG_ID, place=Place.PART, name="org", absent=absent)
        if status is None:
            assert await outgoing(content, org) == content
        else:
            with pytest.raises(EdgeError) as caught:
                await outgoing(content, org)
            assert caught.value.status == status


def test_a_bound_part_that_cannot_be_named_is_refused_at_the_start() -> None:
    for name in ('a"b', "a\r\nb", "a\\b"):
        bad = Binding(field=IdentityField.USER_ID, place=Place.PART, name=name)
        own = operation(body=Body(content=(MULTIPART,)), bindings=(bad,))
        with pytest.raises(ValueError, match="name of a part"):
            BodyReader(own, MultipartBody[Upload])


def names_of_python_multipart(body: bytes) -> list[str]:
    names: list[str] = []
    parser = FormParser(
        "multipart/form-data",
        lambda field: names.append((field.field_name or b"").decode()),
        lambda file: names.append((file.field_name or b"").decode()),
        boundary=BOUNDARY,
    )
    parser.write(body)
    parser.finalize()
    return names


def names_of_email(body: bytes) -> list[str]:
    head = b"Content-Type: multipart/form-data; boundary=x-b\r\n\r\n"
    message = BytesParser().parsebytes(head + body)
    found = []
    for one in message.walk():
        _, options = parse_options_header(one.get("Content-Disposition", ""))
        if b"name" in options:
            found.append(options[b"name"].decode())
    return found


@settings(deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["title", "count", "other", "user_id"]),
            st.sampled_from(
                [b"", b"v", b"\r\n", b"\r\n--x-", b"--x-b", b"\r\n--", b"\r\r\n\n", b"\n--x-b--"]
            ),
        ),
        max_size=5,
    ),
    st.integers(min_value=1, max_value=40),
)
async def test_other_readers_see_our_part_first_and_no_other_of_its_name(
    parts: list[tuple[str, bytes]], size: int
) -> None:
    content = b"".join((*(field(name, value) for name, value in parts), END))
    fields: dict[str, Any] = {
        "validation": Validation.OFF,
        "on_client_value": OnClientValue.REPLACE,
    }
    if any(b"--x-b" in value for _, value in parts):
        with pytest.raises(EdgeError) as caught:
            await outgoing(content, USER, size=size, **fields)
        assert caught.value.status == 400
        return
    out = await outgoing(content, USER, size=size, **fields)
    kept = [name for name, _ in parts if name != "user_id"]
    assert names_of_python_multipart(out) == ["user_id", *kept]
    assert names_of_email(out) == ["user_id", *kept]
