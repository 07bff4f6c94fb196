"""Each event of a multipart body is there with its last byte, and every byte is in exactly one."""

from __future__ import annotations

from typing import Any

import pytest

from proxygen.runtime.body import BodyLimits, BodyReader, MultipartBody
from proxygen.runtime.body.multipart_framing import (
    Closing,
    Data,
    Delimiter,
    Event,
    Head,
    MultipartFraming,
    Opening,
)
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.operation import Body, BodyKind, Content
from tests.unit.runtime.wire_samples import context, operation, receiving, scope

HEAD = b'Content-Disposition: form-data; name="a"\r\n\r\n'
BODY = b"--B\r\n" + HEAD + b"one" + b"\r\n--B\r\n" + HEAD + b"\r\n--B--"


def events(framing: MultipartFraming, data: bytes) -> list[Event]:
    """What comes of these bytes, one by one."""
    return [event for byte in data for event in framing.feed(bytes([byte]))]


def test_a_body_without_parts_ends_with_its_last_byte() -> None:
    framing = MultipartFraming(b"B")
    assert [type(event) for event in events(framing, b"--B--")] == [Closing]
    assert framing.end() == b""


@pytest.mark.parametrize("rest", [b"", b"\r\n"])
def test_every_byte_comes_out_once_and_in_order(rest: bytes) -> None:
    framing = MultipartFraming(b"B")
    found = events(framing, BODY + rest)
    assert b"".join(event.wire for event in found) + framing.end() == BODY + rest
    kinds = [type(event) for event in found if not isinstance(event, Data)]
    assert kinds == [Opening, Head, Delimiter, Head, Closing]


@pytest.mark.parametrize(("upto", "kind"), [(5, Opening), (5 + len(HEAD), Head)])
def test_an_event_is_there_with_its_last_byte(upto: int, kind: type[Event]) -> None:
    framing = MultipartFraming(b"B")
    assert isinstance(events(framing, BODY[:upto])[-1], kind)


def test_content_that_cannot_be_a_delimiter_is_let_through() -> None:
    framing = MultipartFraming(b"B")
    events(framing, b"--B\r\n" + HEAD)
    data = list(framing.feed(b"0123456789\r\n--"))
    assert b"".join(event.wire for event in data) == b"0123456789"


@pytest.mark.parametrize("size", range(len(BODY)))
def test_every_cut_is_400(size: int) -> None:
    framing = MultipartFraming(b"B")
    events(framing, BODY[:size])
    with pytest.raises(EdgeError) as caught:
        framing.end()
    assert caught.value.status == 400


async def test_a_body_that_is_declared_too_long_is_413_unread() -> None:
    contents = (Content(media_type="multipart/form-data", kind=BodyKind.MULTIPART),)
    own = operation(body=Body(content=contents))
    lines = (("content-length", "100001"), ("content-type", "multipart/form-data; boundary=B"))
    with pytest.raises(EdgeError) as caught:
        await BodyReader(own, MultipartBody[dict[str, Any]]).read(
            scope(*lines), receiving([]), context(), BodyLimits(upload_bytes=100_000)
        )
    assert caught.value.status == 413
