"""What the edge decides about each operation of identity."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import (
    Auth,
    Binding,
    Body,
    BodyKind,
    Content,
    IdentityField,
    Operation,
    Parameter,
    Part,
    Place,
    Retry,
    Shape,
)

GET_JSON_WEB_KEY_SET: Final = Operation(
    service="identity",
    operation_id="getJsonWebKeySet",
    method="GET",
    edge_path="/.well-known/jwks.json",
    downstream_path="/.well-known/jwks.json",
    auth=Auth.PUBLIC,
    retry=Retry(attempts=0),
    idempotent=True,
)

LOGIN: Final = Operation(
    service="identity",
    operation_id="login",
    method="POST",
    edge_path="/v1/auth/login",
    downstream_path="/v1/auth/login",
    auth=Auth.PUBLIC,
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
    retry=Retry(attempts=0),
)

REFRESH_TOKEN: Final = Operation(
    service="identity",
    operation_id="refreshToken",
    method="POST",
    edge_path="/v1/auth/token",
    downstream_path="/v1/auth/token",
    auth=Auth.PUBLIC,
    body=Body(
        content=(
            Content(
                media_type="application/x-www-form-urlencoded",
                kind=BodyKind.FORM,
                parts=(
                    Part(name="grant_type", required=True),
                    Part(name="refresh_token", required=True),
                    Part(name="scope"),
                ),
            ),
        ),
        required=True,
    ),
    retry=Retry(attempts=0),
)

REVOKE_TOKEN: Final = Operation(
    service="identity",
    operation_id="revokeToken",
    method="POST",
    edge_path="/v1/auth/revoke",
    downstream_path="/v1/auth/revoke",
    bindings=(Binding(field=IdentityField.USER_ID, place=Place.FORM, name="user_id"),),
    body=Body(
        content=(
            Content(
                media_type="application/x-www-form-urlencoded",
                kind=BodyKind.FORM,
                parts=(Part(name="token", required=True), Part(name="token_type_hint")),
            ),
        ),
        required=True,
    ),
    retry=Retry(attempts=0),
)

GET_OWN_ACCOUNT: Final = Operation(
    service="identity",
    operation_id="getOwnAccount",
    method="GET",
    edge_path="/v1/auth/me",
    downstream_path="/v1/auth/me",
    bindings=(Binding(field=IdentityField.USER_ID, place=Place.HEADER, name="X-User-ID"),),
    retry=Retry(attempts=0),
    idempotent=True,
)

LIST_USERS: Final = Operation(
    service="identity",
    operation_id="listUsers",
    method="GET",
    edge_path="/v1/admin/users",
    downstream_path="/v1/admin/users",
    scopes=(("identity.users.read",),),
    query=(
        Parameter(
            name="filter",
            style="deepObject",
            shape=Shape(
                container="object", properties=(("email", ("string",)), ("state", ("string",)))
            ),
        ),
        Parameter(name="limit", shape=Shape(types=("integer",))),
    ),
    retry=Retry(attempts=0),
    idempotent=True,
)

LIST_AUDIT_EVENTS: Final = Operation(
    service="identity",
    operation_id="listAuditEvents",
    method="GET",
    edge_path="/v1/admin/audit-events",
    downstream_path="/v1/admin/audit-events",
    scopes=(("identity.audit.read",),),
    query=(
        Parameter(name="user_id"),
        Parameter(name="org_id"),
        Parameter(name="since"),
        Parameter(name="kind", explode=False, shape=Shape(container="array")),
    ),
    retry=Retry(attempts=0),
    idempotent=True,
)

GET_USER: Final = Operation(
    service="identity",
    operation_id="getUser",
    method="GET",
    edge_path="/v1/admin/users/{user_id}",
    downstream_path="/v1/admin/users/{user_id}",
    scopes=(("identity.users.read",),),
    path=(Parameter(name="user_id", required=True, style="simple", explode=False),),
    retry=Retry(attempts=0),
    idempotent=True,
)

UPDATE_USER: Final = Operation(
    service="identity",
    operation_id="updateUser",
    method="PATCH",
    edge_path="/v1/admin/users/{user_id}",
    downstream_path="/v1/admin/users/{user_id}",
    scopes=(("identity.users.read", "identity.users.write"),),
    path=(Parameter(name="user_id", required=True, style="simple", explode=False),),
    headers=(Parameter(name="If-Match", style="simple", explode=False),),
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
    request_headers=("if-match",),
    retry=Retry(attempts=0),
)

DELETE_USER: Final = Operation(
    service="identity",
    operation_id="deleteUser",
    method="DELETE",
    edge_path="/v1/admin/users/{user_id}",
    downstream_path="/v1/admin/users/{user_id}",
    scopes=(("identity.users.write",),),
    path=(Parameter(name="user_id", required=True, style="simple", explode=False),),
    retry=Retry(attempts=0),
    idempotent=True,
)
