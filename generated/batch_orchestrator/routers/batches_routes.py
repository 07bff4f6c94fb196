"""Routes of batch_orchestrator tagged Batches (specs/batch_orchestrator.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, JsonBody, ProxyRouter

from .. import operations
from ..contracts.requests import (
    BatchIdPath,
    CancelBatchHeaders,
    CancellationRequestV1,
    ClientBatchRegistrationRequestV1,
    ClientPromptAmendmentV1,
    ListBatchesQuery,
)

router = ProxyRouter(tags=["Batches"])


@router.operation(operations.LIST_BATCHES)
async def list_batches(
    request: Request,
    query: ListBatchesQuery,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """List batches.

    GET /v1/batches of batch_orchestrator (specs/batch_orchestrator.yaml:113).
    """
    return await forward(operations.LIST_BATCHES, request, identity)


@router.operation(operations.REGISTER_BATCH)
async def register_batch(
    request: Request,
    body: JsonBody[ClientBatchRegistrationRequestV1],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Register a batch.

    POST /v1/batches/register of batch_orchestrator (specs/batch_orchestrator.yaml:34).
    """
    return await forward(operations.REGISTER_BATCH, request, identity, body=body)


@router.operation(operations.GET_BATCH)
async def get_batch(
    request: Request,
    path: BatchIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Get a batch.

    GET /v1/batches/{batch_id} of batch_orchestrator (specs/batch_orchestrator.yaml:205).
    """
    return await forward(operations.GET_BATCH, request, identity)


@router.operation(operations.AMEND_BATCH_PROMPT)
async def amend_batch_prompt(
    request: Request,
    path: BatchIdPath,
    body: JsonBody[ClientPromptAmendmentV1],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Amend the prompt of a batch.

    PATCH /v1/batches/{batch_id}/prompt of batch_orchestrator
    (specs/batch_orchestrator.yaml:253).
    """
    return await forward(operations.AMEND_BATCH_PROMPT, request, identity, body=body)


@router.operation(operations.CANCEL_BATCH)
async def cancel_batch(
    request: Request,
    path: BatchIdPath,
    headers: CancelBatchHeaders,
    body: JsonBody[CancellationRequestV1] | None,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Cancel a batch.

    POST /v1/batches/{batch_id}/cancel of batch_orchestrator (specs/batch_orchestrator.yaml:382).
    """
    return await forward(operations.CANCEL_BATCH, request, identity, body=body)
