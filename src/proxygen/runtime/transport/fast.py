"""The production transport: llhttp's parser on asyncio connections, pooled per service."""

from __future__ import annotations

import ssl

from proxygen.runtime.transport.connecting import Connector
from proxygen.runtime.transport.exchange import Exchange
from proxygen.runtime.transport.h1 import encode_head
from proxygen.runtime.transport.pool import Pool
from proxygen.runtime.transport.seam import Inbound, Origin, Outbound


class FastTransport:
    """A `Transport` to one origin.

    `connections` at most, idle ones closed after `keep_alive` seconds; `tls` replaces the default context
    (system authorities, host name verified) and may carry a client certificate.
    """

    def __init__(
        self,
        origin: Origin,
        *,
        connections: int = 256,
        keep_alive: float = 15.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._authority = origin.authority.encode("ascii")
        self._pool = Pool(Connector(origin, tls), connections=connections, keep_alive=keep_alive)

    @property
    def pool(self) -> Pool:
        """Its connections, to be counted."""
        return self._pool

    async def send(self, request: Outbound) -> Inbound:
        """Sends, and returns when the final head is there; ValueError for a request that must not go out."""
        head = encode_head(request, self._authority)
        connection = self._pool.take()
        if connection is None:
            connection = await self._pool.acquire(request.limits)
        exchange = Exchange(connection, request)
        try:
            exchange.begin(head)
            while not exchange.answer.status:
                await exchange.news()
        except BaseException:
            await exchange.aclose()
            raise
        return exchange

    async def aclose(self) -> None:
        """Closes idle connections at once, busy ones when they end."""
        self._pool.close()
