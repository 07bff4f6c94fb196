"""Tests of class_management/routers/classes_routes.py."""

from __future__ import annotations

from proxygen.testing import (
    Expected,
    Filled,
    JsonExample,
    OperationTests,
    RequestExample,
    ResponseExample,
)

from ...class_management import operations


class TestListClasses(OperationTests):
    """GET /v1/classes."""

    operation = operations.LIST_CLASSES
    expected = Expected(
        service="class_management",
        method="GET",
        path="/v1/classes",
        downstream="/v1/classes",
        identity=(
            Filled(field="user_id", place="query", name="owner_id"),
            Filled(field="org_id", place="query", name="org_id", absent="omit"),
        ),
        attempts=3,
    )
    request = RequestExample(query="state=active&grade=9&grade=10&sort=-created_at")
    response = ResponseExample(
        status=200,
        body=JsonExample(
            media_type="application/json",
            value={
                "items": [
                    {
                        "id": "9a-2026",
                        "name": "9A",
                        "grade": 9,
                        "state": "active",
                        "course_code": "ENG5",
                        "description": None,
                        "owner_id": "teacher-4711",
                        "org_id": "org-norrskolan",
                        "student_count": 24,
                        "created_at": "2026-01-08T07:30:00Z",
                        "updated_at": None,
                    }
                ],
                "total": 1,
            },
        ),
    )
    declared = ("200", "401", "422", "500")


class TestCreateClass(OperationTests):
    """POST /v1/classes."""

    operation = operations.CREATE_CLASS
    expected = Expected(
        service="class_management",
        method="POST",
        path="/v1/classes",
        downstream="/v1/classes",
        identity=(
            Filled(field="user_id", place="body", name="/owner_id"),
            Filled(field="org_id", place="body", name="/org_id", absent="null"),
        ),
    )
    request = RequestExample(
        body=JsonExample(
            media_type="application/json",
            value={"name": "9A", "grade": 9, "course_code": "ENG5", "description": "Room B204"},
        )
    )
    response = ResponseExample(
        status=201,
        headers={"location": "/v1/classes/9a-2026", "etag": '"v7"'},
        body=JsonExample(
            media_type="application/json",
            value={
                "id": "9a-2026",
                "name": "9A",
                "grade": 9,
                "state": "active",
                "course_code": "ENG5",
                "description": "Room B204",
                "owner_id": "teacher-4711",
                "org_id": "org-norrskolan",
                "student_count": 0,
                "created_at": "2026-01-08T07:30:00Z",
                "updated_at": None,
            },
        ),
    )
    declared = ("201", "401", "409", "422", "500")


class TestGetClass(OperationTests):
    """GET /v1/classes/{class_id}."""

    operation = operations.GET_CLASS
    expected = Expected(
        service="class_management",
        method="GET",
        path="/v1/classes/{class_id}",
        downstream="/v1/classes/{class_id}",
        attempts=3,
    )
    request = RequestExample(path={"class_id": "9a-2026"})
    response = ResponseExample(
        status=200,
        headers={"etag": '"v7"', "last-modified": "Mon, 02 Mar 2026 08:15:00 GMT"},
        body=JsonExample(
            media_type="application/json",
            value={
                "id": "9a-2026",
                "name": "9A",
                "grade": 9,
                "state": "active",
                "course_code": "ENG5",
                "description": "Room B204",
                "owner_id": "teacher-4711",
                "org_id": "org-norrskolan",
                "student_count": 0,
                "created_at": "2026-01-08T07:30:00Z",
                "updated_at": None,
            },
        ),
    )
    declared = ("200", "304", "401", "404", "500")


class TestReplaceClass(OperationTests):
    """PUT /v1/classes/{class_id}."""

    operation = operations.REPLACE_CLASS
    expected = Expected(
        service="class_management",
        method="PUT",
        path="/v1/classes/{class_id}",
        downstream="/v1/classes/{class_id}",
        headers=("if-match",),
        attempts=3,
    )
    request = RequestExample(
        path={"class_id": "9a-2026"},
        headers={"if-match": '"v7"'},
        body=JsonExample(
            media_type="application/json",
            value={
                "name": "9A English",
                "grade": 9,
                "state": "archived",
                "course_code": "ENG5",
                "description": None,
            },
        ),
    )
    response = ResponseExample(
        status=200,
        headers={"etag": '"v7"'},
        body=JsonExample(
            media_type="application/json",
            value={
                "id": "9a-2026",
                "name": "9A English",
                "grade": 9,
                "state": "archived",
                "course_code": "ENG5",
                "description": None,
                "owner_id": "teacher-4711",
                "org_id": "org-norrskolan",
                "student_count": 24,
                "created_at": "2026-01-08T07:30:00Z",
                "updated_at": "2026-06-12T14:00:00Z",
            },
        ),
    )
    declared = ("200", "401", "404", "409", "412", "422", "428", "500")


class TestDeleteClass(OperationTests):
    """DELETE /v1/classes/{class_id}."""

    operation = operations.DELETE_CLASS
    expected = Expected(
        service="class_management",
        method="DELETE",
        path="/v1/classes/{class_id}",
        downstream="/v1/classes/{class_id}",
        headers=("if-match",),
        attempts=3,
    )
    request = RequestExample(path={"class_id": "9a-2026"}, headers={"if-match": '"v7"'})
    response = ResponseExample(status=204)
    declared = ("204", "401", "404", "409", "412", "428", "500")


class TestGetClassAdministration(OperationTests):
    """GET /v1/classes/{class_id}/admin."""

    operation = operations.GET_CLASS_ADMINISTRATION
    expected = Expected(
        service="class_management",
        method="GET",
        path="/v1/classes/{class_id}/admin",
        downstream="/v1/classes/{class_id}/admin",
        scopes=(("classes.admin",),),
        attempts=3,
    )
    request = RequestExample(path={"class_id": "9a-2026"})
    response = ResponseExample(
        status=200,
        body=JsonExample(
            media_type="application/json",
            value={
                "class_id": "9a-2026",
                "cost_centre": "3410",
                "retention_until": "2028-06-30",
                "locked": False,
            },
        ),
    )
    declared = ("200", "401", "403", "404", "500")
