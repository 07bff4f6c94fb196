"""Tests of identity/routers/audit_routes.py."""

from __future__ import annotations

from proxygen.testing import Expected, JsonExample, OperationTests, RequestExample, ResponseExample

from ...identity import operations


class TestListAuditEvents(OperationTests):
    """GET /v1/admin/audit-events."""

    operation = operations.LIST_AUDIT_EVENTS
    expected = Expected(
        service="identity",
        method="GET",
        path="/v1/admin/audit-events",
        downstream="/v1/admin/audit-events",
        scopes=(("identity.audit.read",),),
    )
    request = RequestExample(
        query=(
            "user_id=teacher-4711&org_id=org-norrskolan&since=2026-03-01&kind=login,login_failed"
        )
    )
    response = ResponseExample(
        status=200,
        body=JsonExample(
            media_type="application/json",
            value=[
                {
                    "event_id": 90417,
                    "kind": "login",
                    "user_id": "teacher-4711",
                    "actor_id": None,
                    "at": "2026-03-02T07:58:00Z",
                }
            ],
        ),
    )
    declared = ("200", "401", "403", "422", "500")
