"""Routes of result_aggregator tagged Progress (specs/result_aggregator.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, ProxyRouter

from .. import operations
from ..contracts.requests import BatchIdPath, StreamBatchProgressHeaders

router = ProxyRouter(tags=["Progress"])


@router.operation(operations.STREAM_BATCH_PROGRESS)
async def stream_batch_progress(
    request: Request,
    path: BatchIdPath,
    headers: StreamBatchProgressHeaders,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Follow the progress of a batch.

    GET /v1/results/batches/{batch_id}/events of result_aggregator
    (specs/result_aggregator.yaml:285).
    """
    return await forward(operations.STREAM_BATCH_PROGRESS, request, identity)
