"""What the edge decides about each operation of file_service."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import (
    Absent,
    Binding,
    Body,
    BodyKind,
    Content,
    IdentityField,
    Operation,
    Parameter,
    Part,
    Place,
    Shape,
    Timeouts,
)

LIST_FILES: Final = Operation(
    service="file_service",
    operation_id="listFiles",
    method="GET",
    edge_path="/v1/files",
    downstream_path="/file-service/v1/files",
    bindings=(Binding(field=IdentityField.USER_ID, place=Place.QUERY, name="user_id"),),
    query=(
        Parameter(name="batch_id"),
        Parameter(name="content_type", explode=False, shape=Shape(container="array")),
    ),
    timeouts=Timeouts(read=120.0, total=300.0),
    idempotent=True,
)

UPLOAD_BATCH_FILES: Final = Operation(
    service="file_service",
    operation_id="uploadBatchFiles",
    method="POST",
    edge_path="/v1/files/batch/{batch_id}",
    downstream_path="/file-service/v1/files/batch/{batch_id}",
    bindings=(
        Binding(field=IdentityField.USER_ID, place=Place.PART, name="user_id"),
        Binding(field=IdentityField.ORG_ID, place=Place.PART, name="org_id", absent=Absent.OMIT),
    ),
    path=(Parameter(name="batch_id", required=True, style="simple", explode=False),),
    body=Body(
        content=(
            Content(
                media_type="multipart/form-data",
                kind=BodyKind.MULTIPART,
                parts=(
                    Part(
                        name="files",
                        required=True,
                        repeated=True,
                        binary=True,
                        content_types=("application/pdf", "text/plain", "application/octet-stream"),
                    ),
                    Part(name="language"),
                    Part(name="student_ids", repeated=True, shape=Shape(container="array")),
                    Part(
                        name="metadata",
                        shape=Shape(types=(), container="json"),
                        content_types=("application/json",),
                    ),
                ),
            ),
        ),
        required=True,
    ),
    timeouts=Timeouts(write=60.0, read=120.0, total=300.0),
)

DOWNLOAD_FILE: Final = Operation(
    service="file_service",
    operation_id="downloadFile",
    method="GET",
    edge_path="/v1/files/{file_id}",
    downstream_path="/file-service/v1/files/{file_id}",
    path=(Parameter(name="file_id", required=True, style="simple", explode=False),),
    query=(Parameter(name="disposition"),),
    headers=(Parameter(name="Range", style="simple", explode=False),),
    request_headers=("range",),
    timeouts=Timeouts(read=120.0, total=300.0),
    idempotent=True,
)

INSPECT_FILE: Final = Operation(
    service="file_service",
    operation_id="inspectFile",
    method="HEAD",
    edge_path="/v1/files/{file_id}",
    downstream_path="/file-service/v1/files/{file_id}",
    path=(Parameter(name="file_id", required=True, style="simple", explode=False),),
    timeouts=Timeouts(read=120.0, total=300.0),
    idempotent=True,
)

DELETE_FILE: Final = Operation(
    service="file_service",
    operation_id="deleteFile",
    method="DELETE",
    edge_path="/v1/files/{file_id}",
    downstream_path="/file-service/v1/files/{file_id}",
    path=(Parameter(name="file_id", required=True, style="simple", explode=False),),
    timeouts=Timeouts(read=120.0, total=300.0),
    idempotent=True,
)

REPLACE_FILE_CONTENT: Final = Operation(
    service="file_service",
    operation_id="replaceFileContent",
    method="PUT",
    edge_path="/v1/files/{file_id}/content",
    downstream_path="/file-service/v1/files/{file_id}/content",
    path=(Parameter(name="file_id", required=True, style="simple", explode=False),),
    headers=(Parameter(name="X-Content-SHA256", style="simple", explode=False),),
    body=Body(
        content=(Content(media_type="application/octet-stream", kind=BodyKind.RAW),), required=True
    ),
    request_headers=("x-content-sha256",),
    timeouts=Timeouts(read=120.0, total=300.0),
    idempotent=True,
)

GET_FILE_PREVIEW: Final = Operation(
    service="file_service",
    operation_id="getFilePreview",
    method="GET",
    edge_path="/v1/files/{file_id}/preview",
    downstream_path="/file-service/v1/files/{file_id}/preview",
    path=(Parameter(name="file_id", required=True, style="simple", explode=False),),
    timeouts=Timeouts(read=120.0, total=300.0),
    idempotent=True,
)
