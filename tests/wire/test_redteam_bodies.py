"""Bodies that two parsers read in two ways: whoever the downstream's parser is, identity is the token's."""

from __future__ import annotations

import pytest

from tests.wire.client import Answer
from tests.wire.conftest import ONE_TRANSPORT
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge
from tests.wire.test_rules_bodies import FORM, LANGUAGE, MULTIPART, PDF, UPLOAD, multipart, part
from tests.wire.tokens import bearer

pytestmark = pytest.mark.parametrize("platform", ONE_TRANSPORT, indirect=True)

SPOOF = b'Content-Disposition: form-data; name="user_id"\r\n\r\nmallory\r\n'
BIG = b"x" * 100_000
"""More than the edge reads ahead, so that the body is judged while it is sent."""


def upload(edge: Edge, body: bytes, line: str = MULTIPART) -> Answer:
    return edge.request("POST", UPLOAD, [bearer(), line], body)


def file_of(content: bytes) -> bytes:
    more = '; filename="a.pdf"'
    return part("files", content, more=more, lines="Content-Type: application/pdf\r\n")


class TestMultipart:
    @pytest.mark.parametrize(
        "parameter",
        ["boundary*=utf-8''YY", "boundary*0=Y; boundary*1=Y", "charset=utf-7", "charset=utf-16"],
    )
    def test_nothing_beside_the_boundary_can_change_how_a_body_is_read(
        self, edge: Edge, files: Downstream, parameter: str
    ) -> None:
        """RFC 2231 gives some parsers (Werkzeug) another boundary, a charset gives others (Django) other
        names."""
        inner = b"--YY\r\n" + SPOOF + b"--YY--\r\n"
        got = upload(edge, multipart(LANGUAGE, file_of(inner)), f"{MULTIPART}; {parameter}")
        assert got.status in (400, 415)
        assert files.requests == []

    @pytest.mark.parametrize("padding", [b"", BIG], ids=["short", "streamed"])
    @pytest.mark.parametrize("ending", [b"\n", b"\r", b"x\n\r"], ids=["lf", "cr", "lfcr"])
    def test_a_delimiter_behind_another_line_end_is_no_content(
        self, edge: Edge, files: Downstream, ending: bytes, padding: bytes
    ) -> None:
        """Werkzeug and Python's cgi take LF and CR for line ends; what the edge takes for a file's content
        is a part of its own to them."""
        inner = padding + ending + b"--XX" + ending + SPOOF.replace(b"\r\n", ending)
        got = upload(edge, multipart(LANGUAGE, file_of(inner)))
        assert got.status == 400
        assert all(not request.ended for request in files.requests)

    def test_a_delimiter_right_behind_a_head_is_no_content(
        self, edge: Edge, files: Downstream
    ) -> None:
        got = upload(edge, multipart(LANGUAGE, file_of(b"--XX\r\n" + SPOOF + b"x")))
        assert got.status == 400
        assert all(not request.ended for request in files.requests)

    @pytest.mark.parametrize(
        "disposition",
        [
            'form-data; name="note; name=user_id"',
            'form-data; name="files"; filename="a; name=user_id; b"',
            'form-data; name="files"; filename="a;NAME = user_id"',
        ],
    )
    def test_a_name_in_a_quoted_value_is_400(
        self, edge: Edge, files: Downstream, disposition: str
    ) -> None:
        """Parsers that split at every semicolon read it as the part's name."""
        spoof = f"--XX\r\nContent-Disposition: {disposition}\r\n\r\nmallory\r\n".encode()
        assert upload(edge, multipart(LANGUAGE, PDF, spoof)).status == 400
        assert files.requests == []

    @pytest.mark.parametrize("kind", ["multipart/mixed; boundary=YY", "message/rfc822"])
    def test_a_part_that_has_parts_is_400(self, edge: Edge, files: Downstream, kind: str) -> None:
        """`cgi` and `email` read the inner parts like those around them."""
        inner = b"--YY\r\n" + SPOOF + b"--YY--\r\n"
        nested = part("note", inner, lines=f"Content-Type: {kind}\r\n")
        assert upload(edge, multipart(LANGUAGE, PDF, nested)).status == 400
        assert files.requests == []

    def test_files_of_any_other_content_pass(self, edge: Edge, files: Downstream) -> None:
        content = b"\n--X\r\n--\r\n\r--Y-XX; name=x\n-XX"
        assert upload(edge, multipart(LANGUAGE, file_of(content))).status == 200
        assert content in files.only.body


class TestNames:
    @pytest.mark.parametrize(
        "name", [b"user_id%00", b"user_id%00x", b"user%5Bid", b"user_id%09", b"user%0a_id"]
    )
    def test_a_name_that_a_downstream_cuts_or_mends_is_refused(
        self, edge: Edge, accounts: Downstream, name: bytes
    ) -> None:
        """C strings end at NUL, PHP makes `user[id` into `user_id`."""
        body = b"token=abc&" + name + b"=mallory"
        got = edge.request("POST", "/v1/auth/revoke", [bearer(), FORM], body)
        assert got.status in (400, 422)
        assert accounts.requests == []

    @pytest.mark.parametrize("key", [r"user_id\u0000", r"user_id\u0000x", r"user_id\u0009"])
    def test_a_key_that_a_downstream_cuts_is_refused(
        self, edge: Edge, batches: Downstream, key: str
    ) -> None:
        body = (
            '{"expected_essay_count": 2, "essay_ids": ["e", "f"], "course_code": "ENG6",'
            f' "prompt": {{"text": "W", "language": "en"}}, "{key}": "mallory"}}'
        ).encode()
        lines = [bearer(), "Content-Type: application/json"]
        assert edge.request("POST", "/v1/batches/register", lines, body).status in (400, 422)
        assert batches.requests == []


class TestAnswers:
    def test_a_422_is_json_also_for_a_number_that_is_none(
        self, edge: Edge, batches: Downstream
    ) -> None:
        body = b'{"expected_essay_count": 1e999, "essay_ids": [-1e999], "course_code": 1e9999}'
        lines = [bearer(), "Content-Type: application/json"]
        got = edge.request("POST", "/v1/batches/register", lines, body)
        assert got.status == 422
        assert b"Infinity" not in got.body
        assert batches.requests == []
