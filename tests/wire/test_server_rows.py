"""Rows W21 to W59 and W122 to W128 of the threat tables: what the pinned server and the guard refuse."""

from __future__ import annotations

import time

import pytest

from tests.wire.client import message
from tests.wire.conftest import EACH_SERVER
from tests.wire.downstream import Downstream, Exchange, answer
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

pytestmark = pytest.mark.parametrize("platform", EACH_SERVER, indirect=True)

PATH = b"/bff/v1/teacher/home"
TOKEN = bearer().encode()
HEADER_TIMEOUT = 2.0
"""Seconds, as the fixture sets it; the default is 10."""


def head(*lines: bytes, method: bytes = b"GET", target: bytes = PATH, host: bytes = b"a") -> bytes:
    """A request head that would be forwarded, but for these lines."""
    start = method + b" " + target + b" HTTP/1.1"
    return b"\r\n".join([start, b"Host: " + host, TOKEN, *lines]) + b"\r\n\r\n"


def bare(start: bytes, *lines: bytes) -> bytes:
    return b"\r\n".join([start, TOKEN, *lines]) + b"\r\n\r\n"


def posted(*lines: bytes, body: bytes) -> bytes:
    return head(*lines, method=b"POST") + body


def chunked(body: bytes) -> bytes:
    return posted(b"Transfer-Encoding: chunked", body=body)


CHUNKS = b"3\r\nabc\r\n0\r\n\r\n"
FRAMING = {
    "W22 unknown coding": posted(b"Transfer-Encoding: xchunked", body=CHUNKS),
    "W22 gzip, chunked": posted(b"Transfer-Encoding: gzip, chunked", body=CHUNKS),
    "W22 with a parameter": posted(b"Transfer-Encoding: chunked;a=b", body=CHUNKS),
    "W22 empty coding": posted(b"Transfer-Encoding:", body=b""),
    "W22 vertical tab": posted(b"Transfer-Encoding: \x0bchunked", body=CHUNKS),
    "W23 chunked, identity": posted(b"Transfer-Encoding: chunked, identity", body=CHUNKS),
    "W23 chunked twice": posted(b"Transfer-Encoding: chunked, chunked", body=CHUNKS),
    "W23 two lines": posted(*[b"Transfer-Encoding: chunked"] * 2, body=CHUNKS),
    "W25 two lengths": posted(b"Content-Length: 3", b"Content-Length: 4", body=b"abcd"),
    "W27 +3": posted(b"Content-Length: +3", body=b"abc"),
    "W27 0x3": posted(b"Content-Length: 0x3", body=b"abc"),
    "W27 -1": posted(b"Content-Length: -1", body=b"abc"),
    "W27 1_0": posted(b"Content-Length: 1_0", body=b"abc"),
    "W27 3, 3": posted(b"Content-Length: 3, 3", body=b"abc"),
    "W27 empty": posted(b"Content-Length:", body=b"abc"),
    "W27 huge": posted(b"Content-Length: 99999999999999999999", body=b"abc"),
    "W29 chunks with LF": chunked(b"3\nabc\n0\n\n"),
    "W29 a size with LF": chunked(b"3\nabc\r\n0\r\n\r\n"),
    "W30 no CR LF after a chunk": chunked(b"3\r\nabcXX0\r\n\r\n"),
    "W30 a blank before a size": chunked(b" 3\r\nabc\r\n0\r\n\r\n"),
    "W30 0x3": chunked(b"0x3\r\nabc\r\n0\r\n\r\n"),
    "W30 -3": chunked(b"-3\r\nabc\r\n0\r\n\r\n"),
    "W30 0_3": chunked(b"0_3\r\nabc\r\n0\r\n\r\n"),
    "W30 a size beyond 64 bits": chunked(b"10000000000000003\r\nabc\r\n0\r\n\r\n"),
    "W30 LF in an extension": chunked(b"3;a\nb\r\nabc\r\n0\r\n\r\n"),
    "W30 CR in an extension": chunked(b"3;a\rb\r\nabc\r\n0\r\n\r\n"),
    "W32 an extension of 1 MB": chunked(b"3" + b";a=b" * 262144 + b"\r\nabc\r\n0\r\n\r\n"),
    "W32 extensions of 1 MB": chunked((b"1;" + b"a" * 1000 + b"\r\nx\r\n") * 1000 + b"0\r\n\r\n"),
    "W32 trailers of 400 KB": chunked(b"0\r\n" + b"X-A: bbbbbbbbbbbbb\r\n" * 20000 + b"\r\n"),
}
GRAMMAR = {
    "W24 coding on HTTP/1.0": bare(
        b"POST " + PATH + b" HTTP/1.0", b"Host: a", b"Transfer-Encoding: chunked"
    )
    + CHUNKS,
    "W34 CR in a line": head(b"X-A: b\rX-B: c"),
    "W35 a folded line": head(b"X-A: b\r\n c"),
    "W35 a folded first line": bare(b"GET " + PATH + b" HTTP/1.1\r\n X: y", b"Host: a"),
    "W36 a blank before the colon": head(b"X-User-ID : mallory"),
    "W36 no name": head(b": m"),
    "W36 no colon": head(b"foo"),
    "W36 a name that is no token": head(b"x(y): m"),
    **{
        f"W37 byte {byte:#04x} in a value": head(b"X-A: b" + bytes([byte]) + b"c")
        for byte in (0, 1, 8, 10, 11, 12, 13, 27, 127)
    },
    "W40 no Host": bare(b"GET " + PATH + b" HTTP/1.1"),
    "W40 two Hosts": head(b"Host: a"),
    "W40 empty Host": head(host=b""),
    "W75 Host with a path": head(host=b"a/b?c"),
    "W75 Host with a user": head(host=b"u@a"),
    "W75 Host with a blank": head(host=b"a b"),
    "W42 no slash": head(target=b"evil"),
    "W42 authority": head(target=b"evil:80"),
    "W42 asterisk": head(target=b"*"),
    "version 0.9": b"GET " + PATH + b"\r\n\r\n",
    "version 1.2": bare(b"GET " + PATH + b" HTTP/1.2", b"Host: a"),
    "version 2.0": bare(b"GET " + PATH + b" HTTP/2.0", b"Host: a"),
    "version in lower case": bare(b"GET " + PATH + b" http/1.1", b"Host: a"),
    "W73 a blank in the target": head(target=PATH + b" b"),
    "W73 a control character in the target": head(target=PATH + b"\x01"),
    "W73 a byte beyond ASCII in the target": head(target=PATH + b"\xe5"),
    "two blanks": bare(b"GET  " + PATH + b" HTTP/1.1", b"Host: a"),
    "tabs": bare(b"GET\t" + PATH + b"\tHTTP/1.1", b"Host: a"),
}


