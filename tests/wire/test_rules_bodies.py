"""Bodies: identity where a contract carries it, every other byte as it came, limits before all."""

from __future__ import annotations

import gzip
import json
from urllib.parse import parse_qsl

import pytest

from tests.wire.client import message
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

BATCH = "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"
UPLOAD = f"/v1/files/batch/{BATCH}"
JSON = "Content-Type: application/json"
FORM = "Content-Type: application/x-www-form-urlencoded"
MULTIPART = "Content-Type: multipart/form-data; boundary=XX"
FILE = b"\x00\x01\r\n--X\r\nno boundary\xff"


def part(name: str, content: bytes, *, more: str = "", lines: str = "") -> bytes:
    head = f'--XX\r\nContent-Disposition: form-data; name="{name}"{more}\r\n{lines}\r\n'
    return head.encode("latin-1") + content + b"\r\n"


def multipart(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--XX--\r\n"


PDF = part("files", FILE, more='; filename="a.pdf"', lines="Content-Type: application/pdf\r\n")
LANGUAGE = part("language", b"en")


class TestJson:
    def test_an_encoded_body_is_415_on_a_typed_operation(
        self, edge: Edge, classes: Downstream
    ) -> None:
        body = gzip.compress(b"{}")
        lines = [bearer(), JSON, "Content-Encoding: gzip"]
        assert edge.request("POST", "/v1/classes", lines, body).status == 415
        assert classes.requests == []

    @pytest.mark.parametrize(
        "line", ["Content-Type: text/plain", "Content-Type: text/json", "X: y"]
    )
    def test_another_media_type_is_415(self, edge: Edge, classes: Downstream, line: str) -> None:
        assert edge.request("POST", "/v1/classes", [bearer(), line], b"{}").status == 415
        assert classes.requests == []

    def test_a_missing_body_is_422(self, edge: Edge, classes: Downstream) -> None:
        assert edge.request("POST", "/v1/classes", [bearer(), JSON]).status == 422
        assert classes.requests == []

    def test_w125_a_body_beyond_the_limit_is_413(self, edge: Edge, classes: Downstream) -> None:
        body = b'{"name": "' + b"a" * 1_100_000 + b'"}'
        assert edge.request("POST", "/v1/classes", [bearer(), JSON], body).status == 413
        with edge.connect() as connection:
            head = message("POST", "/v1/classes", [bearer(), JSON, "Transfer-Encoding: chunked"])
            connection.send(head + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")
            assert connection.read().status == 413
        assert classes.requests == []

    def test_deep_nesting_is_400(self, edge: Edge, classes: Downstream) -> None:
        body = b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
        assert edge.request("POST", "/v1/classes", [bearer(), JSON], body).status == 400
        assert classes.requests == []

    @pytest.mark.parametrize("value", [b'"2"', b"2.5", b"true", b"null", b"1e400"])
    def test_types_are_strict(self, edge: Edge, batches: Downstream, value: bytes) -> None:
        body = (
            b'{"expected_essay_count": ' + value + b', "essay_ids": ["e"], "course_code": "ENG6",'
            b' "prompt": {"text": "W", "language": "en"}}'
        )
        got = edge.request("POST", "/v1/batches/register", [bearer(), JSON], body)
        assert got.status in (400, 422)
        assert batches.requests == []

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (b'{"text": "W", "editor": {}}', {"user_id": "alice"}),
            (b'{"text": "W"}', None),
        ],
        ids=["there", "absent"],
    )
    def test_an_absent_parent_is_left_absent_where_that_is_configured(
        self, edge: Edge, batches: Downstream, body: bytes, expected: dict[str, str] | None
    ) -> None:
        target = f"/v1/batches/{BATCH}/prompt"
        got = edge.request("PATCH", target, [bearer(), JSON], body)
        assert got.status == 200
        assert json.loads(batches.only.body).get("editor") == expected


class TestForms:
    def test_identity_is_added_and_the_rest_arrives_as_it_was(
        self, edge: Edge, accounts: Downstream
    ) -> None:
        body = b"token=r%2D91&token_type_hint=refresh_token"
        got = edge.request("POST", "/v1/auth/revoke", [bearer(), FORM], body)
        assert got.status == 200
        assert body in accounts.only.body
        pairs = parse_qsl(accounts.only.body.decode())
        assert [value for name, value in pairs if name == "user_id"] == ["alice"]

    @pytest.mark.parametrize("name", ["user_id", "userId", "user%5Fid", "%75ser_id", "user-id"])
    def test_names_are_compared_after_decoding(
        self, edge: Edge, accounts: Downstream, name: str
    ) -> None:
        body = f"token=r&{name}=mallory".encode()
        assert edge.request("POST", "/v1/auth/revoke", [bearer(), FORM], body).status == 422
        assert accounts.requests == []

    def test_a_violated_contract_is_422(self, edge: Edge, accounts: Downstream) -> None:
        got = edge.request("POST", "/v1/auth/revoke", [bearer(), FORM], b"hint=x")
        assert got.status == 422
        assert ["body", "token"] in [error["loc"] for error in got.detail]
        assert accounts.requests == []


