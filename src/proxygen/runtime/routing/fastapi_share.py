"""What FastAPI does between an included route and its handler, and for which routes that is nothing."""

from __future__ import annotations

from types import FunctionType
from typing import Any, Final

from fastapi import routing
from fastapi.dependencies import utils
from fastapi.routing import RouteContext

_OWN: Final = (
    (routing, "get_request_handler"),
    (routing, "request_response"),
    (routing, "run_endpoint_function"),
    (utils, "solve_dependencies"),
)
"""What FastAPI runs for a route, by the module that defines it; `routing` looks all of it up by name."""


def is_nothing(context: RouteContext) -> bool:
    """Whether FastAPI would call the handler here and do no more: no dependency of any router around it to be
    solved (and so none to be overridden), no limit of bodies, nobody's instrumentation in between.

    What it does around every route, for exceptions and in its middlewares, is not meant.
    """
    dependant: Any = context.dependant
    limit: int | None = context.max_body_size
    if dependant.dependencies or limit is not None or dependant.call is not context.endpoint:
        return False
    return not any(_is_replaced(module, name) for module, name in _OWN)


def _is_replaced(module: Any, name: str) -> bool:
    """Whether a tracer, as many do, has put a function of its own in the place of FastAPI's; a version of
    FastAPI that has no such function is not known either."""
    found = vars(routing).get(name)
    return type(found) is not FunctionType or found.__globals__ is not vars(module)
