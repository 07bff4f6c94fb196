"""The served edge before downstreams of the run's own, and what its worker holds."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.soak.observed import TASKS
from tests.wire.conftest import SERVICES
from tests.wire.edge import Edge, settings

MEGABYTE = 1024 * 1024


class Worker:
    """The one worker process of a served edge, seen from outside."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        parent = edge.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        (self.pid,) = map(int, children)

    @property
    def memory(self) -> int:
        """Bytes that it holds (resident)."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE")

    @property
    def descriptors(self) -> int:
        """Open file descriptors."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    @property
    def tasks(self) -> int:
        """Tasks of its event loop, that of this question included."""
        return int(self._edge.request("GET", TASKS).body)

    async def settled(self, descriptors: int, tasks: int, limit: float = 10.0) -> bool:
        """Whether it comes back to these numbers in `limit` seconds."""
        until = asyncio.get_running_loop().time() + limit
        while self.descriptors > descriptors or self.tasks > tasks:
            if asyncio.get_running_loop().time() > until:
                return False
            await asyncio.sleep(0.1)
        return True


@asynccontextmanager
async def served(ports: Mapping[str, int] | int, **environment: str) -> AsyncIterator[Edge]:
    """The edge, with the downstreams at these ports of the loopback, by service or all at one."""
    urls = {
        variable: f"http://127.0.0.1:{ports if isinstance(ports, int) else ports[name]}"
        for name, variable in SERVICES.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        edge = Edge(
            settings(**{"EDGE_LOG_LEVEL": "error", **urls, **environment}),
            log=Path(folder) / "stderr",
            package="tests.soak.observed",
        )
        try:
            await asyncio.to_thread(edge.wait_until_up)
            yield edge
            edge.stop()
        finally:
            edge.process.kill()
            edge.process.wait()
