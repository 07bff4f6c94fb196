"""Tests of result_aggregator/routers/batches_routes.py."""

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

from ...result_aggregator import operations


class TestListUserBatches(OperationTests):
    """GET /v1/results/batches."""

    operation = operations.LIST_USER_BATCHES
    expected = Expected(
        service="result_aggregator",
        method="GET",
        path="/v1/results/batches",
        downstream="/internal/v1/batches/user/{user_id}",
        identity=(Filled(field="user_id", place="path", name="user_id"),),
        attempts=3,
    )
    request = RequestExample(query="status=completed&offset=0&limit=20")
    response = ResponseExample(
        status=200,
        body=JsonExample(
            media_type="application/json",
            value={
                "batches": [
                    {
                        "batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11",
                        "user_id": "teacher-4711",
                        "state": "completed",
                        "essay_count": 3,
                        "completed_essay_count": 3,
                        "failed_essay_count": 0,
                        "last_updated": "2026-03-02T10:00:00Z",
                    }
                ],
                "pagination": {"offset": 0, "limit": 20, "total": 1},
            },
        ),
    )
    declared = ("200", "401", "422", "500")


class TestGetBatchStatus(OperationTests):
    """GET /v1/results/batches/{batch_id}/status."""

    operation = operations.GET_BATCH_STATUS
    expected = Expected(
        service="result_aggregator",
        method="GET",
        path="/v1/results/batches/{batch_id}/status",
        downstream="/internal/v1/batches/{batch_id}/status",
        attempts=3,
    )
    request = RequestExample(path={"batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"})
    response = ResponseExample(
        status=200,
        headers={"cache-control": "no-cache"},
        body=JsonExample(
            media_type="application/json",
            value={
                "batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11",
                "user_id": "teacher-4711",
                "state": "processing",
                "essay_count": 3,
                "completed_essay_count": 1,
                "failed_essay_count": 0,
                "last_updated": "2026-03-02T09:12:00Z",
            },
        ),
    )
    declared = ("200", "401", "404", "429", "500")


class TestListBatchResults(OperationTests):
    """GET /v1/results/batches/{batch_id}/results."""

    operation = operations.LIST_BATCH_RESULTS
    expected = Expected(
        service="result_aggregator",
        method="GET",
        path="/v1/results/batches/{batch_id}/results",
        downstream="/internal/v1/batches/{batch_id}/results",
        attempts=3,
    )
    request = RequestExample(
        path={"batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"},
        query="kind=spellcheck&kind=ranking",
    )
    response = ResponseExample(
        status=200,
        body=JsonExample(
            media_type="application/json",
            value={
                "batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11",
                "results": [
                    {
                        "kind": "spellcheck",
                        "essay_id": "essay-001",
                        "corrections": 12,
                        "corrected_text_file": "file-01hqv4",
                    },
                    {
                        "kind": "ranking",
                        "essay_id": "essay-001",
                        "rank": 1,
                        "score": 0.8125,
                        "standard_error": None,
                    },
                    {
                        "kind": "feedback",
                        "essay_id": "essay-001",
                        "comments": [
                            {
                                "text": "A clear thesis.",
                                "replies": [{"text": "It could come earlier.", "replies": []}],
                            }
                        ],
                    },
                ],
            },
        ),
    )
    declared = ("200", "303", "401", "404", "422", "500")


class TestGetBatchReport(OperationTests):
    """GET /v1/results/batches/{batch_id}/report."""

    operation = operations.GET_BATCH_REPORT
    expected = Expected(
        service="result_aggregator",
        method="GET",
        path="/v1/results/batches/{batch_id}/report",
        downstream="/internal/v1/batches/{batch_id}/report",
        attempts=3,
    )
    request = RequestExample(path={"batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"})
    response = ResponseExample(
        status=200,
        headers={"content-disposition": 'attachment; filename="report.csv"'},
        body=RawExample(
            media_type="text/csv", content=b"essay_id,rank,score\nessay-001,1,0.8125\n"
        ),
    )
    declared = ("200", "202", "401", "404", "406", "500")
