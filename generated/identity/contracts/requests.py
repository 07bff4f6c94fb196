"""What identity takes (specs/identity.yaml)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from proxygen.runtime.json_types import Integer
from pydantic import MISSING, BaseModel, ConfigDict, Field, RootModel, StrictBool, StrictStr

Root = TypeVar("Root")


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class RootContract(RootModel[Root], Generic[Root]):
    """Any other value. Built when it is first used."""

    model_config = ConfigDict(defer_build=True)


class AuditKind(
    RootContract[
        Literal["login", "login_failed", "token_revoked", "role_changed", "account_deleted"]
    ]
):
    root: Literal["login", "login_failed", "token_revoked", "role_changed", "account_deleted"]


class ClientRevocationForm(Contract):
    token: Annotated[StrictStr, Field(max_length=4096, min_length=1)]
    token_type_hint: Literal["access_token", "refresh_token"] | MISSING = MISSING


class ListAuditEventsQuery(Contract):
    user_id: StrictStr | MISSING = MISSING
    org_id: StrictStr | MISSING = MISSING
    since: date | MISSING = MISSING
    kind: list[AuditKind] | MISSING = MISSING


class ListUsersQuery(Contract):
    filter: UserFilter | MISSING = MISSING
    limit: Annotated[Integer | MISSING, Field(ge=1, le=200)] = MISSING


class LoginRequest(Contract):
    email: Annotated[StrictStr, Field(max_length=254, min_length=3)]
    password: Annotated[StrictStr, Field(max_length=256, min_length=8)]
    remember_me: StrictBool | MISSING = MISSING


class RefreshForm(Contract):
    grant_type: Literal["refresh_token"]
    refresh_token: Annotated[StrictStr, Field(max_length=512, min_length=1)]
    scope: StrictStr | MISSING = MISSING


class RevocationForm(Contract):
    user_id: Annotated[StrictStr, Field(min_length=1)]
    token: Annotated[StrictStr, Field(max_length=4096, min_length=1)]
    token_type_hint: Literal["access_token", "refresh_token"] | MISSING = MISSING


class Role(RootContract[Literal["student", "teacher", "school_admin", "support"]]):
    root: Literal["student", "teacher", "school_admin", "support"]


class UpdateUserHeaders(Contract):
    if_match: Annotated[StrictStr | MISSING, Field(alias="If-Match")] = MISSING


class UserFilter(Contract):
    email: Annotated[StrictStr | MISSING, Field(min_length=3)] = MISSING
    state: UserState | MISSING = MISSING


class UserIdPath(Contract):
    user_id: Annotated[StrictStr, Field(max_length=128, min_length=1)]


class UserPatch(Contract):
    model_config = ConfigDict(extra="forbid")
    display_name: Annotated[StrictStr | MISSING, Field(max_length=120, min_length=1)] = MISSING
    roles: Annotated[list[Role] | MISSING, Field(min_length=1)] = MISSING
    state: UserState | MISSING = MISSING


class UserState(RootContract[Literal["invited", "active", "locked"]]):
    root: Literal["invited", "active", "locked"]
