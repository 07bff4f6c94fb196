"""Who calls, and the bearer token that says so (RFC 6750, 2.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from proxygen.runtime.errors import FORBIDDEN, UNAUTHENTICATED, EdgeError
from proxygen.runtime.kinds import Kind
from proxygen.runtime.operation import IdentityField

if TYPE_CHECKING:
    from proxygen.runtime.transport.seam import HeaderList

MAX_TOKEN_BYTES: Final = 8192
"""Longer tokens are refused unread."""

_SUBJECT = re.compile(r"[A-Za-z0-9._:|@-]{1,128}")
_SCHEME: Final = b"bearer"
_TOKEN68: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"
"""Characters of a token, but for the `=` at its end (RFC 6750, 2.1)."""


def unauthenticated(kind: Kind | None = None) -> EdgeError:
    """The one answer to every bad or missing token; it does not say what was wrong. `kind` is for the log."""
    return EdgeError(401, UNAUTHENTICATED, kind=kind, headers=(("WWW-Authenticate", "Bearer"),))


def insufficient_scope() -> EdgeError:
    """The answer to a good token without an operation's scopes (RFC 6750, 3.1); it does not name them."""
    challenge = 'Bearer error="insufficient_scope"'
    return EdgeError(403, FORBIDDEN, headers=(("WWW-Authenticate", challenge),))


def valid_subject(value: str) -> bool:
    """Whether this may be a user or an organisation: safe in a header, a path and a log."""
    return _SUBJECT.fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class Identity:
    """A verified caller. No other can be made: one outside the grammar is a 401 where it is created."""

    user_id: str
    org_id: str | None = None
    scopes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not valid_subject(self.user_id):
            raise unauthenticated()
        if self.org_id is not None and not valid_subject(self.org_id):
            raise unauthenticated()

    def field(self, field: IdentityField) -> str | None:
        """The value of a field, None where this identity has none."""
        return self.user_id if field is IdentityField.USER_ID else self.org_id


def read_bearer(headers: HeaderList) -> str | None:
    """The token of the only Authorization line, None where there is no such line; all else is 401."""
    lines = [
        value for name, value in headers if len(name) == 13 and name.lower() == b"authorization"
    ]
    if not lines:
        return None
    scheme, _, token = lines[0].partition(b" ")
    if len(lines) > 1 or len(token) > MAX_TOKEN_BYTES:
        raise unauthenticated()
    body = token.rstrip(b"=")
    if scheme.lower() != _SCHEME or not body or body.translate(None, _TOKEN68):
        raise unauthenticated()
    return token.decode("ascii")
