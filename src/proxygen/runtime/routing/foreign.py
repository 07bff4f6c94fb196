"""Exceptions of FastAPI and of a team's own providers and dependencies, as answers of the edge."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from fastapi.encoders import jsonable_encoder
from fastapi.exception_handlers import (
    http_exception_handler,
    request_validation_exception_handler,
)
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from proxygen.runtime.errors import EdgeError

_HANDLERS = "starlette.exception_handlers"
_DEFAULTS = (http_exception_handler, request_validation_exception_handler)


def edge_error_of(error: Exception, scope: MutableMapping[str, Any]) -> EdgeError | None:
    """The edge's answer to this exception; None where it has none, or the application handles it itself."""
    if isinstance(error, EdgeError) or _is_handled(error, scope):
        return None
    if isinstance(error, HTTPException):
        detail = error.detail if isinstance(error.detail, str) else jsonable_encoder(error.detail)
        headers = tuple((error.headers or {}).items())
        return EdgeError(error.status_code, detail, headers=headers)
    if isinstance(error, RequestValidationError):
        return EdgeError(422, jsonable_encoder(error.errors()))
    return None


def _is_handled(error: Exception, scope: MutableMapping[str, Any]) -> bool:
    """Whether a team has registered a handler for this exception (`FastAPI.exception_handler`)."""
    by_type, by_status = scope.get(_HANDLERS, ({}, {}))
    if isinstance(error, HTTPException) and error.status_code in by_status:
        return True
    for kind in type(error).__mro__:
        if kind in by_type:
            return by_type[kind] not in _DEFAULTS
    return False
