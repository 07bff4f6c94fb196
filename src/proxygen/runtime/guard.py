"""What a request must be before anything else looks at it: framing, sizes, Host, method, target form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from proxygen.runtime.errors import METHOD_NOT_ALLOWED, EdgeError

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY")
"""What an edge may ever route (RFC 9110, 9.3; RFC 5789; QUERY by OAS 3.2.0, 4.9); CONNECT and TRACE never."""

_VERSIONS: Final = frozenset({"1.1", "1", "1.0", "2", "3"})
_OLD: Final = frozenset({"1", "1.0"})
_LABEL = rb"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})"
_HOST: Final = re.compile(
    rb"(%b(?:\.%b)*\.?|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?" % (_LABEL, _LABEL)
)
_LENGTH: Final = re.compile(rb"[0-9]{1,18}")
_CONTROLS: Final = bytes([*range(9), *range(10, 32), 127])
_LINE_OVERHEAD: Final = 4
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade"})
_WATCHED: Final = _FRAMING | {b"host"}
_CLOSE: Final = (("Connection", "close"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardLimits:
    """What a head may be: bytes of its target (414) and of its lines (431), lines (431), parameters of its
    query (400), and the largest declared body (413). `allowed_hosts` are in lower case, without a port; empty
    allows every one."""

    header_bytes: int = 16 * 1024
    header_count: int = 100
    target_bytes: int = 8 * 1024
    query_count: int = 10_000
    body_bytes: int = 100 * 1024 * 1024
    allowed_hosts: tuple[str, ...] = ()


class Guard:
    """Refuses what a server let through that no route should see; a few microseconds per request.

    What is never visible here is the server's to refuse: `docs/decisions/server.md` has the list.
    """

    def __init__(self, limits: GuardLimits) -> None:
        self._limits = limits
        self._hosts = frozenset(host.encode("ascii").lower() for host in limits.allowed_hosts)

    def check(self, scope: Mapping[str, Any]) -> EdgeError | None:
        """The answer to an ASGI `http` scope that is refused, None where it may go on."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        limits = self._limits
        if len(headers) > limits.header_count:
            return _too_large()
        # Names too: one with a control character is no token (RFC 9110, 5.1).
        text = b"".join(chain.from_iterable(headers))
        if len(headers) * _LINE_OVERHEAD + len(text) > limits.header_bytes:
            return _too_large()
        if text.translate(None, _CONTROLS) != text:
            return _malformed("Header value with a control character")
        return self._check_line(scope) or self._check_fields(scope, headers)

    def _check_line(self, scope: Mapping[str, Any]) -> EdgeError | None:
        """Version, method and target (RFC 9112, 3)."""
        if scope["http_version"] not in _VERSIONS:
            return _malformed("HTTP version not supported")
        raw_path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
        query: bytes = scope["query_string"]
        if query.count(b"&") >= self._limits.query_count:
            return _malformed("Too many query parameters")
        if len(raw_path) + len(query) >= self._limits.target_bytes:
            return EdgeError(414, "URI Too Long", headers=_CLOSE)
        if scope["method"] not in METHODS:
            return EdgeError(405, METHOD_NOT_ALLOWED, headers=(("Allow", ", ".join(METHODS)),))
        if raw_path[:1] != b"/":
            return _malformed("Request target is no path")
        return None

    def _check_fields(
        self, scope: Mapping[str, Any], headers: list[tuple[bytes, bytes]]
    ) -> EdgeError | None:
        """The fields that frame or address a request, each at most once."""
        fields = dict(headers)
        if len(fields) != len(headers):
            names = [name for name, _ in headers if name in _WATCHED]
            repeated = sorted({name.decode("ascii") for name in names if names.count(name) > 1})
            if repeated:
                return _malformed(f"Repeated field: {', '.join(repeated)}")
        version: str = scope["http_version"]
        error = self._check_host(fields.get(b"host"), version)
        if error is None and not _FRAMING.isdisjoint(fields):
            error = self._check_framing(fields, version) or _check_intent(fields)
        return error

    def _check_host(self, host: bytes | None, version: str) -> EdgeError | None:
        """One, well-formed, and allow-listed where there is a list (RFC 9112, 3.2)."""
        if host is None:
            if version in _OLD and not self._hosts:
                return None
            return _malformed("Host is missing")
        found = _HOST.fullmatch(host)
        if found is None or len(host) > 260:
            return _malformed("Host is malformed")
        if self._hosts and found[1].lower().rstrip(b".") not in self._hosts:
            return _malformed("Host is not served here")
        return None

    def _check_framing(self, fields: dict[bytes, bytes], version: str) -> EdgeError | None:
        """Content-Length or Transfer-Encoding, never both (RFC 9112, 6)."""
        coding, length = fields.get(b"transfer-encoding"), fields.get(b"content-length")
        if coding is not None:
            if length is not None:
                return _malformed("Content-Length with Transfer-Encoding")
            if version in _OLD or coding.lower() != b"chunked":
                return _malformed("Transfer-Encoding is not understood")
        elif length is not None:
            if not _LENGTH.fullmatch(length):
                return _malformed("Content-Length is malformed")
            if int(length) > self._limits.body_bytes:
                return EdgeError(413, "Content Too Large", headers=_CLOSE)
        return None


def _check_intent(fields: dict[bytes, bytes]) -> EdgeError | None:
    """Expect is 100-continue or refused (RFC 9110, 10.1.1); a WebSocket is refused, `h2c` and others are
    ignored (7.8), as a client that offers them goes on in HTTP/1.1."""
    expect = fields.get(b"expect")
    if expect is not None and expect.lower() != b"100-continue":
        return EdgeError(417, "Expectation Failed", headers=_CLOSE)
    if b"websocket" in fields.get(b"upgrade", b"").lower():
        return EdgeError(
            426,
            "WebSocket is not served here",
            headers=(("Upgrade", "HTTP/1.1"), ("Connection", "Upgrade, close")),
        )
    return None


def _malformed(detail: str) -> EdgeError:
    return EdgeError(400, detail, headers=_CLOSE)


def _too_large() -> EdgeError:
    return EdgeError(431, "Request Header Fields Too Large", headers=_CLOSE)
