"""What the edge decides about each operation of batch_orchestrator."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import (
    Absent,
    AbsentParent,
    Binding,
    Body,
    BodyKind,
    Content,
    IdentityField,
    OnClientValue,
    Operation,
    Parameter,
    Place,
    Retry,
    Shape,
    Timeouts,
)

LIST_BATCHES: Final = Operation(
    service="batch_orchestrator",
    operation_id="listBatches",
    method="GET",
    edge_path="/v1/batches",
    downstream_path="/v1/batches",
    bindings=(Binding(field=IdentityField.USER_ID, place=Place.QUERY, name="owner_id"),),
    query=(
        Parameter(name="status", shape=Shape(container="array")),
        Parameter(name="course_code", explode=False, shape=Shape(container="array")),
        Parameter(
            name="registered",
            style="deepObject",
            shape=Shape(
                container="object", properties=(("after", ("string",)), ("before", ("string",)))
            ),
        ),
        Parameter(name="limit", shape=Shape(types=("integer",))),
        Parameter(name="cursor"),
    ),
    idempotent=True,
    on_client_value=OnClientValue.REPLACE,
)

REGISTER_BATCH: Final = Operation(
    service="batch_orchestrator",
    operation_id="registerBatch",
    method="POST",
    edge_path="/v1/batches/register",
    downstream_path="/v1/batches/register",
    bindings=(
        Binding(field=IdentityField.USER_ID, place=Place.BODY, name="/user_id"),
        Binding(field=IdentityField.ORG_ID, place=Place.BODY, name="/org_id", absent=Absent.NULL),
        Binding(field=IdentityField.USER_ID, place=Place.BODY, name="/prompt/owner_id"),
    ),
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
    timeouts=Timeouts(total=10.0),
)

GET_BATCH: Final = Operation(
    service="batch_orchestrator",
    operation_id="getBatch",
    method="GET",
    edge_path="/v1/batches/{batch_id}",
    downstream_path="/v1/batches/{batch_id}",
    path=(Parameter(name="batch_id", required=True, style="simple", explode=False),),
    idempotent=True,
)

AMEND_BATCH_PROMPT: Final = Operation(
    service="batch_orchestrator",
    operation_id="amendBatchPrompt",
    method="PATCH",
    edge_path="/v1/batches/{batch_id}/prompt",
    downstream_path="/v1/batches/{batch_id}/prompt",
    bindings=(
        Binding(
            field=IdentityField.USER_ID,
            place=Place.BODY,
            name="/editor/user_id",
            absent_parent=AbsentParent.SKIP,
        ),
        Binding(
            field=IdentityField.ORG_ID,
            place=Place.BODY,
            name="/editor/org_id",
            absent=Absent.OMIT,
            absent_parent=AbsentParent.SKIP,
        ),
    ),
    path=(Parameter(name="batch_id", required=True, style="simple", explode=False),),
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
)

START_PIPELINE: Final = Operation(
    service="batch_orchestrator",
    operation_id="startPipeline",
    method="POST",
    edge_path="/v1/batches/{batch_id}/pipelines",
    downstream_path="/v1/batches/{batch_id}/pipelines",
    bindings=(
        Binding(field=IdentityField.USER_ID, place=Place.HEADER, name="X-User-ID"),
        Binding(
            field=IdentityField.ORG_ID, place=Place.HEADER, name="X-Org-ID", absent=Absent.OMIT
        ),
    ),
    path=(Parameter(name="batch_id", required=True, style="simple", explode=False),),
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
)

CANCEL_BATCH: Final = Operation(
    service="batch_orchestrator",
    operation_id="cancelBatch",
    method="POST",
    edge_path="/v1/batches/{batch_id}/cancel",
    downstream_path="/v1/batches/{batch_id}/cancel",
    path=(Parameter(name="batch_id", required=True, style="simple", explode=False),),
    headers=(Parameter(name="Idempotency-Key", required=True, style="simple", explode=False),),
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),)),
    request_headers=("idempotency-key",),
    retry=Retry(attempts=1),
    idempotent=True,
)
