"""Routers of result_aggregator."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import ProxyRouter

from . import annotations_routes, batches_routes, progress_routes

ROUTERS: Final[tuple[ProxyRouter, ...]] = (
    batches_routes.router,
    progress_routes.router,
    annotations_routes.router,
)
