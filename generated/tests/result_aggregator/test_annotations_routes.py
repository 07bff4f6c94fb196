"""Tests of result_aggregator/routers/annotations_routes.py."""

from __future__ import annotations

from proxygen.testing import (
    Expected,
    Filled,
    JsonExample,
    OperationTests,
    RequestExample,
    ResponseExample,
)

from ...result_aggregator import operations


class TestAddAnnotation(OperationTests):
    """POST /v1/results/batches/{batch_id}/essays/{essay_id}/annotations."""

    operation = operations.ADD_ANNOTATION
    expected = Expected(
        service="result_aggregator",
        method="POST",
        path="/v1/results/batches/{batch_id}/essays/{essay_id}/annotations",
        downstream="/internal/v1/batches/{batch_id}/essays/{essay_id}/annotations",
        identity=(Filled(field="user_id", place="body", name="/context/user_id"),),
    )
    request = RequestExample(
        path={"batch_id": "5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11", "essay_id": "essay-001"},
        body=JsonExample(
            media_type="application/json",
            value={
                "context": {"client": "web"},
                "annotation": {
                    "type": "comment",
                    "text": "Talk to Astrid about her sources.",
                    "visible_to_student": False,
                },
            },
        ),
    )
    response = ResponseExample(
        status=201,
        headers={"location": "/internal/v1/batches/5b1f0c5e-8a45-4d0b-9f0e-3c1f6c0f7a11/results"},
        body=JsonExample(
            media_type="application/json",
            value={
                "annotation_id": "2f7c3c0c-6f57-4c1c-8d3e-9a1a0b8c4d10",
                "author": "teacher-4711",
                "annotation": {
                    "type": "comment",
                    "text": "Talk to Astrid about her sources.",
                    "visible_to_student": False,
                },
            },
        ),
    )
    declared = ("201", "401", "404", "409", "422", "500")
