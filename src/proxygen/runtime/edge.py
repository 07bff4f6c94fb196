"""What a generated package says about itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter

from proxygen.runtime.errors import ErrorFormat
from proxygen.runtime.headers.writer import HeaderPolicy
from proxygen.runtime.operation import Auth
from proxygen.runtime.plan import Routed
from proxygen.runtime.routing.route import ProxyRoute
from proxygen.runtime.settings import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The claims of a token that fill each field of the identity, in order of preference."""

    user_id: tuple[str, ...] = ("sub",)
    org_id: tuple[str, ...] = ("org_id", "org", "organization_id")
    scopes: tuple[str, ...] = ("scope", "scp", "scopes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The constants of one generated edge.

    `name` goes out as X-Proxied-By. `routers` are the generated `ROUTERS`, `contract` is
    the committed `openapi.json`.
    """

    name: str
    services: tuple[Service, ...]
    routers: tuple[APIRouter, ...]
    contract: Path
    error_format: ErrorFormat = ErrorFormat.DETAIL
    claims: Claims = field(default_factory=Claims)
    headers: HeaderPolicy = field(default_factory=HeaderPolicy)
    metrics_prefix: str = ""


def operations_of(edge: Edge) -> Sequence[Routed]:
    """What the routes of this edge forward."""
    return [
        route.operation
        for router in edge.routers
        for route in router.routes
        if isinstance(route, ProxyRoute)
    ]


def reads_tokens(edge: Edge) -> bool:
    """Whether any route of this edge wants to know who calls."""
    return any(operation.auth is not Auth.PUBLIC for operation in operations_of(edge))
