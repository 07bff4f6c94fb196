"""Tests of identity/routers/users_routes.py."""

from __future__ import annotations

from proxygen.testing import Expected, JsonExample, OperationTests, RequestExample, ResponseExample

from ...identity import operations


class TestListUsers(OperationTests):
    """GET /v1/admin/users."""

    operation = operations.LIST_USERS
    expected = Expected(
        service="identity",
        method="GET",
        path="/v1/admin/users",
        downstream="/v1/admin/users",
        scopes=(("identity.users.read",),),
    )
    request = RequestExample(query="filter%5Bemail%5D=alice%40&filter%5Bstate%5D=active&limit=50")
    response = ResponseExample(
        status=200,
        body=JsonExample(
            media_type="application/json",
            value=[
                {
                    "user_id": "teacher-4711",
                    "email": "alice@skola.example",
                    "display_name": "Alice Andersson",
                    "org_id": "org-norrskolan",
                    "roles": ["teacher"],
                    "state": "active",
                    "last_login_at": "2026-03-02T07:58:00Z",
                }
            ],
        ),
    )
    declared = ("200", "401", "403", "422", "500")


class TestGetUser(OperationTests):
    """GET /v1/admin/users/{user_id}."""

    operation = operations.GET_USER
    expected = Expected(
        service="identity",
        method="GET",
        path="/v1/admin/users/{user_id}",
        downstream="/v1/admin/users/{user_id}",
        scopes=(("identity.users.read",),),
    )
    request = RequestExample(path={"user_id": "teacher-4711"})
    response = ResponseExample(
        status=200,
        headers={"etag": '"a41"'},
        body=JsonExample(
            media_type="application/json",
            value={
                "user_id": "teacher-4711",
                "email": "alice@skola.example",
                "display_name": "Alice Andersson",
                "org_id": "org-norrskolan",
                "roles": ["teacher"],
                "state": "active",
                "last_login_at": "2026-03-02T07:58:00Z",
            },
        ),
    )
    declared = ("200", "401", "403", "404", "500")


class TestUpdateUser(OperationTests):
    """PATCH /v1/admin/users/{user_id}."""

    operation = operations.UPDATE_USER
    expected = Expected(
        service="identity",
        method="PATCH",
        path="/v1/admin/users/{user_id}",
        downstream="/v1/admin/users/{user_id}",
        scopes=(("identity.users.read", "identity.users.write"),),
        headers=("if-match",),
    )
    request = RequestExample(
        path={"user_id": "teacher-4711"},
        headers={"if-match": '"a41"'},
        body=JsonExample(
            media_type="application/json",
            value={
                "display_name": "Alice Öberg",
                "roles": ["teacher", "school_admin"],
                "state": "active",
            },
        ),
    )
    response = ResponseExample(
        status=200,
        headers={"etag": '"a41"'},
        body=JsonExample(
            media_type="application/json",
            value={
                "user_id": "teacher-4711",
                "email": "alice@skola.example",
                "display_name": "Alice Öberg",
                "org_id": "org-norrskolan",
                "roles": ["teacher", "school_admin"],
                "state": "active",
                "last_login_at": "2026-03-02T07:58:00Z",
            },
        ),
    )
    declared = ("200", "401", "403", "404", "409", "412", "422", "500")


class TestDeleteUser(OperationTests):
    """DELETE /v1/admin/users/{user_id}."""

    operation = operations.DELETE_USER
    expected = Expected(
        service="identity",
        method="DELETE",
        path="/v1/admin/users/{user_id}",
        downstream="/v1/admin/users/{user_id}",
        scopes=(("identity.users.write",),),
    )
    request = RequestExample(path={"user_id": "teacher-4711"})
    response = ResponseExample(
        status=202,
        body=JsonExample(
            media_type="application/json",
            value={"user_id": "teacher-4711", "gone_on": "2026-04-01"},
        ),
    )
    declared = ("202", "401", "403", "404", "500")
