"""Tests of file_service/routers/uploads_routes.py."""

from __future__ import annotations

from proxygen.testing import (
    Expected,
    Filled,
    JsonExample,
    MultipartExample,
    OperationTests,
    PartExample,
    RawExample,
    RequestExample,
    ResponseExample,
)

from ...file_service import operations


class TestUploadBatchFiles(OperationTests):
    """POST /v1/files/batch/{batch_id}."""

    operation = operations.UPLOAD_BATCH_FILES
    expected = Expected(
        service="file_service",
        method="POST",
        path="/v1/files/batch/{batch_id}",
        downstream="/file-service/v1/files/batch/{batch_id}",
        identity=(
            Filled(field="user_id", place="part", name="user_id"),
            Filled(field="org_id", place="part", name="org_id", absent="omit"),
        ),
    )
    request = RequestExample(
        path={"batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"},
        body=MultipartExample(
            media_type="multipart/form-data",
            parts=(
                PartExample(
                    name="files",
                    content=b"The city of the future, by Astrid",
                    filename="example.bin",
                    content_type="application/pdf",
                ),
                PartExample(
                    name="files",
                    content=b"The city of the future, by Bj\xc3\xb6rn",
                    filename="example.bin",
                    content_type="application/pdf",
                ),
                PartExample(name="language", content=b"en"),
                PartExample(name="student_ids", content=b"student-2001"),
                PartExample(name="student_ids", content=b"student-2002"),
                PartExample(
                    name="metadata",
                    content=b'{"source":"scanner","pages":2}',
                    content_type="application/json",
                ),
            ),
        ),
    )
    response = ResponseExample(
        status=201,
        body=JsonExample(
            media_type="application/json",
            value={
                "batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11",
                "accepted": [
                    {
                        "file_id": "file-01hqv3",
                        "filename": "astrid.txt",
                        "content_type": "text/plain",
                        "size": 33,
                        "checksum": (
                            "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
                        ),
                        "user_id": "teacher-4711",
                        "uploaded_at": "2026-03-02T08:20:00Z",
                    }
                ],
                "rejected": [{"filename": "bjorn.exe", "reason": "content_type_not_allowed"}],
            },
        ),
    )
    declared = ("201", "404", "409", "413", "422", "429", "500")


class TestReplaceFileContent(OperationTests):
    """PUT /v1/files/{file_id}/content."""

    operation = operations.REPLACE_FILE_CONTENT
    expected = Expected(
        service="file_service",
        method="PUT",
        path="/v1/files/{file_id}/content",
        downstream="/file-service/v1/files/{file_id}/content",
        headers=("x-content-sha256",),
    )
    request = RequestExample(
        path={"file_id": "file-01hqv3"},
        headers={
            "x-content-sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
        },
        body=RawExample(
            media_type="application/octet-stream", content=b"The city of the past, by Astrid"
        ),
    )
    response = ResponseExample(status=204, headers={"etag": '"2c26b46b"'})
    declared = ("204", "404", "412", "415", "422", "500")
