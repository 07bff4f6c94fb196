"""Rows W72, W74, W75 and W123 to W125: sizes and times of a body on every kind of route, and the hosts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.wire.client import message
from tests.wire.conftest import SERVICES
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge, serving, settings
from tests.wire.tokens import bearer

HOST = "edge.test"
LIMIT = 100_000
"""Bytes of a body that is streamed."""
HELD = 2_000
"""Bytes of a body that is held in memory."""
SECONDS = 1.5
"""Until the end of a body, of either kind."""
TOKEN = bearer()
JSON = "Content-Type: application/json"
MULTIPART = "Content-Type: multipart/form-data; boundary=XX"
PART = b'--XX\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'

TOTAL = 0.8
"""Seconds that the edge waits for the head of a service's answer."""


@dataclass(frozen=True)
class Kind:
    """One kind of route that takes a body: a target, how a body begins, and the bytes that it may have."""

    target: str
    media_type: str
    start: bytes
    limit: int


BATCH = "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"
KINDS = pytest.mark.parametrize(
    "kind",
    [
        pytest.param(Kind("/bff/v1/teacher/home", JSON, b"[", LIMIT), id="passthrough"),
        pytest.param(Kind(f"/v1/files/batch/{BATCH}", MULTIPART, PART, LIMIT), id="multipart"),
        pytest.param(Kind("/v1/classes", JSON, b"[", HELD), id="JSON"),
    ],
)


