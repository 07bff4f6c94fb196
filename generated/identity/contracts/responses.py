"""What identity answers (specs/identity.yaml)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from proxygen.runtime.json_types import Integer
from pydantic import MISSING, BaseModel, ConfigDict, Field, RootModel, StrictStr

Root = TypeVar("Root")


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class RootContract(RootModel[Root], Generic[Root]):
    """Any other value. Built when it is first used."""

    model_config = ConfigDict(defer_build=True)


class AuditEvent(Contract):
    event_id: Annotated[Integer, Field(ge=-9223372036854775808, le=9223372036854775807)]
    kind: AuditKind
    user_id: StrictStr
    actor_id: StrictStr | None
    at: StrictStr


class AuditKind(
    RootContract[
        Literal["login", "login_failed", "token_revoked", "role_changed", "account_deleted"]
    ]
):
    root: Literal["login", "login_failed", "token_revoked", "role_changed", "account_deleted"]


class Deletion(Contract):
    user_id: StrictStr
    gone_on: date


class Error(Contract):
    code: Annotated[StrictStr, Field(pattern="^[a-z][a-z0-9_]*$")]
    message: StrictStr


class JsonWebKey(Contract):
    model_config = ConfigDict(extra="allow")
    kty: Literal["EC", "RSA"]
    kid: StrictStr
    use: Literal["sig"] | MISSING = MISSING
    alg: Literal["ES256", "RS256"] | MISSING = MISSING


class JsonWebKeySet(Contract):
    keys: list[JsonWebKey]


class ListAuditEventsResponse200(RootContract[list[AuditEvent]]):
    root: Annotated[list[AuditEvent], Field(max_length=500)]


class OAuthError(Contract):
    error: Literal[
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unsupported_grant_type",
        "invalid_scope",
    ]
    error_description: StrictStr | MISSING = MISSING


class Role(RootContract[Literal["student", "teacher", "school_admin", "support"]]):
    root: Literal["student", "teacher", "school_admin", "support"]


class TokenPair(Contract):
    access_token: StrictStr
    refresh_token: StrictStr
    token_type: Literal["Bearer"]
    expires_in: Annotated[Integer, Field(ge=1)]
    scope: StrictStr | MISSING | None = MISSING


class User(Contract):
    user_id: StrictStr
    email: StrictStr
    display_name: StrictStr
    org_id: StrictStr | None
    roles: list[Role]
    state: UserState
    last_login_at: StrictStr | None


class ListUsersResponse200(RootContract[list[User]]):
    root: list[User]


class UserState(RootContract[Literal["invited", "active", "locked"]]):
    root: Literal["invited", "active", "locked"]
