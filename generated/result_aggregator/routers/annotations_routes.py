"""Routes of result_aggregator tagged Annotations (specs/result_aggregator.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, JsonBody, ProxyRouter

from .. import operations
from ..contracts.requests import AddAnnotationPath, ClientAnnotationRequest

router = ProxyRouter(tags=["Annotations"])


@router.operation(operations.ADD_ANNOTATION)
async def add_annotation(
    request: Request,
    path: AddAnnotationPath,
    body: JsonBody[ClientAnnotationRequest],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Annotate the result of an essay.

    POST /v1/results/batches/{batch_id}/essays/{essay_id}/annotations of result_aggregator
    (specs/result_aggregator.yaml:327).
    """
    return await forward(operations.ADD_ANNOTATION, request, identity, body=body)
