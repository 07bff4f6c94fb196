"""Servers that answer what they should not: each is refused within its limit, and nothing of it is kept."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from proxygen.diagnostics import InputRefused
from proxygen.supply.http import fetch_http
from proxygen.supply.limits import Limits

Answer = Callable[[BaseHTTPRequestHandler], None]
DOCUMENT = b"openapi: 3.1.0\n"
LIMITS = Limits(size=10_000, seconds=2.0, redirects=3)


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    """The URL of a server on the loopback that answers every request so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    """An answer with this body; an underscore in a header's name is a hyphen."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def drips(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"#")
        handler.wfile.flush()
        time.sleep(0.1)


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(DOCUMENT)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"#" * 1000)
    except OSError:
        return


@pytest.mark.parametrize(
    "answer",
    [
        says(200, DOCUMENT),
        says(200, gzip.compress(DOCUMENT), Content_Encoding="gzip"),
        says(200, DOCUMENT, Content_Type="text/html; charset=utf-7"),
    ],
    ids=["plain", "gzip", "another type"],
)
def test_a_body_comes_as_its_bytes(answer: Answer) -> None:
    with server(answer) as url:
        assert fetch_http(f"{url}/openapi.yaml", token=None, limits=LIMITS) == DOCUMENT


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (says(404), "answered 404"),
        (says(500, DOCUMENT), "answered 500"),
        (says(204), "answered 204"),
        (says(200, b"#" * 10_001), "more than 10000 bytes"),
        (endless, "more than 10000 bytes"),
        (says(200, gzip.compress(b"#" * 50_000_000), Content_Encoding="gzip"), "more than 10000"),
        (says(200, gzip.compress(DOCUMENT)[:-9], Content_Encoding="gzip"), "breaks off"),
        (says(200, DOCUMENT, Content_Encoding="gzip"), "not what its encoding says"),
        (says(200, DOCUMENT, Content_Encoding="br"), "encoded as 'br'"),
        (says(302, Location="file:///etc/passwd"), "no HTTP URL"),
        (says(302, Location="ftp://127.0.0.1/o"), "no HTTP URL"),
        (says(302, Location="http://[::1"), "cannot be asked"),
        (says(302, Location="/again"), "More than 3 redirects"),
        (drips, "had not come after"),
        (breaks_off, "cannot be asked"),
    ],
)
def test_an_answer_is_refused_with_its_cause(answer: Answer, said: str) -> None:
    begun = time.monotonic()
    with server(answer) as url, pytest.raises(InputRefused) as refused:
        fetch_http(f"{url}/openapi.yaml", token=None, limits=LIMITS)
    (found,) = refused.value.diagnostics
    assert found.rule == "fetch-failed"
    assert said in found.found
    assert time.monotonic() - begun < 6


def test_nobody_there_is_a_diagnostic() -> None:
    with server(says(200)) as url:
        pass
    with pytest.raises(InputRefused) as refused:
        fetch_http(url, token=None, limits=LIMITS)
    assert refused.value.diagnostics[0].rule == "fetch-failed"


def test_the_token_stays_with_the_host_that_it_was_given_for() -> None:
    seen: dict[str, str | None] = {}

    def keeps(name: str, then: Answer) -> Answer:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            seen[name] = handler.headers["Authorization"]
            then(handler)

        return answer

    with server(keeps("second", says(200, DOCUMENT))) as second:
        redirect = says(302, Location=f"{second}/o.yaml")
        with server(keeps("first", redirect)) as first:
            fetch_http(f"{first}/o.yaml", token="t0ken", limits=LIMITS)
    assert seen == {"first": "Bearer t0ken", "second": None}
