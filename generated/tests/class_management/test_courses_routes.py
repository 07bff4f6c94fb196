"""Tests of class_management/routers/courses_routes.py."""

from __future__ import annotations

from proxygen.testing import Expected, JsonExample, OperationTests, RequestExample, ResponseExample

from ...class_management import operations


class TestListCourses(OperationTests):
    """GET /v1/courses."""

    operation = operations.LIST_COURSES
    expected = Expected(
        service="class_management",
        method="GET",
        path="/v1/courses",
        downstream="/v1/courses",
        auth="optional",
        attempts=3,
    )
    request = RequestExample(query="language=en")
    response = ResponseExample(
        status=200,
        headers={"cache-control": "private, max-age=300"},
        body=JsonExample(
            media_type="application/json",
            value=[
                {"code": "ENG5", "name": "Engelska 5", "language": "en", "points": 100},
                {"code": "SV1", "name": "Svenska 1", "language": "sv", "points": 100},
            ],
        ),
    )
    declared = ("200", "422", "500")
