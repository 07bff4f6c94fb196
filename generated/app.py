"""The application of api-gateway-service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dishka import Provider
from proxygen.runtime import (
    Claims,
    Edge,
    EdgeApplication,
    EdgeSettings,
    HeaderPolicy,
    ProxyRouter,
    create_edge,
)

from .batch_orchestrator.routers import ROUTERS as BATCH_ORCHESTRATOR_ROUTERS
from .bff_teacher.routers import ROUTERS as BFF_TEACHER_ROUTERS
from .class_management.routers import ROUTERS as CLASS_MANAGEMENT_ROUTERS
from .file_service.routers import ROUTERS as FILE_SERVICE_ROUTERS
from .identity.routers import ROUTERS as IDENTITY_ROUTERS
from .result_aggregator.routers import ROUTERS as RESULT_AGGREGATOR_ROUTERS
from .settings import SERVICES

CONTRACT: Final = Path(__file__).with_name("openapi.json")
ROUTERS: Final[tuple[ProxyRouter, ...]] = (
    *BATCH_ORCHESTRATOR_ROUTERS,
    *BFF_TEACHER_ROUTERS,
    *CLASS_MANAGEMENT_ROUTERS,
    *FILE_SERVICE_ROUTERS,
    *IDENTITY_ROUTERS,
    *RESULT_AGGREGATOR_ROUTERS,
)
EDGE: Final = Edge(
    name="api-gateway-service",
    services=SERVICES,
    routers=ROUTERS,
    contract=CONTRACT,
    claims=Claims(scopes=("scope", "scp")),
    headers=HeaderPolicy(
        owned=("x-user-roles",), allow=("x-client-version",), deny_response=("x-served-by",)
    ),
)


def create_app(
    settings: EdgeSettings | None = None, *, providers: Sequence[Provider] = ()
) -> EdgeApplication:
    """The edge, with settings from the environment if none are given.

    `providers` take the place of the edge's own for what they provide.
    """
    return create_edge(EDGE, settings, providers=providers)
