"""Opens a connection to an origin: each address in turn under one time-out, failures by their kind."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl

from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.connection import Connection, Owner
from proxygen.runtime.transport.seam import Limits, Origin, TransportError
from proxygen.runtime.transport.tls import client_context


class Connector:
    """An opener of one origin's connections; `tls` may carry a client certificate."""

    def __init__(self, origin: Origin, tls: ssl.SSLContext | None) -> None:
        self._host = origin.host
        self._port = origin.port
        self._tls = None
        if origin.scheme == "https":
            self._tls = client_context() if tls is None else tls
        self._literal = _is_literal(origin.host)

    async def __call__(self, owner: Owner, limits: Limits) -> Connection:
        """DNS, TCP and TLS within `limits.connect` seconds."""
        try:
            async with asyncio.timeout(limits.connect):
                return await self._connect(owner, limits.connect)
        except TimeoutError:
            raise TransportError(
                Kind.CONNECT_TIMEOUT, "the downstream could not be reached in time", sent=False
            ) from None
        except OSError as error:
            raise as_transport_error(error) from None

    async def _connect(self, owner: Owner, seconds: float) -> Connection:
        loop = asyncio.get_running_loop()
        addresses = [self._host] if self._literal else await self._resolve(loop)
        started = loop.time()
        while True:
            address = addresses.pop(0)
            try:
                if not addresses:
                    return await self._open(loop, owner, address)
                left = seconds - (loop.time() - started)
                async with asyncio.timeout(left / (len(addresses) + 1)):
                    return await self._open(loop, owner, address)
            except OSError:
                if not addresses:
                    raise

    async def _resolve(self, loop: asyncio.AbstractEventLoop) -> list[str]:
        found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    async def _open(
        self, loop: asyncio.AbstractEventLoop, owner: Owner, address: str
    ) -> Connection:
        connection = Connection(owner, loop)
        try:
            if self._tls is None:
                await loop.create_connection(lambda: connection, address, self._port)
            else:
                await loop.create_connection(
                    lambda: connection,
                    address,
                    self._port,
                    ssl=self._tls,
                    server_hostname=self._host,
                )
        except BaseException:
            connection.abort()
            raise
        return connection


def as_transport_error(error: OSError) -> TransportError:
    """The kind of a failure to connect; the text is ours, not the network's."""
    if isinstance(error, socket.gaierror):
        return TransportError(Kind.DNS, "the downstream's name has no address", sent=False)
    if isinstance(error, ssl.SSLError):
        return TransportError(Kind.TLS, "TLS with the downstream failed", sent=False)
    if isinstance(error, ConnectionRefusedError):
        return TransportError(
            Kind.CONNECT_REFUSED, "the downstream refused the connection", sent=False
        )
    if isinstance(error, TimeoutError):
        return TransportError(
            Kind.CONNECT_TIMEOUT, "the downstream could not be reached in time", sent=False
        )
    return TransportError(Kind.CONNECT_FAILED, "the downstream cannot be reached", sent=False)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
