"""Routers of class_management."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import ProxyRouter

from . import classes_routes, courses_routes, students_routes

ROUTERS: Final[tuple[ProxyRouter, ...]] = (
    classes_routes.router,
    courses_routes.router,
    students_routes.router,
)
