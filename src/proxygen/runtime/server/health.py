"""What an operator asks an edge: does it live, may it be sent requests, what has it counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dishka import AsyncContainer
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from proxygen.runtime.forwarder import Forwarder
from proxygen.runtime.identity.tokens import TokenVerifier
from proxygen.runtime.server.drain import Drain
from proxygen.runtime.server.operations_port import HEALTH, METRICS, READINESS, is_clients
from proxygen.runtime.telemetry.metrics import exposition


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One part of readiness: what it is called, how it is, and whether requests may come in spite of it."""

    name: str
    state: str | Mapping[str, str]
    ready: bool = True


class OperationsPage(Route):
    """A page for who runs the edge; clients do not find it where it is served at a port of its own."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """No match for a client's request there."""
        return (Match.NONE, {}) if is_clients(scope) else super().matches(scope)


def add_health(app: FastAPI, *, verifies: bool) -> None:
    """Adds `/healthz`, `/readyz` and `/metrics`; `verifies` says whether this edge reads tokens itself."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        container: AsyncContainer = app.state.dishka_container
        checks = [Check(name="settings", state="loaded"), _drain(request.scope)]
        if verifies:
            checks.append(_keys(await container.get(TokenVerifier)))
        checks.append(_breakers(await container.get(Forwarder)))
        return _readiness(checks)

    async def metrics(_: Request) -> Response:
        registry = await app.state.dishka_container.get(CollectorRegistry)
        return Response(exposition(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    for path, endpoint in ((HEALTH, healthz), (READINESS, readyz), (METRICS, metrics)):
        page = OperationsPage(path, endpoint, methods=["GET"], include_in_schema=False)
        app.router.routes.append(page)


def _readiness(checks: list[Check]) -> Response:
    """200 where all are ready, 503 and the names of those that are not otherwise; each with its state."""
    waiting = [check.name for check in checks if not check.ready]
    content: dict[str, object] = {"status": "waiting" if waiting else "ready"}
    if waiting:
        content["for"] = waiting
    content["checks"] = {check.name: check.state for check in checks}
    return JSONResponse(content, status_code=503 if waiting else 200)


def _drain(scope: Scope) -> Check:
    begun = Drain.begun_in(scope)
    return Check(name="server", state="draining" if begun else "serving", ready=not begun)


def _keys(verifier: TokenVerifier) -> Check:
    """Keys that are too old for a refresh, and not too old to be used, are no reason to stay away."""
    if not verifier.ready:
        return Check(name="keys", state="missing", ready=False)
    return Check(name="keys", state="stale" if verifier.jwks_stale else "usable")


def _breakers(forwarder: Forwarder) -> Check:
    """A service that fails is no reason to stay away: the others are served, and its own get 503 here too."""
    states = {name: downstream.breaker.state for name, downstream in forwarder.downstreams.items()}
    return Check(
        name="breakers", state={name: state.name.lower() for name, state in states.items()}
    )
