"""Dishka providers of api-gateway-service, for an application that has its container."""

from __future__ import annotations

from dishka import Provider
from proxygen.runtime import EdgeSettings, edge_providers

from .app import EDGE


def providers(settings: EdgeSettings | None = None) -> tuple[Provider, ...]:
    """What the handlers need; a provider of `Identity` given after these replaces the token's."""
    return edge_providers(EDGE, settings)
