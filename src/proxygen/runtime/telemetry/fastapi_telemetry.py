"""FastAPI's own telemetry, kept from recording what a client wrote.

An `EdgeApplication` does without it: direct dispatch is not part of its stack, and the edge's spans are its
own. In a team's application it is the team's, and its server span, which begins before a route is found, has
the path and the query: for the edge's routes they are overwritten before it is exported.
"""

from __future__ import annotations

from typing import Final

from fastapi.telemetry import TelemetryConfig
from opentelemetry.trace import Span
from starlette.types import Scope

OFF: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""For `FastAPI(telemetry=…)`."""

CONCEALED: Final = "REDACTED"

_KEY: Final = "fastapi.telemetry"
"""Where FastAPI keeps what it notes of a request."""


def is_noted(scope: Scope) -> bool:
    """Whether FastAPI notes anything of this request: then it times what it does for a route, too."""
    return scope.get(_KEY) is not None


def conceal(scope: Scope, route: str | None) -> None:
    """Writes the edge's template `route` (None: there is none) in the place of what the client asked for."""
    noted = scope.get(_KEY)
    if noted is None:
        return
    if route is not None:
        noted.route = route
    span: Span | None = getattr(noted, "span", None)
    if span is None or not span.is_recording():
        return
    span.set_attribute("url.path", CONCEALED if route is None else route)
    if scope.get("query_string"):
        span.set_attribute("url.query", CONCEALED)
    if route is not None:
        span.set_attribute("http.route", route)
        span.update_name(f"{scope['method']} {route}")
