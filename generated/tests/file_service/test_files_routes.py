"""Tests of file_service/routers/files_routes.py."""

from __future__ import annotations

from proxygen.testing import (
    Expected,
    Filled,
    JsonExample,
    OperationTests,
    RawExample,
    RequestExample,
    ResponseExample,
)

from ...file_service import operations


class TestListFiles(OperationTests):
    """GET /v1/files."""

    operation = operations.LIST_FILES
    expected = Expected(
        service="file_service",
        method="GET",
        path="/v1/files",
        downstream="/file-service/v1/files",
        identity=(Filled(field="user_id", place="query", name="user_id"),),
        attempts=3,
    )
    request = RequestExample(
        query=(
            "batch_id=5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11&"
            "content_type=application%2Fpdf,text%2Fplain"
        )
    )
    response = ResponseExample(
        status=200,
        body=JsonExample(
            media_type="application/json",
            value=[
                {
                    "file_id": "file-01hqv3",
                    "filename": "astrid.txt",
                    "content_type": "text/plain",
                    "size": 33,
                    "checksum": None,
                    "user_id": "teacher-4711",
                    "uploaded_at": "2026-03-02T08:20:00Z",
                }
            ],
        ),
    )
    declared = ("200", "422", "500")


class TestDownloadFile(OperationTests):
    """GET /v1/files/{file_id}."""

    operation = operations.DOWNLOAD_FILE
    expected = Expected(
        service="file_service",
        method="GET",
        path="/v1/files/{file_id}",
        downstream="/file-service/v1/files/{file_id}",
        headers=("range",),
        attempts=3,
    )
    request = RequestExample(
        path={"file_id": "file-01hqv3"}, query="disposition=inline", headers={"range": "bytes=0-7"}
    )
    response = ResponseExample(
        status=200,
        headers={
            "content-disposition": 'attachment; filename="astrid.txt"',
            "accept-ranges": "bytes",
            "etag": '"2c26b46b"',
        },
        body=RawExample(
            media_type="application/octet-stream", content=b"The city of the future, by Astrid"
        ),
    )
    declared = ("200", "206", "304", "404", "416", "500")


class TestInspectFile(OperationTests):
    """HEAD /v1/files/{file_id}."""

    operation = operations.INSPECT_FILE
    expected = Expected(
        service="file_service",
        method="HEAD",
        path="/v1/files/{file_id}",
        downstream="/file-service/v1/files/{file_id}",
        attempts=3,
    )
    request = RequestExample(path={"file_id": "file-01hqv3"})
    response = ResponseExample(
        status=200,
        headers={
            "content-disposition": 'attachment; filename="astrid.txt"',
            "accept-ranges": "bytes",
            "etag": '"2c26b46b"',
        },
    )
    declared = ("200", "404")


class TestDeleteFile(OperationTests):
    """DELETE /v1/files/{file_id}."""

    operation = operations.DELETE_FILE
    expected = Expected(
        service="file_service",
        method="DELETE",
        path="/v1/files/{file_id}",
        downstream="/file-service/v1/files/{file_id}",
        attempts=3,
    )
    request = RequestExample(path={"file_id": "file-01hqv3"})
    response = ResponseExample(status=204)
    declared = ("204", "404", "409", "500")


class TestGetFilePreview(OperationTests):
    """GET /v1/files/{file_id}/preview."""

    operation = operations.GET_FILE_PREVIEW
    expected = Expected(
        service="file_service",
        method="GET",
        path="/v1/files/{file_id}/preview",
        downstream="/file-service/v1/files/{file_id}/preview",
        attempts=3,
    )
    request = RequestExample(path={"file_id": "file-01hqv3"})
    declared = ("302", "404", "500")