class TestRefusedBeforeAnyRoute:
    @pytest.mark.parametrize(
        "data", [*GRAMMAR.values(), *FRAMING.values()], ids=[*GRAMMAR, *FRAMING]
    )
    def test_malformed_requests_are_400_and_end_the_connection(
        self, edge: Edge, bff: Downstream, data: bytes
    ) -> None:
        with edge.connect() as connection:
            connection.send(data)
            got = connection.read(limit=3, to_end=True)
        assert got.status == 400
        assert got.closed
        assert all(not request.ended for request in bff.requests)
        assert got.raw.count(b"HTTP/1.1") == 1

    @pytest.mark.parametrize(
        "lines",
        [
            [b"X-A: " + b"b" * 17_000],
            [b"X-A: " + b"b" * 200_000],
            [b"X-A: " + b"b" * 2_000_000],
            [b"X-A: b"] * 99,
            [b"X-A: b"] * 2_000,
            [b"X-A: b"] * 20_000,
        ],
        ids=["17 KB", "200 KB", "2 MB", "101 lines", "2,000 lines", "20,000 lines"],
    )
    def test_w44_heads_beyond_16_kib_or_100_lines_are_431(
        self, edge: Edge, bff: Downstream, lines: list[bytes]
    ) -> None:
        got = edge.raw(head(*lines), to_end=True)
        assert (got.status, got.closed) == (431, True)
        assert bff.connections == 0

    @pytest.mark.parametrize("size", [8_200, 20_000, 65_530])
    def test_w45_targets_beyond_8_kib_are_414(self, edge: Edge, bff: Downstream, size: int) -> None:
        got = edge.raw(head(target=PATH + b"/" + b"a" * size), to_end=True)
        assert (got.status, got.closed) == (414, True)
        assert bff.connections == 0

    @pytest.mark.parametrize("method", ["TRACE", "get", "FOO", "PRI", "A" * 300])
    def test_w46_methods_that_no_edge_routes_are_405_and_counted_as_other(
        self, edge: Edge, bff: Downstream, method: str
    ) -> None:
        before = edge.metric("http_requests_total", method="OTHER", http_status="405")
        got = edge.request(method, PATH, [TOKEN])
        assert got.status == 405
        assert "GET" in got.values("allow")[0]
        counted = {"method": "OTHER", "http_status": "405"}
        assert edge.counts(lambda: edge.metric("http_requests_total", **counted) == before + 1)
        assert bff.connections == 0

    def test_w46_connect_gets_no_tunnel(self, edge: Edge, bff: Downstream) -> None:
        got = edge.raw(head(method=b"CONNECT", target=b"evil:80"), limit=1, to_end=True)
        assert got.status in (0, 405)
        assert bff.connections == 0

    def test_w48_unknown_expectations_are_417(self, edge: Edge, bff: Downstream) -> None:
        got = edge.raw(posted(b"Expect: 999-foo", b"Content-Length: 3", body=b"abc"))
        assert got.status == 417
        assert bff.connections == 0

    def test_w50_a_websocket_is_426(self, edge: Edge, bff: Downstream) -> None:
        lines = [b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13"]
        assert edge.raw(head(*lines, b"Sec-WebSocket-Key: dGhlIHNhbXBsZQ==")).status == 426
        assert bff.connections == 0

    def test_w124_a_declared_body_beyond_the_limit_is_413_and_opens_no_connection(
        self, edge: Edge, bff: Downstream
    ) -> None:
        got = edge.raw(posted(b"Content-Length: 100000001000", body=b"abc"))
        assert got.status == 413
        assert bff.connections == 0

    def test_every_refusal_of_the_guard_has_a_correlation_id(
        self, edge: Edge, bff: Downstream
    ) -> None:
        got = edge.raw(head(b"X-Correlation-ID: mine", host=b"a/b"))
        assert (got.status, got.values("x-correlation-id")) == (400, ["mine"])


CR_LF, LF = b"\r\n", b"\n"
HIDDEN = {
    "W25 two equal lengths": posted(*[b"Content-Length: 3"] * 2, body=b"abc"),
    "W30 a blank after a size": chunked(b"3 \r\nabc\r\n0\r\n\r\n"),
    "W32 a short extension": chunked(b"3;a=b\r\nabc\r\n0\r\n\r\n"),
    "W34 lines that end with LF": posted(b"Content-Length: 3", body=b"").replace(CR_LF, LF)
    + b"abc",
}
"""Which the pinned server reads, and a guard does not see (`docs/decisions/server.md`)."""


class TestReadInOneWayOnly:
    """What the server lets through is read as RFC 9112 says, and the downstream gets framing of ours."""

    @pytest.mark.parametrize("data", HIDDEN.values(), ids=HIDDEN)
    def test_what_is_hidden_from_the_guard_is_one_request_with_framing_of_ours(
        self, edge: Edge, bff: Downstream, data: bytes
    ) -> None:
        with edge.connect() as connection:
            connection.send(data)
            got = connection.read()
            assert connection.read(limit=0.1).raw == b""
        assert got.status in (200, 400)
        for request in bff.requests:
            assert not request.ended or request.body == b"abc"
            framing = request.values("content-length"), request.values("transfer-encoding")
            assert framing in (([b"3"], []), ([], [b"chunked"]))
            assert b";" not in request.wire

    @pytest.mark.parametrize("method", [b"GET", b"HEAD", b"DELETE", b"OPTIONS", b"POST"])
    def test_w52_a_request_without_a_body_has_no_framing_downstream(
        self, edge: Edge, bff: Downstream, method: bytes
    ) -> None:
        bff.respond(answer("204 No Content"))
        assert edge.raw(head(method=method)).status == 204
        assert bff.only.values("transfer-encoding") == []
        assert bff.only.values("content-length") in ([], [b"0"] if method == b"POST" else [])

    @pytest.mark.parametrize(
        "lines",
        [
            [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
            [b"Transfer-Encoding: chunked", b"Content-Length: 5"],
        ],
    )
    def test_w21_length_and_coding_are_read_as_chunked_and_the_connection_ends(
        self, edge: Edge, bff: Downstream, lines: list[bytes]
    ) -> None:
        smuggled = head(target=b"/bff/v1/teacher/smuggled")
        got = edge.raw(posted(*lines, body=CHUNKS + smuggled), to_end=True)
        assert got.closed
        assert got.raw.count(b"HTTP/1.1") == 1
        assert b"smuggled" not in b"".join(request.target for request in bff.requests)
        if got.status != 400:
            framing = bff.only.values("content-length"), bff.only.values("transfer-encoding")
            assert framing == ([], [b"chunked"])
            assert bff.only.body == b"abc"

    def test_w15_trailers_do_not_arrive(self, edge: Edge, bff: Downstream) -> None:
        body = b"3\r\nabc\r\n0\r\nX-User-ID: evil\r\n\r\n"
        assert edge.raw(chunked(body)).status == 200
        assert bff.only.body == b"abc"
        assert b"evil" not in bff.only.head + bff.only.wire
        assert bff.only.values("x-user-id") == [b"alice"]

    def test_w39_bytes_beyond_ascii_in_a_value_arrive_unchanged_or_are_400(
        self, edge: Edge, bff: Downstream
    ) -> None:
        got = edge.raw(head(b"User-Agent: \xe5\xff"))
        assert got.status in (200, 400)
        if got.status == 200:
            assert bff.only.values("user-agent") == [b"\xe5\xff"]

    @pytest.mark.parametrize("target", [b"http://evil" + PATH, b"https://evil:8" + PATH])
    def test_w42_an_absolute_form_never_decides_the_host(
        self, edge: Edge, bff: Downstream, target: bytes
    ) -> None:
        got = edge.raw(head(target=target))
        assert got.status in (200, 400)
        for request in bff.requests:
            assert request.values("host") == [b"localhost:%d" % bff.port]
            assert b"evil" not in request.head

    def test_w49_an_offer_of_h2c_is_not_forwarded(self, edge: Edge, bff: Downstream) -> None:
        lines = [b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMA"]
        assert edge.raw(head(*lines)).status == 200
        assert bff.only.matching("upgrade:|http2-settings:") == []

    @pytest.mark.parametrize(
        "line", ["TE: trailers", "Keep-Alive: timeout=5", "Proxy-Authorization: Basic eA=="]
    )
    def test_w51_hop_by_hop_fields_are_not_forwarded(
        self, edge: Edge, bff: Downstream, line: str
    ) -> None:
        assert edge.request("GET", PATH, [TOKEN, line]).status == 200
        assert bff.only.matching(line.partition(":")[0] + ":") == []

    def test_w53_pipelined_requests_are_answered_in_order_with_identities_apart(
        self, edge: Edge, bff: Downstream
    ) -> None:
        def echo(exchange: Exchange) -> None:
            (user,) = exchange.request.values("x-user-id")
            time.sleep(0.2 if user == b"alice" else 0)
            exchange.send(answer("200 OK", user))

        bff.respond(echo)
        data = b"".join(message("GET", PATH, [bearer(user)]) for user in ("alice", "bob"))
        with edge.connect() as connection:
            connection.send(data)
            assert [connection.read().body, connection.read().body] == [b"alice", b"bob"]

    def test_http_1_0_is_answered_and_closed(self, edge: Edge, bff: Downstream) -> None:
        got = edge.raw(bare(b"GET " + PATH + b" HTTP/1.0", b"Host: a"), to_end=True)
        assert (got.status, got.closed) == (200, True)
        assert got.values("transfer-encoding") == []


class TestAnswersOfADownstream:
    def test_w54_head_has_the_head_of_get_and_no_body(self, edge: Edge, bff: Downstream) -> None:
        bff.respond(b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nETag: x\r\n\r\n")
        with edge.connect() as connection:
            connection.send(message("HEAD", PATH, [TOKEN]))
            got = connection.read(limit=0.5, to_end=True)
        assert (got.status, got.values("content-length"), got.payload) == (200, ["13"], b"")
        assert bff.only.method == "HEAD"

    @pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
    def test_w55_answers_without_a_body_have_none(
        self, edge: Edge, bff: Downstream, status: str
    ) -> None:
        bff.respond(answer(status, b"hello"))
        with edge.connect() as connection:
            connection.send(message("GET", PATH, [TOKEN]))
            got = connection.read(limit=0.5, to_end=True)
        assert (got.status, got.payload) == (int(status[:3]), b"")
        if got.status == 204:
            assert got.values("content-length") == []

    @pytest.mark.parametrize(
        "interim",
        [
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
            b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
        ],
        ids=["103", "50 of 100", "1,000 of 100"],
    )
    def test_w56_interim_answers_are_dropped(
        self, edge: Edge, bff: Downstream, interim: bytes
    ) -> None:
        bff.respond(interim + answer("200 OK", b"final"))
        got = edge.request("GET", PATH, [TOKEN])
        assert (got.status, got.body) == (200, b"final")
        assert got.values("link") == []

    @pytest.mark.parametrize(
        "status", ["101 Switching Protocols", "099 No", "600 No", "999 No", "1000 No", "20 No"]
    )
    def test_w57_statuses_that_are_none_are_503(
        self, edge: Edge, bff: Downstream, status: str
    ) -> None:
        bff.respond(answer(status, b"", "Upgrade: x", "Connection: upgrade"))
        got = edge.request("GET", PATH, [TOKEN])
        assert (got.status, got.json) == (503, {"detail": "Service unavailable"})
        assert edge.request("GET", "/healthz").status == 200

    def test_w59_a_407_is_503(self, edge: Edge, bff: Downstream) -> None:
        line = "Proxy-Authenticate: Basic realm=x"
        bff.respond(answer("407 Proxy Authentication Required", b"", line))
        got = edge.request("GET", PATH, [TOKEN])
        assert (got.status, got.values("proxy-authenticate")) == (503, [])


class TestBodiesOnTheirWay:
    def test_expect_100_continue_is_answered_before_the_body(
        self, edge: Edge, bff: Downstream
    ) -> None:
        with edge.connect() as connection:
            connection.send(posted(b"Expect: 100-continue", b"Content-Length: 3", body=b""))
            assert connection.read(bodiless=True).status == 100
            connection.send(b"abc")
            assert connection.read().status == 200
        assert bff.only.body == b"abc"
        assert bff.only.values("expect") == []

    def test_w47_an_early_413_is_passed_and_the_connection_not_used_again(
        self, edge: Edge, bff: Downstream
    ) -> None:
        refusal = answer("413 Content Too Large", b"too big")
        bff.respond(lambda exchange: exchange.send(refusal), early=True)
        with edge.connect() as connection:
            connection.send(posted(b"Content-Length: 200000", body=b"x" * 1000))
            got = connection.read()
        assert (got.status, got.body) == (413, b"too big")
        bff.respond(answer("200 OK"))
        assert edge.request("GET", PATH, [TOKEN]).status == 200
        first, second = bff.requests
        assert first.connection != second.connection
        assert not first.ended

    @pytest.mark.parametrize(
        "framing",
        [b"Content-Length: 100", b"Transfer-Encoding: chunked"],
        ids=["length", "chunked"],
    )
    def test_w128_a_client_that_leaves_in_mid_upload_leaves_it_unfinished(
        self, edge: Edge, bff: Downstream, framing: bytes
    ) -> None:
        with edge.connect() as connection:
            connection.send(posted(framing, body=b"3\r\nabc\r\n"))
            assert bff.wait(lambda it: len(it.requests) == 1 and b"abc" in it.requests[0].wire)
        assert bff.wait(lambda it: it.only.closed, 1.0), "the downstream connection stayed open"
        assert not bff.only.ended
        assert b"0\r\n\r\n" not in bff.only.wire

    def test_w126_a_client_that_leaves_before_the_head_frees_the_downstream_in_a_second(
        self, edge: Edge, classes: Downstream
    ) -> None:
        seconds: list[float | None] = []
        classes.respond(lambda exchange: seconds.append(exchange.seconds_until_closed(3)))
        with edge.connect() as connection:
            connection.send(message("GET", "/v1/classes/9a", [TOKEN]))
            assert classes.wait(lambda it: len(it.requests) == 1)
        left = time.monotonic()
        assert classes.wait(lambda _: len(seconds) == 1, 3)
        assert seconds[0] is not None
        assert time.monotonic() - left < 1.0

    def test_w127_a_client_that_leaves_in_mid_download_frees_the_downstream_in_a_second(
        self, edge: Edge, classes: Downstream
    ) -> None:
        seconds: list[float | None] = []

        def drip(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello")
            seconds.append(exchange.seconds_until_closed(3))

        classes.respond(drip)
        with edge.connect() as connection:
            connection.send(message("GET", "/v1/classes/9a", [TOKEN]))
            assert connection.read(limit=0.3).status == 200
        left = time.monotonic()
        assert classes.wait(lambda _: len(seconds) == 1, 3)
        assert seconds[0] is not None
        assert time.monotonic() - left < 1.0

    def test_w122_half_a_head_and_silence_is_closed(self, edge: Edge) -> None:
        with edge.connect() as connection:
            connection.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-Half")
            started = time.monotonic()
            assert connection.is_closed_within(HEADER_TIMEOUT + 1)
            assert time.monotonic() - started > HEADER_TIMEOUT - 0.5

    def test_w122_a_head_that_drips_is_closed(self, edge: Edge) -> None:
        with edge.connect() as connection:
            connection.send(b"GET / HTTP/1.1\r\nHost: a\r\n")
            started = time.monotonic()
            while time.monotonic() - started < HEADER_TIMEOUT + 1:
                connection.send(b"X-A: b\r\n")
                if connection.is_closed_within(0.2):
                    break
            assert time.monotonic() - started < HEADER_TIMEOUT + 1

    def test_w123_a_body_that_stops_is_408(self, edge: Edge, bff: Downstream) -> None:
        got = edge.raw(posted(b"Content-Length: 10", body=b"abc"), limit=4)
        assert got.status == 408
        assert all(not request.ended for request in bff.requests)
