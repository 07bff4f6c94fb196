"""`python -m proxygen.testing.demo PACKAGE`: an edge on the loopback, before stubs of its downstreams."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from importlib import import_module

import jwt

from proxygen.runtime import Auth, Edge, Operation
from proxygen.testing.stubs import operations_of, stub_answers, stub_service

READY_SECONDS = 20.0


def main() -> int:
    """Serves until Ctrl-C, at `EDGE_PORT` or a free port; 2 where no such edge starts."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m proxygen.testing.demo PACKAGE\n")
        return 2
    package = sys.argv[1]
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - sys.path takes strings
    edge: Edge = import_module(f"{package}.app").EDGE
    with ExitStack() as stubs:
        secret = secrets.token_urlsafe(48)
        port = os.environ.get("EDGE_PORT") or str(_free_port())
        environment = {
            "EDGE_LOG_FORMAT": "text",
            **os.environ,
            **_downstreams(edge, stubs),
            "EDGE_TOKEN_SECRET": secret,
            "EDGE_HOST": "127.0.0.1",
            "EDGE_PORT": port,
        }
        server = subprocess.Popen([sys.executable, "-m", package], env=environment)  # noqa: S603
        try:
            if not _ready(port, server):
                return 2
            _introduce(edge, port, secret)
            server.wait()
        except KeyboardInterrupt:
            pass
        finally:
            _stop(server)
    sys.stdout.write("\nstopped\n")
    return 0


def _downstreams(edge: Edge, stubs: ExitStack) -> dict[str, str]:
    contract = _contract(edge)
    return {
        service.base_url_env: stubs.enter_context(
            stub_service(stub_answers(operations_of(edge, service.name), contract))
        )
        for service in edge.services
    }


def _contract(edge: Edge) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(edge.contract.read_text(encoding="utf-8"))
    return loaded


def _introduce(edge: Edge, port: str, secret: str) -> None:
    """A token of alice's, and three requests that work with it."""
    claims = {
        edge.claims.user_id[0]: "alice",
        edge.claims.org_id[0]: "org-7",
        "exp": int(time.time()) + 3600,
    }
    token = jwt.encode(claims, secret, algorithm="HS256")
    base = f"http://127.0.0.1:{port}"
    lines = [
        f"curl -i -H \"Authorization: Bearer $TOKEN\" $EDGE'{path}'" for path in _simple_gets(edge)
    ]
    sys.stdout.write(
        "\n".join(
            [
                "",
                f"The edge listens on {base}, its documentation is at {base}/docs.",
                "",
                "For another terminal, with a token of alice's that is good for an hour:",
                "",
                f"export EDGE={base}",
                f"export TOKEN={token}",
                "",
                *lines[:3],
                "",
                "Ctrl-C stops it.",
                "",
            ]
        )
    )
    sys.stdout.flush()


def _simple_gets(edge: Edge) -> list[str]:
    """Paths that a GET of any user's may ask for, with an example for each variable."""
    found = [
        _filled(edge, operation)
        for service in edge.services
        for operation in operations_of(edge, service.name)
        if operation.method == "GET" and operation.auth is Auth.REQUIRED and not operation.scopes
        if not any(parameter.required for parameter in (*operation.query, *operation.headers))
    ]
    return list(dict.fromkeys(path for path in found if path is not None))


def _filled(edge: Edge, operation: Operation) -> str | None:
    described = _contract(edge)["paths"][operation.contract_path]["get"]  # type: ignore[index]
    path = operation.edge_path
    for parameter in described.get("parameters", ()):
        if parameter.get("in") == "path":
            if "example" not in parameter:
                return None
            path = path.replace("{" + parameter["name"] + "}", str(parameter["example"]))
    return path


def _ready(port: str, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return True
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
