"""What an operator asks an edge: does it live, may it be sent requests, what has it counted."""

from __future__ import annotations

from dishka import AsyncContainer
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from proxygen.runtime.drain import Drain
from proxygen.runtime.metrics import WithoutCreated
from proxygen.runtime.tokens import TokenVerifier


def add_health(app: FastAPI, *, verifies: bool) -> None:
    """Adds `/healthz`, `/readyz` and `/metrics`; `verifies` says whether this edge reads tokens itself."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        container: AsyncContainer = app.state.dishka_container
        checks = {"draining": Drain.begun_in(request.scope)}
        if verifies:
            checks["keys"] = not (await container.get(TokenVerifier)).ready
        waiting = sorted(name for name, waits in checks.items() if waits)
        if waiting:
            return JSONResponse({"status": "waiting", "for": waiting}, status_code=503)
        return JSONResponse({"status": "ready"})

    async def metrics(_: Request) -> Response:
        registry = await app.state.dishka_container.get(CollectorRegistry)
        content = generate_latest(WithoutCreated(registry))
        return Response(content, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    for path, endpoint in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        app.add_route(path, endpoint, methods=["GET"], include_in_schema=False)
