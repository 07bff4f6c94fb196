"""Tests of identity/routers/keys_routes.py."""

from __future__ import annotations

from proxygen.testing import Expected, JsonExample, OperationTests, RequestExample, ResponseExample

from ...identity import operations


class TestGetJsonWebKeySet(OperationTests):
    """GET /.well-known/jwks.json."""

    operation = operations.GET_JSON_WEB_KEY_SET
    expected = Expected(
        service="identity",
        method="GET",
        path="/.well-known/jwks.json",
        downstream="/.well-known/jwks.json",
        auth="public",
    )
    request = RequestExample()
    response = ResponseExample(
        status=200,
        headers={"cache-control": "public, max-age=3600"},
        body=JsonExample(
            media_type="application/json",
            value={
                "keys": [
                    {
                        "kty": "EC",
                        "kid": "2026-03",
                        "use": "sig",
                        "alg": "ES256",
                        "crv": "P-256",
                        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                    }
                ]
            },
        ),
    )
    declared = ("200", "500")
