"""Requests per second of bare ASGI under Granian and uvicorn, for `docs/decisions/server.md`; needs wrk.

python -m benchmarks.server
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

PORT = 8999
SECONDS = 3
BODY = b'{"x":"' + b"y" * 452 + b'"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
APPLICATION = "benchmarks.server:application"
SERVERS: Mapping[str, tuple[str, ...]] = {
    "granian": ("granian", "--interface", "asgi", "--http", "1", "--no-ws", "--loop", "uvloop"),
    "uvicorn, httptools": ("uvicorn", "--http", "httptools", "--loop", "uvloop", "--no-access-log"),
    "uvicorn, h11": ("uvicorn", "--http", "h11", "--loop", "uvloop", "--no-access-log"),
}


async def application(scope: Any, receive: Any, send: Any) -> None:
    """460 bytes, at once."""
    if scope["type"] == "lifespan":
        while True:
            phase = (await receive())["type"]
            await send({"type": f"{phase}.complete"})
            if phase == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


def measure(command: tuple[str, ...], wrk: str) -> float:
    """Requests per second over 32 connections, the server on the first core and wrk on the second."""
    module, *options = command
    arguments = [sys.executable, "-m", module, APPLICATION, "--port", str(PORT), *options]
    server = subprocess.Popen(  # noqa: S603 - our own interpreter, our own application
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(server.pid, {0})
        _wait()
        url = f"http://127.0.0.1:{PORT}/"
        output = subprocess.run(  # noqa: S603 - found by shutil.which, arguments of our own
            [wrk, "-t1", "-c32", f"-d{SECONDS}s", url], capture_output=True, text=True, check=True
        ).stdout
    finally:
        server.terminate()
        server.wait(10)
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    return float(found[1]) if found else 0.0


def _wait() -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", PORT), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def main() -> int:
    """Prints one line per server."""
    wrk = shutil.which("wrk")
    if wrk is None:
        sys.stderr.write("wrk is not installed\n")
        return 2
    for name, command in SERVERS.items():
        try:
            rate = measure(command, wrk)
        except FileNotFoundError:
            continue
        sys.stdout.write(f"{name:20} {rate:10,.0f} requests/s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
