"""Routers of bff_teacher."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import ProxyRouter

from . import bff_teacher_routes

ROUTERS: Final[tuple[ProxyRouter, ...]] = (bff_teacher_routes.router,)
