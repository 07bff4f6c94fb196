"""What the edge decides about each operation of result_aggregator."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import (
    Binding,
    Body,
    BodyKind,
    Content,
    IdentityField,
    Operation,
    Parameter,
    Place,
    Shape,
)

LIST_USER_BATCHES: Final = Operation(
    service="result_aggregator",
    operation_id="listUserBatches",
    method="GET",
    edge_path="/v1/results/batches",
    downstream_path="/internal/v1/batches/user/{user_id}",
    bindings=(Binding(field=IdentityField.USER_ID, place=Place.PATH, name="user_id"),),
    query=(
        Parameter(name="status"),
        Parameter(name="offset", shape=Shape(types=("integer",))),
        Parameter(name="limit", shape=Shape(types=("integer",))),
    ),
    idempotent=True,
)

GET_BATCH_STATUS: Final = Operation(
    service="result_aggregator",
    operation_id="getBatchStatus",
    method="GET",
    edge_path="/v1/results/batches/{batch_id}/status",
    downstream_path="/internal/v1/batches/{batch_id}/status",
    path=(Parameter(name="batch_id", required=True, style="simple", explode=False),),
    idempotent=True,
)

LIST_BATCH_RESULTS: Final = Operation(
    service="result_aggregator",
    operation_id="listBatchResults",
    method="GET",
    edge_path="/v1/results/batches/{batch_id}/results",
    downstream_path="/internal/v1/batches/{batch_id}/results",
    path=(Parameter(name="batch_id", required=True, style="simple", explode=False),),
    query=(Parameter(name="kind", shape=Shape(container="array")),),
    idempotent=True,
)

GET_BATCH_REPORT: Final = Operation(
    service="result_aggregator",
    operation_id="getBatchReport",
    method="GET",
    edge_path="/v1/results/batches/{batch_id}/report",
    downstream_path="/internal/v1/batches/{batch_id}/report",
    path=(Parameter(name="batch_id", required=True, style="simple", explode=False),),
    idempotent=True,
)

STREAM_BATCH_PROGRESS: Final = Operation(
    service="result_aggregator",
    operation_id="streamBatchProgress",
    method="GET",
    edge_path="/v1/results/batches/{batch_id}/events",
    downstream_path="/internal/v1/batches/{batch_id}/events",
    path=(Parameter(name="batch_id", required=True, style="simple", explode=False),),
    headers=(Parameter(name="Last-Event-ID", style="simple", explode=False),),
    request_headers=("last-event-id",),
    idempotent=True,
    event_stream=True,
)

ADD_ANNOTATION: Final = Operation(
    service="result_aggregator",
    operation_id="addAnnotation",
    method="POST",
    edge_path="/v1/results/batches/{batch_id}/essays/{essay_id}/annotations",
    downstream_path="/internal/v1/batches/{batch_id}/essays/{essay_id}/annotations",
    bindings=(Binding(field=IdentityField.USER_ID, place=Place.BODY, name="/context/user_id"),),
    path=(
        Parameter(name="batch_id", required=True, style="simple", explode=False),
        Parameter(name="essay_id", required=True, style="simple", explode=False),
    ),
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
)
