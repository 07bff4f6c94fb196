"""Tests of batch_orchestrator/routers/batches_routes.py."""

from __future__ import annotations

from proxygen.testing import (
    Expected,
    Filled,
    JsonExample,
    OperationTests,
    RequestExample,
    ResponseExample,
)

from ...batch_orchestrator import operations


class TestListBatches(OperationTests):
    """GET /v1/batches."""

    operation = operations.LIST_BATCHES
    expected = Expected(
        service="batch_orchestrator",
        method="GET",
        path="/v1/batches",
        downstream="/v1/batches",
        identity=(Filled(field="user_id", place="query", name="owner_id"),),
        attempts=3,
        on_client_value="replace",
    )
    request = RequestExample(
        query=(
            "status=ready&status=processing&course_code=ENG5,ENG6&"
            "registered%5Bafter%5D=2026-01-01&registered%5Bbefore%5D=2026-07-01&limit=20&"
            "cursor=eyJvIjoyMH0"
        )
    )
    response = ResponseExample(
        status=200,
        headers={"link": '</v1/batches?cursor=eyJvIjoyMH0>; rel="next"'},
        body=JsonExample(
            media_type="application/json",
            value={
                "items": [
                    {
                        "batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11",
                        "user_id": "teacher-4711",
                        "org_id": "org-norrskolan",
                        "status": "ready",
                        "course_code": "ENG6",
                        "class_id": "9a-2026",
                        "expected_essay_count": 3,
                        "received_essay_count": 3,
                        "registered_at": "2026-03-02T08:15:00Z",
                    }
                ],
                "next_cursor": "eyJvIjoyMH0",
            },
        ),
    )
    declared = ("200", "400", "422", "500")


class TestRegisterBatch(OperationTests):
    """POST /v1/batches/register."""

    operation = operations.REGISTER_BATCH
    expected = Expected(
        service="batch_orchestrator",
        method="POST",
        path="/v1/batches/register",
        downstream="/v1/batches/register",
        identity=(
            Filled(field="user_id", place="body", name="/user_id"),
            Filled(field="org_id", place="body", name="/org_id", absent="null"),
            Filled(field="user_id", place="body", name="/prompt/owner_id"),
        ),
    )
    request = RequestExample(
        body=JsonExample(
            media_type="application/json",
            value={
                "expected_essay_count": 3,
                "essay_ids": ["essay-001", "essay-002", "essay-003"],
                "course_code": "ENG6",
                "class_id": "9a-2026",
                "max_score": 20.5,
                "prompt": {
                    "title": "The city of the future",
                    "text": (
                        "Describe a city in the year 2100 and argue for or against living in it."
                    ),
                    "language": "en",
                },
                "labels": {"term": "spring"},
            },
        )
    )
    response = ResponseExample(
        status=201,
        headers={
            "location": "/v1/batches/5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11",
            "x-correlation-id": "3f6f3a0e-2c3c-4d8e-8f57-0d8f4d1f7c55",
        },
        body=JsonExample(
            media_type="application/json",
            value={
                "batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11",
                "status": "awaiting_content",
                "registered_at": "2026-03-02T08:15:00Z",
            },
        ),
    )
    declared = ("201", "400", "409", "422", "429", "500")


class TestGetBatch(OperationTests):
    """GET /v1/batches/{batch_id}."""

    operation = operations.GET_BATCH
    expected = Expected(
        service="batch_orchestrator",
        method="GET",
        path="/v1/batches/{batch_id}",
        downstream="/v1/batches/{batch_id}",
        attempts=3,
    )
    request = RequestExample(path={"batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"})
    response = ResponseExample(
        status=200,
        headers={"etag": '"7"'},
        body=JsonExample(
            media_type="application/json",
            value={
                "batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11",
                "user_id": "teacher-4711",
                "org_id": None,
                "status": "processing",
                "course_code": "ENG6",
                "class_id": "9a-2026",
                "expected_essay_count": 3,
                "received_essay_count": 3,
                "registered_at": "2026-03-02T08:15:00Z",
                "essay_ids": ["essay-001", "essay-002", "essay-003"],
                "prompt": {
                    "owner_id": "teacher-4711",
                    "title": "The city of the future",
                    "text": (
                        "Describe a city in the year 2100 and argue for or against living in it."
                    ),
                    "language": "en",
                },
                "pipelines": [
                    {
                        "pipeline_id": "77d3bd5a-5f0e-4f3b-9c86-0a5b0f2f6b90",
                        "kind": "comparative_judgement",
                        "state": "running",
                        "started_at": "2026-03-02T09:00:00Z",
                    }
                ],
            },
        ),
    )
    declared = ("200", "304", "404", "500")


class TestAmendBatchPrompt(OperationTests):
    """PATCH /v1/batches/{batch_id}/prompt."""

    operation = operations.AMEND_BATCH_PROMPT
    expected = Expected(
        service="batch_orchestrator",
        method="PATCH",
        path="/v1/batches/{batch_id}/prompt",
        downstream="/v1/batches/{batch_id}/prompt",
        identity=(
            Filled(field="user_id", place="body", name="/editor/user_id"),
            Filled(field="org_id", place="body", name="/editor/org_id", absent="omit"),
        ),
    )
    request = RequestExample(
        path={"batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"},
        body=JsonExample(
            media_type="application/json",
            value={
                "text": ("Describe a city in the year 2120 and argue for or against living in it."),
                "editor": {"note": "The year was a typing error."},
            },
        ),
    )
    response = ResponseExample(
        status=200,
        body=JsonExample(
            media_type="application/json",
            value={
                "owner_id": "teacher-4711",
                "title": "The city of the future",
                "text": ("Describe a city in the year 2120 and argue for or against living in it."),
                "language": "en",
            },
        ),
    )
    declared = ("200", "404", "409", "422", "500")


class TestCancelBatch(OperationTests):
    """POST /v1/batches/{batch_id}/cancel."""

    operation = operations.CANCEL_BATCH
    expected = Expected(
        service="batch_orchestrator",
        method="POST",
        path="/v1/batches/{batch_id}/cancel",
        downstream="/v1/batches/{batch_id}/cancel",
        headers=("idempotency-key",),
        attempts=2,
    )
    request = RequestExample(
        path={"batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"},
        headers={"idempotency-key": "4f0d9b1c-cancel-1"},
        body=JsonExample(
            media_type="application/json",
            value={"reason": "duplicate", "comment": "Registered twice by mistake."},
        ),
    )
    response = ResponseExample(
        status=200,
        body=JsonExample(
            media_type="application/json",
            value={
                "batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11",
                "user_id": "teacher-4711",
                "org_id": "org-norrskolan",
                "status": "cancelled",
                "course_code": "ENG6",
                "expected_essay_count": 3,
                "received_essay_count": 2,
                "registered_at": "2026-03-02T08:15:00Z",
            },
        ),
    )
    declared = ("200", "404", "409", "422", "500")
