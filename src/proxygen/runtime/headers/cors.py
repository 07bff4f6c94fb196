"""Cross-origin requests of browsers: which origins may read answers, and what a preflight is told.

The protocol is the Fetch standard's, 3.2 ("CORS protocol"); a downstream's own lines of it never get out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from proxygen.runtime.transport.seam import HeaderList

ANY: Final = "*"
"""The origin that stands for all of them."""

_VARY: Final = (b"vary", b"Origin")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsPolicy:
    """What browsers may do from other origins.

    `origins` are as a browser serialises them, or `*` alone; `methods` narrow those of a path's routes, none:
    all of them; `headers` a request may have beside the safelisted, `expose` a script may read; `max_age` in
    seconds.
    """

    origins: tuple[str, ...]
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    expose: tuple[str, ...] = ()
    credentials: bool = False
    max_age: int = 600


class Cors:
    """The lines of one policy, worked out once."""

    __slots__ = ("_any", "_lines", "_methods", "_others", "_preflight")

    def __init__(self, policy: CorsPolicy) -> None:
        self._any = ANY in policy.origins
        self._methods = frozenset(policy.methods)
        self._others: HeaderList = [] if self._any else [_VARY]
        self._lines: dict[bytes, HeaderList] = {
            origin.encode("ascii"): self._allowing(origin, policy) for origin in policy.origins
        }
        self._preflight: HeaderList = [
            (b"access-control-max-age", b"%d" % policy.max_age),
            *_list(b"access-control-allow-headers", policy.headers),
        ]

    def _allowing(self, origin: str, policy: CorsPolicy) -> HeaderList:
        lines = [(b"access-control-allow-origin", origin.encode("ascii")), *self._others]
        if policy.credentials:
            lines.append((b"access-control-allow-credentials", b"true"))
        return [*lines, *_list(b"access-control-expose-headers", policy.expose)]

    def lines(self, headers: HeaderList) -> HeaderList:
        """What any answer gets to a request with these headers: to an origin that may not read it, no more
        than `Vary`, which a shared cache needs (Fetch, "CORS protocol and HTTP caches")."""
        return self._lines.get(self._origin(headers), self._others)

    def preflight(self, headers: HeaderList, methods: Iterable[str]) -> HeaderList:
        """What the answer to a preflight gets beside `lines`; `methods` are those of the path's routes."""
        if self._origin(headers) not in self._lines:
            return []
        allowed = [m for m in methods if not self._methods or m in self._methods]
        return [*_list(b"access-control-allow-methods", allowed), *self._preflight]

    def _origin(self, headers: HeaderList) -> bytes:
        if self._any:
            return b"*"
        found = [value for name, value in headers if name == b"origin"]
        return found[0] if len(found) == 1 else b""


def requested_method(method: str, headers: HeaderList) -> str | None:
    """The method that a preflight asks about; None where the request is no preflight (Fetch, 3.2.2).

    An `OPTIONS` without both of a preflight's headers is a request like any other.
    """
    if method != "OPTIONS":
        return None
    fields = dict(headers)
    asked = fields.get(b"access-control-request-method")
    if asked is None or b"origin" not in fields:
        return None
    return asked.decode("latin-1")


def _list(name: bytes, items: Iterable[str]) -> HeaderList:
    """One line of these items, or none without any."""
    value = ", ".join(items).encode("ascii")
    return [(name, value)] if value else []
