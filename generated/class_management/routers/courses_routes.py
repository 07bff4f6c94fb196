"""Routes of class_management tagged Courses (specs/class_management.json).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, ProxyRouter

from .. import operations
from ..contracts.requests import ListCoursesQuery

router = ProxyRouter(tags=["Courses"])


@router.operation(operations.LIST_COURSES)
async def list_courses(
    request: Request,
    query: ListCoursesQuery,
    identity: FromDishka[Identity | None],
    forward: FromDishka[Forwarder],
) -> Response:
    """List courses.

    GET /v1/courses of class_management (specs/class_management.json:850).
    """
    return await forward(operations.LIST_COURSES, request, identity)
