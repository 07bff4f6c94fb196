"""Routes of result_aggregator tagged Batches (specs/result_aggregator.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, ProxyRouter

from .. import operations
from ..contracts.requests import BatchIdPath, ListBatchResultsQuery, ListUserBatchesQuery

router = ProxyRouter(tags=["Batches"])


@router.operation(operations.LIST_USER_BATCHES)
async def list_user_batches(
    request: Request,
    query: ListUserBatchesQuery,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """List the batches of a user.

    GET /v1/results/batches of result_aggregator (specs/result_aggregator.yaml:27).
    """
    return await forward(operations.LIST_USER_BATCHES, request, identity)


@router.operation(operations.GET_BATCH_STATUS)
async def get_batch_status(
    request: Request,
    path: BatchIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Get the status of a batch.

    GET /v1/results/batches/{batch_id}/status of result_aggregator
    (specs/result_aggregator.yaml:101).
    """
    return await forward(operations.GET_BATCH_STATUS, request, identity)


@router.operation(operations.LIST_BATCH_RESULTS)
async def list_batch_results(
    request: Request,
    path: BatchIdPath,
    query: ListBatchResultsQuery,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Get the results of a batch.

    GET /v1/results/batches/{batch_id}/results of result_aggregator
    (specs/result_aggregator.yaml:153).
    """
    return await forward(operations.LIST_BATCH_RESULTS, request, identity)


@router.operation(operations.GET_BATCH_REPORT)
async def get_batch_report(
    request: Request,
    path: BatchIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Get the report of a batch.

    GET /v1/results/batches/{batch_id}/report of result_aggregator
    (specs/result_aggregator.yaml:226).
    """
    return await forward(operations.GET_BATCH_REPORT, request, identity)
