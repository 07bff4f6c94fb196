"""Tests of batch_orchestrator/routers/pipelines_routes.py."""

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


class TestStartPipeline(OperationTests):
    """POST /v1/batches/{batch_id}/pipelines."""

    operation = operations.START_PIPELINE
    expected = Expected(
        service="batch_orchestrator",
        method="POST",
        path="/v1/batches/{batch_id}/pipelines",
        downstream="/v1/batches/{batch_id}/pipelines",
        identity=(
            Filled(field="user_id", place="header", name="X-User-ID"),
            Filled(field="org_id", place="header", name="X-Org-ID", absent="omit"),
        ),
    )
    request = RequestExample(
        path={"batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11"},
        body=JsonExample(
            media_type="application/json",
            value={
                "kind": "comparative_judgement",
                "options": {"rounds": 12, "judge_model": None},
                "notify": True,
            },
        ),
    )
    response = ResponseExample(
        status=202,
        headers={
            "location": "/v1/batches/5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11",
            "retry-after": "15",
        },
        body=JsonExample(
            media_type="application/json",
            value={
                "pipeline_id": "77d3bd5a-5f0e-4f3b-9c86-0a5b0f2f6b90",
                "kind": "comparative_judgement",
                "state": "queued",
                "started_at": None,
            },
        ),
    )
    declared = ("202", "402", "404", "409", "422", "429", "503")
