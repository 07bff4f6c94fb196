"""Tests of class_management/routers/students_routes.py."""

from __future__ import annotations

from proxygen.testing import Expected, JsonExample, OperationTests, RequestExample, ResponseExample

from ...class_management import operations


class TestListStudents(OperationTests):
    """GET /v1/classes/{class_id}/students."""

    operation = operations.LIST_STUDENTS
    expected = Expected(
        service="class_management",
        method="GET",
        path="/v1/classes/{class_id}/students",
        downstream="/v1/classes/{class_id}/students",
        attempts=3,
    )
    request = RequestExample(path={"class_id": "9a-2026"}, query="enrolment=enrolled,invited")
    response = ResponseExample(
        status=200,
        body=JsonExample(
            media_type="application/json",
            value=[
                {
                    "id": "6a0f5f0e-27a3-4b0e-9d55-2f1d1c1b7e01",
                    "given_name": "Astrid",
                    "family_name": "Öberg",
                    "email": "astrid.oberg@elev.example",
                    "user_id": "student-2001",
                    "enrolment": "enrolled",
                    "special_needs": None,
                    "created_at": "2026-01-09T09:00:00Z",
                    "updated_at": None,
                }
            ],
        ),
    )
    declared = ("200", "401", "404", "422", "500")


class TestAddStudent(OperationTests):
    """POST /v1/classes/{class_id}/students."""

    operation = operations.ADD_STUDENT
    expected = Expected(
        service="class_management",
        method="POST",
        path="/v1/classes/{class_id}/students",
        downstream="/v1/classes/{class_id}/students",
    )
    request = RequestExample(
        path={"class_id": "9a-2026"},
        body=JsonExample(
            media_type="application/json",
            value={
                "given_name": "Astrid",
                "family_name": "Öberg",
                "email": "astrid.oberg@elev.example",
                "user_id": "student-2001",
                "enrolment": "enrolled",
                "special_needs": None,
            },
        ),
    )
    response = ResponseExample(
        status=201,
        headers={
            "location": "/v1/classes/9a-2026/students/6a0f5f0e-27a3-4b0e-9d55-2f1d1c1b7e01",
            "etag": '"v7"',
        },
        body=JsonExample(
            media_type="application/json",
            value={
                "id": "6a0f5f0e-27a3-4b0e-9d55-2f1d1c1b7e01",
                "given_name": "Astrid",
                "family_name": "Öberg",
                "email": "astrid.oberg@elev.example",
                "user_id": "student-2001",
                "enrolment": "enrolled",
                "special_needs": None,
                "created_at": "2026-01-09T09:00:00Z",
                "updated_at": None,
            },
        ),
    )
    declared = ("201", "401", "404", "409", "422", "500")


class TestGetStudent(OperationTests):
    """GET /v1/classes/{class_id}/students/{student_id}."""

    operation = operations.GET_STUDENT
    expected = Expected(
        service="class_management",
        method="GET",
        path="/v1/classes/{class_id}/students/{student_id}",
        downstream="/v1/classes/{class_id}/students/{student_id}",
        attempts=3,
    )
    request = RequestExample(
        path={"class_id": "9a-2026", "student_id": "6a0f5f0e-27a3-4b0e-9d55-2f1d1c1b7e01"}
    )
    response = ResponseExample(
        status=200,
        headers={"etag": '"v7"'},
        body=JsonExample(
            media_type="application/json",
            value={
                "id": "6a0f5f0e-27a3-4b0e-9d55-2f1d1c1b7e01",
                "given_name": "Astrid",
                "family_name": "Öberg",
                "email": "astrid.oberg@elev.example",
                "user_id": "student-2001",
                "enrolment": "enrolled",
                "special_needs": None,
                "created_at": "2026-01-09T09:00:00Z",
                "updated_at": None,
            },
        ),
    )
    declared = ("200", "401", "404", "500")


class TestUpdateStudent(OperationTests):
    """PATCH /v1/classes/{class_id}/students/{student_id}."""

    operation = operations.UPDATE_STUDENT
    expected = Expected(
        service="class_management",
        method="PATCH",
        path="/v1/classes/{class_id}/students/{student_id}",
        downstream="/v1/classes/{class_id}/students/{student_id}",
        headers=("if-match",),
    )
    request = RequestExample(
        path={"class_id": "9a-2026", "student_id": "6a0f5f0e-27a3-4b0e-9d55-2f1d1c1b7e01"},
        headers={"if-match": '"v7"'},
        body=JsonExample(
            media_type="application/json", value={"enrolment": "left", "special_needs": None}
        ),
    )
    response = ResponseExample(
        status=200,
        headers={"etag": '"v7"'},
        body=JsonExample(
            media_type="application/json",
            value={
                "id": "6a0f5f0e-27a3-4b0e-9d55-2f1d1c1b7e01",
                "given_name": "Astrid",
                "family_name": "Öberg",
                "email": "astrid.oberg@elev.example",
                "user_id": "student-2001",
                "enrolment": "left",
                "special_needs": None,
                "created_at": "2026-01-09T09:00:00Z",
                "updated_at": "2026-04-01T10:30:00Z",
            },
        ),
    )
    declared = ("200", "401", "404", "412", "422", "428", "500")


class TestRemoveStudent(OperationTests):
    """DELETE /v1/classes/{class_id}/students/{student_id}."""

    operation = operations.REMOVE_STUDENT
    expected = Expected(
        service="class_management",
        method="DELETE",
        path="/v1/classes/{class_id}/students/{student_id}",
        downstream="/v1/classes/{class_id}/students/{student_id}",
        attempts=3,
    )
    request = RequestExample(
        path={"class_id": "9a-2026", "student_id": "6a0f5f0e-27a3-4b0e-9d55-2f1d1c1b7e01"}
    )
    response = ResponseExample(status=204)
    declared = ("204", "401", "404", "500")
