"""The guard refuses what a server may let through, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from proxygen.runtime.guard import Guard, GuardLimits

Fields = list[tuple[bytes, bytes]]
HOST = (b"host", b"edge.test:8000")


def scope(*fields: tuple[bytes, bytes], **changes: Any) -> dict[str, Any]:
    """An ordinary GET, but for these fields and changes."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": "/v1/a",
        "raw_path": b"/v1/a",
        "query_string": b"",
        "headers": [HOST, *fields],
        **changes,
    }


def status(request: dict[str, Any], **limits: Any) -> int | None:
    error = Guard(GuardLimits(**limits)).check(request)
    return None if error is None else error.status


class TestFraming:
    @pytest.mark.parametrize(
        "fields",
        [
            [(b"content-length", b"3")],
            [(b"content-length", b"0")],
            [(b"transfer-encoding", b"chunked")],
            [(b"transfer-encoding", b"Chunked")],
        ],
    )
    def test_one_plain_framing_passes(self, fields: Fields) -> None:
        assert status(scope(*fields, method="POST")) is None

    @pytest.mark.parametrize(
        "fields",
        [
            [(b"content-length", b"3"), (b"transfer-encoding", b"chunked")],
            [(b"transfer-encoding", b"chunked"), (b"content-length", b"3")],
            [(b"content-length", b"3"), (b"content-length", b"3")],
            [(b"content-length", b"3"), (b"content-length", b"4")],
            [(b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"chunked")],
            *[[(b"transfer-encoding", value)] for value in (b"gzip, chunked", b"identity", b"")],
            *[
                [(b"content-length", value)]
                for value in (b"+3", b"0x3", b"-1", b"1_0", b"3, 3", b"")
            ],
            [(b"content-length", "٣".encode())],
        ],
    )
    def test_any_other_framing_is_400(self, fields: Fields) -> None:
        assert status(scope(*fields, method="POST")) == 400

    @pytest.mark.parametrize("version", ["1", "1.0"])
    def test_a_coding_on_http_1_0_is_400_with_or_without_host(self, version: str) -> None:
        coding = (b"transfer-encoding", b"chunked")
        assert status(scope(coding, http_version=version)) == 400
        assert status(scope(http_version=version, headers=[coding])) == 400

    def test_a_declared_body_beyond_the_limit_is_413(self) -> None:
        assert status(scope((b"content-length", b"11")), body_bytes=10) == 413
        assert status(scope((b"content-length", b"10")), body_bytes=10) is None


class TestHost:
    @pytest.mark.parametrize(
        "host",
        [b"a", b"a.b:80", b"a_b", b"127.0.0.1:8000", b"[::1]", b"[::1]:80", b"xn--a-b.example."],
    )
    def test_a_well_formed_one_passes(self, host: bytes) -> None:
        assert status(scope(headers=[(b"host", host)])) is None

    @pytest.mark.parametrize(
        "host",
        [b"", b"a/b?c", b"u@a", b"a b", b"a:b", b"a:", b"a,b", b"a..b", b"-a", b"\xe5", b"a" * 300],
    )
    def test_a_malformed_one_is_400(self, host: bytes) -> None:
        assert status(scope(headers=[(b"host", host)])) == 400

    def test_none_or_two_are_400(self) -> None:
        assert status(scope(headers=[])) == 400
        assert status(scope(HOST)) == 400

    def test_http_1_0_may_have_none_unless_hosts_are_listed(self) -> None:
        old = scope(headers=[], http_version="1.0")
        assert status(old) is None
        assert status(old, allowed_hosts=("edge.test",)) == 400

    def test_a_list_is_kept_whatever_case_and_port(self) -> None:
        assert status(scope(), allowed_hosts=("edge.test",)) is None
        assert (
            status(scope(headers=[(b"host", b"EDGE.test.")]), allowed_hosts=("edge.test",)) is None
        )
        assert status(scope(), allowed_hosts=("other.test",)) == 400


class TestLine:
    @pytest.mark.parametrize("version", ["0.9", "1.2", "2.0", ""])
    def test_versions_that_no_server_of_http_speaks_are_400(self, version: str) -> None:
        assert status(scope(http_version=version)) == 400

    @pytest.mark.parametrize("method", ["TRACE", "CONNECT", "get", "FOO", ""])
    def test_methods_that_no_edge_routes_are_405_with_allow(self, method: str) -> None:
        error = Guard(GuardLimits()).check(scope(method=method))
        assert error is not None
        assert error.status == 405
        assert dict(error.headers)["Allow"].startswith("GET, ")

    @pytest.mark.parametrize("path", ["", "*", "evil:80", "http://evil/v1"])
    def test_targets_that_are_no_path_are_400(self, path: str) -> None:
        assert status(scope(path=path, raw_path=path.encode())) == 400

    def test_path_and_query_together_have_the_limit(self) -> None:
        assert status(scope(query_string=b"x" * 5), target_bytes=11) is None
        assert status(scope(query_string=b"x" * 6), target_bytes=11) == 414

    def test_parameters_of_a_query_have_a_limit(self) -> None:
        assert status(scope(query_string=b"a&a&a"), query_count=3) is None
        assert status(scope(query_string=b"a&a&a&"), query_count=3) == 400

    def test_a_server_without_raw_path_is_measured_by_the_decoded_one(self) -> None:
        request = scope(path="/" + "ö" * 10)
        del request["raw_path"]
        assert status(request, target_bytes=20) == 414


class TestFields:
    def test_count_and_bytes_have_limits(self) -> None:
        assert status(scope((b"a", b"b")), header_count=2) is None
        assert status(scope((b"a", b"b"), (b"a", b"b")), header_count=2) == 431
        assert status(scope((b"a", b"b" * 1000)), header_bytes=1000) == 431

    @pytest.mark.parametrize("byte", [0, 1, 8, 10, 13, 27, 127])
    def test_control_characters_are_400(self, byte: int) -> None:
        assert status(scope((b"x-a", b"b" + bytes([byte])))) == 400

    @pytest.mark.parametrize("value", [b"a\tb", b"\xe5\xff", b""])
    def test_other_bytes_pass(self, value: bytes) -> None:
        assert status(scope((b"x-a", value))) is None

    def test_expectations(self) -> None:
        assert status(scope((b"expect", b"100-Continue"))) is None
        assert status(scope((b"expect", b"999-foo"))) == 417

    def test_upgrades(self) -> None:
        assert status(scope((b"upgrade", b"WebSocket"))) == 426
        assert status(scope((b"upgrade", b"h2c"))) is None

    def test_what_breaks_framing_ends_the_connection(self) -> None:
        for request in (scope(HOST), scope((b"expect", b"x")), scope((b"content-length", b"x"))):
            error = Guard(GuardLimits()).check(request)
            assert error is not None
            assert ("Connection", "close") in error.headers
