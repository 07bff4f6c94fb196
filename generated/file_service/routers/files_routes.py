"""Routes of file_service tagged Files (specs/file_service.yaml).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, ProxyRouter

from .. import operations
from ..contracts.requests import DownloadFileHeaders, DownloadFileQuery, FileIdPath, ListFilesQuery

router = ProxyRouter(tags=["Files"])


@router.operation(operations.LIST_FILES)
async def list_files(
    request: Request,
    query: ListFilesQuery,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """List files.

    GET /v1/files of file_service (specs/file_service.yaml:124).
    """
    return await forward(operations.LIST_FILES, request, identity)


@router.operation(operations.DOWNLOAD_FILE)
async def download_file(
    request: Request,
    path: FileIdPath,
    query: DownloadFileQuery,
    headers: DownloadFileHeaders,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Download a file.

    GET /v1/files/{file_id} of file_service (specs/file_service.yaml:181).
    """
    return await forward(operations.DOWNLOAD_FILE, request, identity)


@router.operation(operations.INSPECT_FILE)
async def inspect_file(
    request: Request,
    path: FileIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Ask for a file without its content.

    HEAD /v1/files/{file_id} of file_service (specs/file_service.yaml:240).
    """
    return await forward(operations.INSPECT_FILE, request, identity)


@router.operation(operations.DELETE_FILE)
async def delete_file(
    request: Request,
    path: FileIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Delete a file.

    DELETE /v1/files/{file_id} of file_service (specs/file_service.yaml:256).
    """
    return await forward(operations.DELETE_FILE, request, identity)


@router.operation(operations.GET_FILE_PREVIEW)
async def get_file_preview(
    request: Request,
    path: FileIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Go to the preview of a file.

    GET /v1/files/{file_id}/preview of file_service (specs/file_service.yaml:334).
    """
    return await forward(operations.GET_FILE_PREVIEW, request, identity)
