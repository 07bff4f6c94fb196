"""Routes of identity tagged Sessions (specs/identity.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import FormBody, Forwarder, Identity, JsonBody, ProxyRouter

from .. import operations
from ..contracts.requests import ClientRevocationForm, LoginRequest, RefreshForm

router = ProxyRouter(tags=["Sessions"])


@router.operation(operations.LOGIN)
async def login(
    request: Request,
    body: JsonBody[LoginRequest],
    forward: FromDishka[Forwarder],
) -> Response:
    """Log in.

    POST /v1/auth/login of identity (specs/identity.yaml:30).
    """
    return await forward(operations.LOGIN, request, None, body=body)


@router.operation(operations.REFRESH_TOKEN)
async def refresh_token(
    request: Request,
    body: FormBody[RefreshForm],
    forward: FromDishka[Forwarder],
) -> Response:
    """Refresh a token.

    POST /v1/auth/token of identity (specs/identity.yaml:87).
    """
    return await forward(operations.REFRESH_TOKEN, request, None, body=body)


@router.operation(operations.REVOKE_TOKEN)
async def revoke_token(
    request: Request,
    body: FormBody[ClientRevocationForm],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Revoke a token.

    POST /v1/auth/revoke of identity (specs/identity.yaml:137).
    """
    return await forward(operations.REVOKE_TOKEN, request, identity, body=body)


@router.operation(operations.GET_OWN_ACCOUNT)
async def get_own_account(
    request: Request,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Get one's own account.

    GET /v1/auth/me of identity (specs/identity.yaml:165).
    """
    return await forward(operations.GET_OWN_ACCOUNT, request, identity)
