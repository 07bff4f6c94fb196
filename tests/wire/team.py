"""The generated edge in a team's own application, under uvicorn: `python -m tests.wire.team`.

`TEAM_HTTP` names the parser: `httptools` or `h11`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from dishka import make_async_container
from dishka.integrations.fastapi import setup_dishka
from fastapi import FastAPI, Request, Response
from starlette.middleware.base import RequestResponseEndpoint

from generated.app import ROUTERS
from generated.providers import providers
from proxygen.runtime import log_setup
from proxygen.runtime.server.health import add_health


def create_app() -> FastAPI:
    """A route, a middleware and the edge's routes, in one container of the team's."""
    container = make_async_container(*providers())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await container.close()

    app = FastAPI(lifespan=lifespan)

    @app.middleware("http")
    async def passes(request: Request, call_next: RequestResponseEndpoint) -> Response:
        return await call_next(request)

    @app.get("/own")
    async def own() -> dict[str, str]:
        return {"said by": "the team"}

    for router in ROUTERS:
        app.include_router(router)
    setup_dishka(container, app)
    add_health(app, verifies=False)
    return app


if __name__ == "__main__":
    uvicorn.run(
        create_app(),
        port=int(os.environ["EDGE_PORT"]),
        http=os.environ.get("TEAM_HTTP", "httptools"),
        log_config=log_setup("info", "json"),
        access_log=False,
        # Else uvicorn believes what a client says of its address, where it comes from the loopback.
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
