"""Bodies too long to be judged before they are sent, and forms byte for byte."""

from __future__ import annotations

import pytest

from tests.wire.client import Answer
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

UPLOAD = "/v1/files/batch/5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"
MULTIPART = "Content-Type: multipart/form-data; boundary=XX"
FORM = "Content-Type: application/x-www-form-urlencoded"
LONG = 300_000
"""Bytes of a file: more than the edge reads ahead."""


def part(name: str, content: bytes, more: str = "") -> bytes:
    head = f'--XX\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


FILE = part("files", b"x" * LONG, '; filename="essay.txt"')
END = b"--XX--\r\n"


def chunked(edge: Edge, body: bytes) -> Answer:
    """The body in chunks of 50 kB, without a length."""
    pieces = [body[start : start + 50_000] for start in range(0, len(body), 50_000)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    lines = [f"POST {UPLOAD} HTTP/1.1", "Host: edge.test", bearer(), MULTIPART]
    head = "\r\n".join([*lines, "Transfer-Encoding: chunked", "", ""])
    return edge.raw(head.encode() + framed)


def with_length(edge: Edge, body: bytes) -> Answer:
    return edge.request("POST", UPLOAD, [bearer(), MULTIPART], body)


@pytest.mark.parametrize("send", [chunked, with_length], ids=["chunked", "with a length"])
@pytest.mark.parametrize(
    ("last", "status"),
    [
        (part("user_id", b"mallory"), 422),
        (part("metadata", b"{}", "\r\nContent-Type: text/html"), 422),
        (part("language", b"\xff"), 400),
    ],
    ids=["bound", "media type", "not UTF-8"],
)
def test_a_long_upload_that_goes_wrong_late_is_never_finished(
    edge: Edge, files: Downstream, send: object, last: bytes, status: int
) -> None:
    assert callable(send)
    assert send(edge, FILE + last + END).status == status
    assert all(not request.ended for request in files.requests)
    assert all(b"mallory" not in request.wire for request in files.requests)


@pytest.mark.parametrize("send", [chunked, with_length], ids=["chunked", "with a length"])
def test_a_long_upload_arrives_whole_behind_our_part(
    edge: Edge, files: Downstream, send: object
) -> None:
    assert callable(send)
    body = FILE + part("language", b"en") + END
    assert send(edge, body).status == 200
    request = files.only
    assert request.ended
    assert request.body.startswith(b"--XX\r\nContent-Disposition: form-data; name=")
    assert request.body.endswith(body)
    assert request.body.removesuffix(body).count(b"alice") == 1


def test_a_form_arrives_as_it_was_written(edge: Edge, accounts: Downstream) -> None:
    body = b"token=a+b%2bc%7E~&x&y=&token_type_hint=access_token"
    assert edge.request("POST", "/v1/auth/revoke", [bearer(), FORM], body).status == 200
    assert accounts.only.body == b"user_id=alice&" + body