class TestQueries:
    @pytest.mark.parametrize("name", ["owner_id", "ownerId", "owner%5Fid"])
    def test_replace_overwrites_what_the_client_chose(
        self, edge: Edge, batches: Downstream, name: str
    ) -> None:
        got = edge.request("GET", f"/v1/batches?status=ready&{name}=mallory", [bearer()])
        assert got.status == 200
        query = parse_qsl(batches.only.target.partition(b"?")[2].decode())
        assert ("status", "ready") in query
        assert [value for _, value in query if value in ("alice", "mallory")] == ["alice"]

    def test_repeated_keys_and_styles_are_validated_and_kept(
        self, edge: Edge, batches: Downstream
    ) -> None:
        query = (
            "status=ready&status=processing&course_code=ENG5,ENG6&registered%5Bafter%5D=2026-01-01"
        )
        assert edge.request("GET", f"/v1/batches?{query}", [bearer()]).status == 200
        assert query.encode() in batches.only.target
        for wrong in ("status=no", "course_code=ENG5,no", "limit=x", "registered%5Bafter%5D=x"):
            assert edge.request("GET", f"/v1/batches?{wrong}", [bearer()]).status == 422, wrong
        assert len(batches.requests) == 1


class TestMultipart:
    def test_our_part_goes_first_and_the_clients_arrive_byte_for_byte(
        self, edge: Edge, files: Downstream
    ) -> None:
        got = edge.request("POST", UPLOAD, [bearer(), MULTIPART], multipart(LANGUAGE, PDF))
        assert got.status == 200
        body = files.only.body
        assert body.index(b'name="user_id"') < body.index(b'name="language"')
        assert body.count(b'name="user_id"') == 1
        assert b"alice" in body
        assert FILE in body
        assert b'name="org_id"' not in body

    @pytest.mark.parametrize(
        "spoof",
        [
            part("user_id", b"mallory"),
            part("User-Id", b"mallory"),
            part("org_id", b"mallory"),
            part("user_id", b"mallory", more='; filename="x"'),
        ],
    )
    def test_a_clients_part_of_a_bound_name_is_422_and_never_finished(
        self, edge: Edge, files: Downstream, spoof: bytes
    ) -> None:
        body = multipart(LANGUAGE, PDF, spoof)
        assert edge.request("POST", UPLOAD, [bearer(), MULTIPART], body).status == 422
        assert all(not request.ended for request in files.requests)

    @pytest.mark.parametrize(
        "body",
        [
            multipart(LANGUAGE, PDF)[:-6],
            b"no boundary",
            multipart(b"--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n", PDF),
            multipart(part("language", b"en", more='; name="user_id"'), PDF),
            multipart(part("a", b"en", more="; name*=utf-8''user_id"), PDF),
        ],
        ids=["cut", "none", "no name", "two names", "another name"],
    )
    def test_what_two_parsers_could_read_in_two_ways_is_400(
        self, edge: Edge, files: Downstream, body: bytes
    ) -> None:
        assert edge.request("POST", UPLOAD, [bearer(), MULTIPART], body).status in (400, 422)
        assert all(not request.ended for request in files.requests)


class TestRaw:
    def test_bytes_that_bind_nothing_arrive_byte_for_byte(
        self, edge: Edge, files: Downstream
    ) -> None:
        body = bytes(range(256)) * 4000
        lines = [bearer(), "Content-Type: application/octet-stream"]
        got = edge.request("PUT", "/v1/files/file-0001/content", lines, body)
        assert got.status == 200, got.body
        assert files.only.body == body
        assert files.only.values("content-length") == [b"%d" % len(body)]
        assert files.only.values("transfer-encoding") == []

    def test_a_chunked_upload_stays_chunked(self, edge: Edge, bff: Downstream) -> None:
        lines = [bearer(), "Transfer-Encoding: chunked", "Content-Encoding: gzip"]
        data = message("PUT", "/bff/v1/teacher/x", lines) + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        assert edge.raw(data).status == 200
        assert (bff.only.body, bff.only.values("content-length")) == (b"abcde", [])
        assert bff.only.values("content-encoding") == [b"gzip"]
