"""A team's own FastAPI application with the edge's routers in it, as the README shows."""

from __future__ import annotations

import logging.config
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dishka import make_async_container
from dishka.integrations.fastapi import FastapiProvider, setup_dishka
from fastapi import FastAPI

from generated.app import EDGE
from proxygen.runtime import edge_providers

logging.config.dictConfig(
    {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "proxygen.runtime.telemetry.logs.JsonFormatter"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "loggers": {"proxygen": {"handlers": ["console"], "level": "INFO", "propagate": False}},
    }
)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await app.state.dishka_container.close()


app = FastAPI(lifespan=_lifespan, redirect_slashes=False)
for router in EDGE.routers:
    app.include_router(router)
setup_dishka(make_async_container(FastapiProvider(), *edge_providers(EDGE)), app)
