"""The complete proxy of bff_teacher, a service without a document."""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, ProxyRouter, RawBody

from .. import operations

router = ProxyRouter(tags=["bff_teacher"])


@router.passthrough(operations.PASSTHROUGH)
async def proxy_requests(
    request: Request,
    body: RawBody,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Everything below /bff/v1/teacher, as it is, to bff_teacher."""
    return await forward(operations.PASSTHROUGH, request, identity, body=body)
