"""The small edge's routers in a team's own application with its hooks, under uvicorn."""

from __future__ import annotations

import os

import uvicorn
from dishka import make_async_container
from dishka.integrations.fastapi import setup_dishka
from fastapi import FastAPI

from proxygen.runtime.providers import edge_providers
from tests.unit.runtime_core.mini_edge import ROUTERS, edge
from tests.wire.hooked import hooks


def create_app() -> FastAPI:
    """An application of a team's, with a route of its own."""
    app = FastAPI()

    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    for router in ROUTERS:
        app.include_router(router)
    setup_dishka(make_async_container(*edge_providers(edge()), *hooks()), app)
    return app


if __name__ == "__main__":
    uvicorn.run(create_app(), port=int(os.environ["EDGE_PORT"]), log_level="critical")
