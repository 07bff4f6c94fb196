"""Tests of identity/routers/sessions_routes.py."""

from __future__ import annotations

from proxygen.testing import (
    Expected,
    Filled,
    FormExample,
    JsonExample,
    OperationTests,
    RequestExample,
    ResponseExample,
)

from ...identity import operations


class TestLogin(OperationTests):
    """POST /v1/auth/login."""

    operation = operations.LOGIN
    expected = Expected(
        service="identity",
        method="POST",
        path="/v1/auth/login",
        downstream="/v1/auth/login",
        auth="public",
    )
    request = RequestExample(
        body=JsonExample(
            media_type="application/json",
            value={
                "email": "alice@skola.example",
                "password": "correct horse battery staple",
                "remember_me": True,
            },
        )
    )
    response = ResponseExample(
        status=200,
        headers={
            "set-cookie": "refresh=r-7d0c; HttpOnly; Secure; SameSite=Strict; Path=/v1/auth",
            "cache-control": "no-store",
        },
        body=JsonExample(
            media_type="application/json",
            value={
                "access_token": "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl",
                "refresh_token": "r-7d0c2b",
                "token_type": "Bearer",
                "expires_in": 900,
                "scope": None,
            },
        ),
    )
    declared = ("200", "401", "422", "429", "500")


class TestRefreshToken(OperationTests):
    """POST /v1/auth/token."""

    operation = operations.REFRESH_TOKEN
    expected = Expected(
        service="identity",
        method="POST",
        path="/v1/auth/token",
        downstream="/v1/auth/token",
        auth="public",
    )
    request = RequestExample(
        body=FormExample(
            media_type="application/x-www-form-urlencoded",
            fields=(
                ("grant_type", "refresh_token"),
                ("refresh_token", "r-7d0c2b"),
                ("scope", "identity.users.read"),
            ),
        )
    )
    response = ResponseExample(
        status=200,
        headers={"cache-control": "no-store"},
        body=JsonExample(
            media_type="application/json",
            value={
                "access_token": "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl",
                "refresh_token": "r-91be44",
                "token_type": "Bearer",
                "expires_in": 900,
                "scope": "identity.users.read",
            },
        ),
    )
    declared = ("200", "400", "429", "500")


class TestRevokeToken(OperationTests):
    """POST /v1/auth/revoke."""

    operation = operations.REVOKE_TOKEN
    expected = Expected(
        service="identity",
        method="POST",
        path="/v1/auth/revoke",
        downstream="/v1/auth/revoke",
        identity=(Filled(field="user_id", place="form", name="user_id"),),
    )
    request = RequestExample(
        body=FormExample(
            media_type="application/x-www-form-urlencoded",
            fields=(("token", "r-91be44"), ("token_type_hint", "refresh_token")),
        )
    )
    response = ResponseExample(status=204)
    declared = ("204", "401", "422", "500")


class TestGetOwnAccount(OperationTests):
    """GET /v1/auth/me."""

    operation = operations.GET_OWN_ACCOUNT
    expected = Expected(
        service="identity",
        method="GET",
        path="/v1/auth/me",
        downstream="/v1/auth/me",
        identity=(Filled(field="user_id", place="header", name="X-User-ID"),),
    )
    request = RequestExample()
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
    declared = ("200", "304", "401", "500")