@pytest.fixture(scope="module")
def listening() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def strict(listening: Downstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An edge with small limits, for one host."""
    environment = settings(
        **dict.fromkeys(SERVICES.values(), listening.url),
        EDGE_ALLOWED_HOSTS=HOST,
        EDGE_LIMITS__UPLOAD_BYTES=str(LIMIT),
        EDGE_LIMITS__JSON_BYTES=str(HELD),
        EDGE_LIMITS__UPLOAD_SECONDS=str(SECONDS),
        EDGE_LIMITS__TOTAL_SECONDS=str(SECONDS),
    )
    with serving(environment, log=tmp_path_factory.mktemp("edge") / "stderr") as edge:
        yield edge


@pytest.fixture(scope="module")
def impatient(listening: Downstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An edge that waits shortly for a service, and long for a client."""
    environment = settings(
        **dict.fromkeys(SERVICES.values(), listening.url),
        EDGE_SERVICES__BFF_TEACHER__TIMEOUTS__TOTAL=str(TOTAL),
    )
    with serving(environment, log=tmp_path_factory.mktemp("impatient") / "stderr") as edge:
        yield edge


@pytest.fixture
def downstream(listening: Downstream) -> Downstream:
    listening.reset()
    return listening


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class TestSizes:
    @KINDS
    def test_w124_a_declared_body_beyond_the_limit_is_413_and_opens_no_connection(
        self, strict: Edge, downstream: Downstream, kind: Kind
    ) -> None:
        lines = [TOKEN, kind.media_type, f"Content-Length: {kind.limit + 1}"]
        with strict.connect() as connection:
            connection.send(message("POST", kind.target, lines) + kind.start)
            got = connection.read(to_end=True)
        assert (got.status, got.closed) == (413, True)
        assert downstream.requests == []

    @KINDS
    def test_w125_a_body_that_grows_beyond_the_limit_is_413_and_never_finalised(
        self, strict: Edge, downstream: Downstream, kind: Kind
    ) -> None:
        body = kind.start + b"x" * (kind.limit + 1)
        lines = [TOKEN, kind.media_type, "Transfer-Encoding: chunked"]
        framed = b"".join(chunk(body[at : at + 20_000]) for at in range(0, len(body), 20_000))
        with strict.connect() as connection:
            connection.send(message("POST", kind.target, lines) + framed + b"0\r\n\r\n")
            got = connection.read()
        assert got.status == 413
        assert downstream.wait(lambda it: all(request.closed for request in it.requests))
        assert all(not request.ended for request in downstream.requests)
        assert all(b"\r\n0\r\n\r\n" not in request.wire for request in downstream.requests)

    def test_a_body_of_the_limit_arrives(self, strict: Edge, downstream: Downstream) -> None:
        lines = [TOKEN, "Transfer-Encoding: chunked"]
        framed = chunk(b"x" * LIMIT) + b"0\r\n\r\n"
        assert strict.raw(message("POST", "/bff/v1/teacher/x", lines) + framed).status == 200
        assert downstream.only.body == b"x" * LIMIT


class TestTimes:
    @KINDS
    @pytest.mark.parametrize("coding", ["length", "chunked"])
    def test_w123_a_body_that_drips_is_408_at_its_deadline_and_never_finalised(
        self, strict: Edge, downstream: Downstream, kind: Kind, coding: str
    ) -> None:
        chunked = coding == "chunked"
        framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {kind.limit}"
        with strict.connect() as connection:
            connection.send(message("POST", kind.target, [TOKEN, kind.media_type, framing]))
            connection.send(chunk(kind.start) if chunked else kind.start)
            started = time.monotonic()
            while not connection.is_closed_within(0.2) and time.monotonic() - started < 4:
                connection.send(chunk(b" ") if chunked else b" ")
            seconds = time.monotonic() - started
            got = connection.read(limit=0.1)
        assert got.status == 408
        assert SECONDS - 0.3 < seconds < SECONDS + 1.5
        assert all(not request.ended for request in downstream.requests)


class TestTotal:
    """A downstream's total time begins where the client's body ends (its own limits count until then)."""

    UPLOAD = message("POST", "/bff/v1/teacher/x", [TOKEN, "Transfer-Encoding: chunked"])

    def test_a_slow_upload_is_no_time_out_of_the_downstream(
        self, impatient: Edge, downstream: Downstream
    ) -> None:
        with impatient.connect() as connection:
            connection.send(self.UPLOAD)
            for _ in range(4):
                connection.send(chunk(b"x"))
                time.sleep(TOTAL / 2)
            connection.send(b"0\r\n\r\n")
            assert connection.read().status == 200
        assert downstream.only.body == b"xxxx"

    def test_silence_after_an_upload_is_504_after_the_total_time(
        self, impatient: Edge, downstream: Downstream
    ) -> None:
        downstream.respond(lambda exchange: None)
        with impatient.connect() as connection:
            connection.send(self.UPLOAD + chunk(b"x"))
            time.sleep(TOTAL / 2)
            started = time.monotonic()
            connection.send(b"0\r\n\r\n")
            assert connection.read().status == 504
        assert TOTAL - 0.1 < time.monotonic() - started < TOTAL + 1


class TestHosts:
    @pytest.mark.parametrize("target", ["/v1/classes", "/v1/classes/", "/docs/", "//evil.test/"])
    @pytest.mark.parametrize("host", ["evil.test", "edge.test.evil.test", "evil.test:80"])
    def test_w74_w75_a_host_that_is_not_listed_is_400_and_in_no_location(
        self, strict: Edge, downstream: Downstream, target: str, host: str
    ) -> None:
        got = strict.raw(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n{TOKEN}\r\n\r\n".encode())
        assert (got.status, got.values("location")) == (400, [])
        assert b"evil" not in got.raw
        assert downstream.requests == []

    @pytest.mark.parametrize("target", ["/v1/classes/", "/docs/", "/healthz/"])
    def test_w74_no_slash_is_taken_or_added_by_a_redirect(self, strict: Edge, target: str) -> None:
        got = strict.request("GET", target, [TOKEN])
        assert (got.status, got.values("location")) == (404, [])


class TestTargets:
    def test_w72_a_parameter_of_10_kb_is_414(self, strict: Edge, downstream: Downstream) -> None:
        for target in ("/v1/classes/" + "a" * 10_240, "/bff/v1/teacher/" + "a" * 10_240):
            assert strict.request("GET", target, [TOKEN]).status == 414
        assert downstream.requests == []
