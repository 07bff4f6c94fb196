"""Routes of file_service tagged Uploads (specs/file_service.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, MultipartBody, ProxyRouter, RawBody

from .. import operations
from ..contracts.requests import (
    ClientUploadBatchFilesForm,
    FileIdPath,
    ReplaceFileContentHeaders,
    UploadBatchFilesPath,
)

router = ProxyRouter(tags=["Uploads"])


@router.operation(operations.UPLOAD_BATCH_FILES)
async def upload_batch_files(
    request: Request,
    path: UploadBatchFilesPath,
    body: MultipartBody[ClientUploadBatchFilesForm],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Upload the essays of a batch.

    POST /v1/files/batch/{batch_id} of file_service (specs/file_service.yaml:24).
    """
    return await forward(operations.UPLOAD_BATCH_FILES, request, identity, body=body)


@router.operation(operations.REPLACE_FILE_CONTENT)
async def replace_file_content(
    request: Request,
    path: FileIdPath,
    headers: ReplaceFileContentHeaders,
    body: RawBody,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Replace the content of a file.

    PUT /v1/files/{file_id}/content of file_service (specs/file_service.yaml:280).
    """
    return await forward(operations.REPLACE_FILE_CONTENT, request, identity, body=body)
