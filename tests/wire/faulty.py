"""An edge with short limits before every kind of failing service, and how it is asked."""

from __future__ import annotations

import contextlib
import socket
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.wire.certificates import Authority, Certificate
from tests.wire.client import Answer, message
from tests.wire.conftest import SERVICES
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge, settings
from tests.wire.faults import (
    BLACK_HOLE,
    CONNECT,
    LARGEST,
    NARROW,
    POOL,
    READ,
    REFUSING,
    SCRIPTED,
    SECURED,
    UNKNOWN,
    Row,
)
from tests.wire.ports import unassigned_port
from tests.wire.recording import full_listener
from tests.wire.tokens import bearer


class TlsListener:
    """Shows the certificate in `shown`; who takes it is answered 204, and his request is not read."""

    def __init__(self) -> None:
        self.shown: Certificate | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stops listening."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(2)
            with contextlib.suppress(OSError), connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        assert self.shown is not None
        with self.shown.server().wrap_socket(connection, server_side=True) as secured:
            secured.recv(65536)
            secured.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")


@dataclass(frozen=True)
class Faulty:
    """An edge with short limits, and what stands behind it."""

    edge: Edge
    transport: str
    downstreams: dict[str, Downstream]
    secured: TlsListener
    certificates: dict[str, Certificate]


def _certificates(folder: Path, authority: Authority) -> dict[str, Certificate]:
    return {
        "bad name": authority.issue("bad-name", host="elsewhere.test"),
        "expired": authority.issue("expired", days=0),
        "self-signed": Authority(folder, "nobody").own,
        "good": authority.issue("good"),
    }


@contextlib.contextmanager
def faulty_edge(transport: str, folder: Path) -> Iterator[Faulty]:
    """Served with this transport; keys and the log go into the folder."""
    keys = folder / "keys"
    keys.mkdir()
    authority = Authority(keys, "ours")
    secured = TlsListener()
    downstreams = {place.service: Downstream() for place in (SCRIPTED, NARROW)}
    with full_listener() as hole:
        urls = {
            **{name: made.url for name, made in downstreams.items()},
            REFUSING.service: f"http://localhost:{unassigned_port()}",
            UNKNOWN.service: "http://nowhere.invalid",
            BLACK_HOLE.service: f"http://127.0.0.1:{hole}",
            SECURED.service: f"https://localhost:{secured.port}",
        }
        shared = {
            "TIMEOUTS__CONNECT": CONNECT,
            "TIMEOUTS__READ": READ,
            "TIMEOUTS__IDLE": READ,
            "BREAKER__ENABLED": "false",
            "RETRIES__RESERVE": 0,
        }
        services = {
            f"EDGE_SERVICES__{service.upper()}__{name}": str(value)
            for service in SERVICES
            for name, value in shared.items()
        }
        narrow, scripted = (f"EDGE_SERVICES__{p.service.upper()}__" for p in (NARROW, SCRIPTED))
        environment = settings(
            **{SERVICES[name]: url for name, url in urls.items()},
            **services
            | {
                f"{narrow}CONNECTIONS": "1",
                f"{narrow}WAITING": "1",
                f"{narrow}TIMEOUTS__POOL": str(POOL),
                f"{narrow}TIMEOUTS__READ": "3",
                f"{scripted}LIMITS__RESPONSE_BODY": str(LARGEST),
            },
            EDGE_TRANSPORT=transport,
            SSL_CERT_FILE=str(authority.ca_file),
        )
        edge = Edge(environment, log=folder / "stderr")
        try:
            edge.wait_until_up()
            certificates = _certificates(keys, authority)
            yield Faulty(edge, transport, downstreams, secured, certificates)
            edge.stop()
        finally:
            edge.process.kill()
            edge.process.wait()
            secured.close()
            for downstream in downstreams.values():
                downstream.close()


def prepare(faulty: Faulty, row: Row) -> None:
    """The service of a row does what the row says from now on."""
    downstream = faulty.downstreams.get(row.place.service)
    if downstream is not None:
        downstream.reset()
        downstream.respond(row.plays)
    if row.certificate is not None:
        faulty.secured.shown = faulty.certificates[row.certificate]


def ask(faulty: Faulty, row: Row, correlation: str) -> Answer:
    """One request of a row's, over a new connection."""
    with faulty.edge.connect() as connection:
        lines = [bearer(), f"X-Correlation-ID: {correlation}"]
        connection.send(message("GET", row.place.target, lines))
        return connection.read(limit=4, to_end=row.broken)


def late_by(faulty: Faulty, row: Row, count: int, *, at_once: int = 5) -> list[float]:
    """Seconds by which each of so many time-outs of a row came after its time (R8)."""
    prepare(faulty, row)
    with ThreadPoolExecutor(at_once) as pool:
        asked = [pool.submit(ask, faulty, row, str(uuid.uuid4())) for _ in range(count)]
        answers = [each.result() for each in asked]
    assert {got.status for got in answers} == {row.status}
    return [got.seconds - row.after for got in answers]
