"""Routes of class_management tagged Classes (specs/class_management.json).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, JsonBody, ProxyRouter

from .. import operations
from ..contracts.requests import (
    ClassBase,
    ClassIdPath,
    ClientClassCreate,
    IfMatchHeaders,
    ListClassesQuery,
)

router = ProxyRouter(tags=["Classes"])


@router.operation(operations.LIST_CLASSES)
async def list_classes(
    request: Request,
    query: ListClassesQuery,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """List classes.

    GET /v1/classes of class_management (specs/class_management.json:39).
    """
    return await forward(operations.LIST_CLASSES, request, identity)


@router.operation(operations.CREATE_CLASS)
async def create_class(
    request: Request,
    body: JsonBody[ClientClassCreate],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Create a class.

    POST /v1/classes of class_management (specs/class_management.json:169).
    """
    return await forward(operations.CREATE_CLASS, request, identity, body=body)


@router.operation(operations.GET_CLASS)
async def get_class(
    request: Request,
    path: ClassIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Get a class.

    GET /v1/classes/{class_id} of class_management (specs/class_management.json:278).
    """
    return await forward(operations.GET_CLASS, request, identity)


@router.operation(operations.REPLACE_CLASS)
async def replace_class(
    request: Request,
    path: ClassIdPath,
    headers: IfMatchHeaders,
    body: JsonBody[ClassBase],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Replace a class.

    PUT /v1/classes/{class_id} of class_management (specs/class_management.json:334).
    """
    return await forward(operations.REPLACE_CLASS, request, identity, body=body)


@router.operation(operations.DELETE_CLASS)
async def delete_class(
    request: Request,
    path: ClassIdPath,
    headers: IfMatchHeaders,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Delete a class.

    DELETE /v1/classes/{class_id} of class_management (specs/class_management.json:427).
    """
    return await forward(operations.DELETE_CLASS, request, identity)


@router.operation(operations.GET_CLASS_ADMINISTRATION)
async def get_class_administration(
    request: Request,
    path: ClassIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Get what administrators know of a class.

    GET /v1/classes/{class_id}/admin of class_management (specs/class_management.json:482).
    """
    return await forward(operations.GET_CLASS_ADMINISTRATION, request, identity)
