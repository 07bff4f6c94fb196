"""One resource of an issuer, asked as a downstream is: no redirect, no environment's proxy, no cookie."""

from __future__ import annotations

import asyncio
import ssl
from typing import Final

from proxygen.runtime.base_url import split_http
from proxygen.runtime.transport.fast import FastTransport
from proxygen.runtime.transport.seam import (
    HeaderList,
    Limits,
    Origin,
    Outbound,
    Transport,
    TransportError,
)

MAX_ANSWER_BYTES: Final = 1024 * 1024
_ASKED_FOR: Final[HeaderList] = [
    (b"Accept", b"application/json"),
    (b"Accept-Encoding", b"identity"),
    (b"User-Agent", b"proxygen"),
]


class IssuerError(Exception):
    """An issuer that gave no answer to use; the text is the edge's own, never the issuer's."""


class IssuerResource:
    """The resource behind one http or https URL (ValueError for another); `seconds` are for a whole answer.

    `tls` replaces the system's authorities, `transport` the one that is made for the URL's origin.
    """

    __slots__ = ("_limits", "_seconds", "_target", "_transport")

    def __init__(
        self,
        url: str,
        *,
        seconds: float,
        tls: ssl.SSLContext | None = None,
        transport: Transport | None = None,
    ) -> None:
        parts = split_http(url)
        query = f"?{parts.query}" if parts.query else ""
        origin = Origin(
            scheme=parts.scheme,
            host=parts.hostname or "",
            port=parts.port or (443 if parts.scheme == "https" else 80),
        )
        self._target = f"{parts.path or '/'}{query}".encode("ascii")
        self._seconds = seconds
        self._limits = Limits(
            connect=seconds, pool=seconds, write=seconds, read=seconds, idle=seconds
        )
        self._transport = transport or FastTransport(origin, connections=1, keep_alive=0, tls=tls)

    async def get(self) -> bytes:
        """The content of a 200; `IssuerError` for all else."""
        return await self._ask("GET", [], None)

    async def post(self, headers: HeaderList, content: bytes) -> bytes:
        """The content of the 200 with which this content is answered; `IssuerError` for all else."""
        return await self._ask("POST", headers, content)

    async def aclose(self) -> None:
        """Closes the connection."""
        await self._transport.aclose()

    async def _ask(self, method: str, headers: HeaderList, content: bytes | None) -> bytes:
        request = Outbound(
            method=method,
            target=self._target,
            headers=[*_ASKED_FOR, *headers],
            body=content,
            limits=self._limits,
        )
        try:
            async with asyncio.timeout(self._seconds):
                return await self._read(request)
        except TransportError as error:
            raise IssuerError(str(error.kind)) from None
        except TimeoutError:
            raise IssuerError("total_timeout") from None

    async def _read(self, request: Outbound) -> bytes:
        inbound = await self._transport.send(request)
        try:
            if inbound.status != 200:
                raise IssuerError(f"status {inbound.status}")
            content = b""
            async for chunk in inbound.chunks():
                content += chunk
                if len(content) > MAX_ANSWER_BYTES:
                    raise IssuerError("too large")
            return content
        finally:
            await inbound.aclose()
