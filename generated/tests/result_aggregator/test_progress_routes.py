"""Tests of result_aggregator/routers/progress_routes.py."""

from __future__ import annotations

from proxygen.testing import Expected, OperationTests, RawExample, RequestExample, ResponseExample

from ...result_aggregator import operations


class TestStreamBatchProgress(OperationTests):
    """GET /v1/results/batches/{batch_id}/events."""

    operation = operations.STREAM_BATCH_PROGRESS
    expected = Expected(
        service="result_aggregator",
        method="GET",
        path="/v1/results/batches/{batch_id}/events",
        downstream="/internal/v1/batches/{batch_id}/events",
        headers=("last-event-id",),
        attempts=3,
    )
    request = RequestExample(
        path={"batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"}, headers={"last-event-id": "17"}
    )
    response = ResponseExample(
        status=200,
        headers={"cache-control": "no-store"},
        body=RawExample(
            media_type="text/event-stream",
            content=(
                b"id: 18\nevent: progress\ndata: "
                b'{"completed_essay_count": 2}\n\nid: '
                b"19\nevent: finished\ndata: {}\n\n"
            ),
        ),
    )
    declared = ("200", "401", "404", "422", "500")
