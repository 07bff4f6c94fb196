"""Routes of identity tagged Keys (specs/identity.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, ProxyRouter

from .. import operations

router = ProxyRouter(tags=["Keys"])


@router.operation(operations.GET_JSON_WEB_KEY_SET)
async def get_json_web_key_set(
    request: Request,
    forward: FromDishka[Forwarder],
) -> Response:
    """Get the keys that verify tokens.

    GET /.well-known/jwks.json of identity (specs/identity.yaml:204).
    """
    return await forward(operations.GET_JSON_WEB_KEY_SET, request, None)
