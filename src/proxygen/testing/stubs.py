"""Downstreams that answer with the examples of the edge contract, on the loopback, for trying an edge out."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from proxygen.runtime import Edge, Operation

_VARIABLE = re.compile(r"\{[^{}]+\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StubAnswer:
    """What one operation answers: the first success of its contract, with its example."""

    method: str
    path: re.Pattern[str]
    status: int
    media_type: str | None
    content: bytes


def stub_answers(operations: Sequence[Operation], contract: Mapping[str, Any]) -> list[StubAnswer]:
    """The answers of these operations, those with the most literal paths first."""
    ordered = sorted(operations, key=lambda operation: operation.downstream_path.count("{"))
    return [_answer(operation, contract) for operation in ordered]


@contextmanager
def stub_service(answers: Sequence[StubAnswer]) -> Iterator[str]:
    """Serves these answers on a free port of the loopback; yields the base URL."""
    handler = type("StubHandler", (_Handler,), {"answers": tuple(answers)})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def operations_of(edge: Edge, service: str) -> list[Operation]:
    """The typed operations of one service, as the generated routers have them."""
    found = [
        getattr(route, "operation", None) for router in edge.routers for route in router.routes
    ]
    return [item for item in found if isinstance(item, Operation) and item.service == service]


class _Handler(BaseHTTPRequestHandler):
    answers: tuple[StubAnswer, ...] = ()
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Says nothing: the edge has the log worth reading."""

    def handle_any(self) -> None:
        """Answers one request of any method."""
        self._skip_body()
        path = urlsplit(self.path).path
        found = [a for a in self.answers if a.method == self.command and a.path.fullmatch(path)]
        if found:
            self._reply(found[0].status, found[0].media_type, found[0].content)
        else:
            echo = {
                "method": self.command,
                "target": self.path,
                "x-user-id": self.headers["x-user-id"],
            }
            self._reply(200, "application/json", json.dumps(echo).encode())

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any  # noqa: N815

    def _reply(self, status: int, media_type: str | None, content: bytes) -> None:
        self.send_response(status)
        if media_type is not None:
            self.send_header("Content-Type", media_type)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(content)

    def _skip_body(self) -> None:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                self.rfile.read(size + 2)
            self.rfile.readline()
        else:
            self.rfile.read(int(self.headers.get("content-length", "0")))


def _answer(operation: Operation, contract: Mapping[str, Any]) -> StubAnswer:
    described = contract["paths"][operation.contract_path][operation.method.lower()]
    status, response = _success(described["responses"])
    media_type, media = next(iter(response.get("content", {}).items()), (None, {}))
    example = _example(media)
    pattern = "[^/]+".join(re.escape(part) for part in _VARIABLE.split(operation.downstream_path))
    return StubAnswer(
        method=operation.method,
        path=re.compile(pattern),
        status=status,
        media_type=media_type,
        content=example.encode() if isinstance(example, str) else json.dumps(example).encode(),
    )


def _success(responses: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
    for status, response in responses.items():
        if status[0] in "23" and status.isdigit():
            return int(status), response
    return 200, {}


def _example(media: Mapping[str, Any]) -> Any:
    if "example" in media:
        return media["example"]
    for example in media.get("examples", {}).values():
        return example.get("value")
    return {}
