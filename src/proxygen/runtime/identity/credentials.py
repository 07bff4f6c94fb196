"""How the edge proves to a service that it is the edge: a fixed header, or its own token (RFC 6749, 4.4)."""

from __future__ import annotations

import base64
import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol
from urllib.parse import quote_plus, urlencode

from proxygen.runtime.errors import SERVICE_UNAVAILABLE, EdgeError
from proxygen.runtime.identity.issuer import IssuerError, IssuerResource
from proxygen.runtime.identity.shared_fetch import SharedFetch
from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.seam import HeaderList

FAILED_FETCH_SECONDS: Final = 1.0
"""After a failed fetch nobody asks again for so long; every caller is answered at once."""
REFUSED_SECONDS: Final = 30.0
"""A service that refuses tokens makes the edge fetch no more than one in so long."""
UNKNOWN_LIFETIME: Final = 60.0
"""Seconds that a token without `expires_in` is used."""

_LONGEST_LIFETIME: Final = 24 * 3600.0
_EARLY: Final = 30.0
_EARLY_PART: Final = 0.2
_MAX_TOKEN: Final = 8192
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
_log = logging.getLogger("proxygen.credentials")


class Credential(Protocol):
    """The edge's own credential for one service; nothing of it is a client's, and no client sees it."""

    @property
    def header(self) -> str:
        """The name of the header that carries it, which is thereby the edge's own."""
        ...

    async def line(self) -> tuple[bytes, bytes]:
        """The header to send; raises 503 where there is none."""
        ...

    def refused(self) -> None:
        """The service has answered 401."""
        ...

    async def aclose(self) -> None:
        """Stops what is under way."""
        ...


class StaticHeader:
    """A header that is always the same."""

    __slots__ = ("_line", "header")

    def __init__(self, header: str, value: str) -> None:
        self.header = header
        self._line = (header.encode("ascii"), value.encode("ascii"))

    async def line(self) -> tuple[bytes, bytes]:
        """The header."""
        return self._line

    def refused(self) -> None:
        """Another would be no different."""

    async def aclose(self) -> None:
        """Nothing is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """What is asked of the token endpoint; `send` says where id and secret go (RFC 6749, 2.3.1)."""

    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    audience: str = ""
    send: Literal["basic", "body"] = "basic"

    @property
    def headers(self) -> HeaderList:
        """The form's type, and the client where it goes into a header."""
        lines = [(b"Content-Type", b"application/x-www-form-urlencoded")]
        if self.send == "basic":
            pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
            lines.append((b"Authorization", b"Basic " + base64.b64encode(pair.encode("ascii"))))
        return lines

    @property
    def content(self) -> bytes:
        """The form."""
        fields = {"grant_type": "client_credentials", "scope": self.scope}
        fields["audience"] = self.audience
        if self.send == "body":
            fields |= {"client_id": self.client_id, "client_secret": self.client_secret}
        return urlencode({name: value for name, value in fields.items() if value}).encode("ascii")


@dataclass(frozen=True, slots=True)
class _Token:
    """A bearer token's line, and the monotonic seconds from which it is renewed and no longer used."""

    line: tuple[bytes, bytes] = field(repr=False)
    renewed_from: float
    used_until: float


class ClientCredentials:
    """A token of the client-credentials grant: fetched when it is first needed, renewed before it expires.

    While it is renewed the old one goes on. `clock` is monotonic, in seconds: a lifetime is counted, not read
    from a wall.
    """

    __slots__ = ("_clock", "_fetch", "_refused_at", "_request", "_resource", "_token", "header")

    def __init__(
        self,
        resource: IssuerResource,
        request: TokenRequest,
        *,
        header: str = "Authorization",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.header = header
        self._resource = resource
        self._request = request
        self._clock = clock
        self._token: _Token | None = None
        self._refused_at: float | None = None
        self._fetch = SharedFetch(self._renew, clock=clock)

    async def line(self) -> tuple[bytes, bytes]:
        """The token's header; raises 503 `credential_unavailable` where the issuer gave none."""
        token, now = self._token, self._clock()
        if token is None or token.used_until <= now:
            if self._fetch.running or not self._fetch.failed_within(FAILED_FETCH_SECONDS):
                await self._fetch.wait()
            token = self._token
            if token is None or token.used_until <= self._clock():
                raise EdgeError(
                    503,
                    SERVICE_UNAVAILABLE,
                    kind=Kind.CREDENTIAL_UNAVAILABLE,
                    headers=(("Retry-After", "1"),),
                )
        elif token.renewed_from <= now and not self._fetch.failed_within(FAILED_FETCH_SECONDS):
            self._fetch.start()
        return token.line

    def refused(self) -> None:
        """The service has answered 401: the next request gets a new token, unless the last was new too."""
        now = self._clock()
        if self._refused_at is None or now - self._refused_at >= REFUSED_SECONDS:
            self._refused_at = now
            self._token = None

    async def aclose(self) -> None:
        """Stops a fetch under way."""
        await self._fetch.aclose()
        await self._resource.aclose()

    async def _renew(self) -> None:
        asked_at = self._clock()
        try:
            content = await self._resource.post(self._request.headers, self._request.content)
            text, seconds = _read_token(content)
        except IssuerError as error:
            kind = str(Kind.CREDENTIAL_UNAVAILABLE)
            _log.error("token not fetched", extra={"kind": kind, "error": str(error)})
            raise
        early = min(_EARLY, seconds * _EARLY_PART)
        line = (self.header.encode("ascii"), b"Bearer " + text.encode("ascii"))
        self._token = _Token(line, asked_at + seconds - early, asked_at + seconds)


def _read_token(content: bytes) -> tuple[str, float]:
    """The token and its lifetime in seconds (RFC 6749, 5.1); a type other than Bearer cannot be used."""
    try:
        answer: Any = json.loads(content)
    except (ValueError, RecursionError):
        raise IssuerError("no JSON") from None
    if not isinstance(answer, dict):
        raise IssuerError("no token")
    text, kind, seconds = (
        answer.get(name) for name in ("access_token", "token_type", "expires_in")
    )
    if not isinstance(text, str) or len(text) > _MAX_TOKEN or not _TOKEN.fullmatch(text):
        raise IssuerError("no token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise IssuerError("no bearer token")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        return text, UNKNOWN_LIFETIME
    return text, min(float(seconds), _LONGEST_LIFETIME)
