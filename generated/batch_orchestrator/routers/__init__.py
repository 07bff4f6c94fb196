"""Routers of batch_orchestrator."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import ProxyRouter

from . import batches_routes, pipelines_routes

ROUTERS: Final[tuple[ProxyRouter, ...]] = (batches_routes.router, pipelines_routes.router)
