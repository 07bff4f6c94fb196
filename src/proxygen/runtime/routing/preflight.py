"""A browser's preflight, answered at the edge: no token is asked for, and no downstream hears of it."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from proxygen.runtime.context import RequestContext
from proxygen.runtime.exchange import EdgeState, Exchange
from proxygen.runtime.guard import METHODS
from proxygen.runtime.headers.cors import Cors, requested_method
from proxygen.runtime.response import OwnResponse
from proxygen.runtime.routing.conditions import met_by
from proxygen.runtime.routing.dispatch import Found, raw_path_of
from proxygen.runtime.routing.inclusions import inclusions_of
from proxygen.runtime.telemetry.metrics import UNMATCHED

R = TypeVar("R", bound=APIRoute)


def policy_for(scope: Scope, state: EdgeState) -> Cors | None:
    """The policy to answer by, where the request is a preflight and this edge answers preflights."""
    cors = state.cors
    if cors is None or requested_method(scope["method"], scope["headers"]) is None:
        return None
    return cors


async def answer_preflight(
    scope: Scope, receive: Receive, send: Send, *, cors: Cors, state: EdgeState, kind: type[R]
) -> None:
    """204 with the methods of the path's routes, which are of `kind`.

    A path of nobody's gets the edge's methods: the browser goes on, and its script can read the 404, which
    this answer does not give away. An origin that may not read answers gets a 204 that allows nothing.
    """
    app: FastAPI = scope["app"]
    table = inclusions_of(app, kind).table
    path = raw_path_of(scope)
    headers = scope["headers"]
    asked = requested_method(scope["method"], headers) or ""
    context = RequestContext.of(scope)
    found: Any = table.find(asked, path, met_by(scope))
    context.endpoint = found.route.label if isinstance(found, Found) else UNMATCHED
    async with Exchange(scope, receive, send, context=context, state=state) as exchange:
        lines = cors.preflight(headers, table.methods(path) or METHODS)
        await OwnResponse(204, lines, b"")(scope, receive, exchange.send)
