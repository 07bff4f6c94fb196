"""Routers of file_service."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import ProxyRouter

from . import files_routes, uploads_routes

ROUTERS: Final[tuple[ProxyRouter, ...]] = (files_routes.router, uploads_routes.router)
