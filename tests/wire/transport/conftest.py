"""Every test here runs on each transport, under asyncio's own loop and under uvloop."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

import httpx
import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from proxygen.runtime.transport import FastTransport, HttpxTransport
from proxygen.runtime.transport.checked import CheckedTransport
from proxygen.runtime.transport.httpx_adapter import create_client
from proxygen.runtime.transport.seam import (
    HeaderList,
    Inbound,
    Limits,
    Origin,
    Outbound,
    Transport,
    TransportError,
)

Name = Literal["fast", "httpx"]
LIMITS = Limits(connect=2.0, pool=2.0, write=2.0, read=2.0, idle=2.0)


@dataclass(slots=True)
class Adapter:
    """One of the transports, and what was opened of it."""

    name: Name
    opened: list[Transport] = field(default_factory=list)
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def open(
        self,
        port: int,
        *,
        host: str = "127.0.0.1",
        scheme: str = "http",
        connections: int = 4,
        keep_alive: float = 15.0,
        tls: ssl.SSLContext | None = None,
    ) -> Transport:
        """A transport to a port of the loopback."""
        origin = Origin(scheme, host, port)
        transport: Transport
        if self.name == "fast":
            transport = FastTransport(
                origin, connections=connections, keep_alive=keep_alive, tls=tls
            )
        else:
            client = create_client(connections=connections, tls=tls)
            self.clients.append(client)
            transport = CheckedTransport(
                HttpxTransport(origin, client, places=asyncio.Semaphore(connections))
            )
        self.opened.append(transport)
        return transport

    async def aclose(self) -> None:
        """Closes all that was opened."""
        for transport in self.opened:
            await transport.aclose()
        for client in self.clients:
            await client.aclose()


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Production runs under uvloop; both must hold."""
    return {"asyncio": asyncio.SelectorEventLoop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(params=["fast", "httpx"])
async def adapter(request: pytest.FixtureRequest) -> AsyncIterator[Adapter]:
    """Each transport in turn."""
    adapter = Adapter(request.param)
    yield adapter
    await adapter.aclose()


def get(
    target: bytes = b"/",
    *,
    method: str = "GET",
    headers: HeaderList | None = None,
    body: bytes | AsyncIterator[bytes] | None = None,
    limits: Limits = LIMITS,
    length: int | None = None,
) -> Outbound:
    """A request."""
    return Outbound(
        method=method,
        target=target,
        headers=[] if headers is None else headers,
        body=body,
        limits=limits,
        length=length,
    )


async def read(inbound: Inbound) -> bytes:
    """The whole body."""
    content = b"".join([chunk async for chunk in inbound.chunks()])
    await inbound.aclose()
    return content


@dataclass(slots=True)
class Outcome:
    """What became of an exchange: a status with the bytes that came, an error, or both."""

    status: int | None = None
    headers: HeaderList = field(default_factory=list)
    body: bytes = b""
    error: TransportError | None = None

    @property
    def kind(self) -> str | None:
        return None if self.error is None else self.error.kind.value


async def exchange(transport: Transport, request: Outbound) -> Outcome:
    """Sends and reads to the end, or to the error."""
    outcome = Outcome()
    try:
        inbound = await transport.send(request)
        outcome.status, outcome.headers = inbound.status, inbound.headers
        try:
            async for chunk in inbound.chunks():
                outcome.body += chunk
        finally:
            await inbound.aclose()
    except TransportError as error:
        outcome.error = error
    return outcome


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A self-signed certificate for `localhost`, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(paths[0]), str(paths[1])
