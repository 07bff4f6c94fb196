"""Routes of batch_orchestrator tagged Pipelines (specs/batch_orchestrator.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, JsonBody, ProxyRouter

from .. import operations
from ..contracts.requests import BatchIdPath, PipelineStartRequestV1

router = ProxyRouter(tags=["Pipelines"])


@router.operation(operations.START_PIPELINE)
async def start_pipeline(
    request: Request,
    path: BatchIdPath,
    body: JsonBody[PipelineStartRequestV1],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Start a pipeline.

    POST /v1/batches/{batch_id}/pipelines of batch_orchestrator
    (specs/batch_orchestrator.yaml:303).
    """
    return await forward(operations.START_PIPELINE, request, identity, body=body)
