"""Routes of identity tagged Audit (specs/identity.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, ProxyRouter

from .. import operations
from ..contracts.requests import ListAuditEventsQuery

router = ProxyRouter(tags=["Audit"])


@router.operation(operations.LIST_AUDIT_EVENTS)
async def list_audit_events(
    request: Request,
    query: ListAuditEventsQuery,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Search the audit log.

    GET /v1/admin/audit-events of identity (specs/identity.yaml:402).
    """
    return await forward(operations.LIST_AUDIT_EVENTS, request, identity)
