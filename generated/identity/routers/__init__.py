"""Routers of identity."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import ProxyRouter

from . import audit_routes, keys_routes, sessions_routes, users_routes

ROUTERS: Final[tuple[ProxyRouter, ...]] = (
    keys_routes.router,
    sessions_routes.router,
    users_routes.router,
    audit_routes.router,
)
