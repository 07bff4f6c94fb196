"""A team's own FastAPI application with the edge's routers in it, as docs/how-to/include.md shows."""

from __future__ import annotations

import logging.config
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dishka import make_async_container
from dishka.integrations.fastapi import FastapiProvider, setup_dishka
from fastapi import FastAPI

from generated.app import EDGE
from proxygen.runtime import collect_rarely, edge_providers, log_setup

logging.config.dictConfig(log_setup("info", "json"))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    collect_rarely()
    yield
    await app.state.dishka_container.close()


app = FastAPI(lifespan=_lifespan, redirect_slashes=False)
for router in EDGE.routers:
    app.include_router(router)
setup_dishka(make_async_container(FastapiProvider(), *edge_providers(EDGE)), app)
