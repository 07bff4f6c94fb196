"""Routes of identity tagged Users (specs/identity.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, JsonBody, ProxyRouter

from .. import operations
from ..contracts.requests import ListUsersQuery, UpdateUserHeaders, UserIdPath, UserPatch

router = ProxyRouter(tags=["Users"])


@router.operation(operations.LIST_USERS)
async def list_users(
    request: Request,
    query: ListUsersQuery,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Search accounts.

    GET /v1/admin/users of identity (specs/identity.yaml:236).
    """
    return await forward(operations.LIST_USERS, request, identity)


@router.operation(operations.GET_USER)
async def get_user(
    request: Request,
    path: UserIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Get an account.

    GET /v1/admin/users/{user_id} of identity (specs/identity.yaml:285).
    """
    return await forward(operations.GET_USER, request, identity)


@router.operation(operations.UPDATE_USER)
async def update_user(
    request: Request,
    path: UserIdPath,
    headers: UpdateUserHeaders,
    body: JsonBody[UserPatch],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Change an account.

    PATCH /v1/admin/users/{user_id} of identity (specs/identity.yaml:310).
    """
    return await forward(operations.UPDATE_USER, request, identity, body=body)


@router.operation(operations.DELETE_USER)
async def delete_user(
    request: Request,
    path: UserIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Delete an account.

    DELETE /v1/admin/users/{user_id} of identity (specs/identity.yaml:375).
    """
    return await forward(operations.DELETE_USER, request, identity)
