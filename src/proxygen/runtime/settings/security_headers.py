"""Lines by which browsers protect a page and its user: `EDGE_SECURITY_HEADERS__<NAME>`."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict, field_validator

from proxygen.runtime.transport.seam import HeaderList

PUBLISHED: Final = {
    "strict_transport_security": "max-age=31536000",
    "x_content_type_options": "nosniff",
    "content_security_policy": "frame-ancestors 'none'",
    "referrer_policy": "no-referrer",
    "x_frame_options": "DENY",
    "permissions_policy": "camera=(), geolocation=(), microphone=()",
}
"""What `defaults` turns on (OWASP REST Security Cheat Sheet, "Security Headers"); a page of the edge's own or
of a downstream's still renders with it."""

_VALUE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


class SecurityHeaderSettings(BaseModel):
    """Security headers of every answer, in the place of a downstream's; off until one of these is set.

    A value replaces the published one, or adds the header where `defaults` is off; an empty value leaves the
    header to the downstream. `Strict-Transport-Security` goes out on plain connections too: TLS ends before
    the edge, and a browser that has none does not heed it (RFC 6797, 8.1).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    defaults: bool = False
    """Whether the published set is sent."""
    strict_transport_security: str | None = None
    x_content_type_options: str | None = None
    content_security_policy: str | None = None
    referrer_policy: str | None = None
    x_frame_options: str | None = None
    permissions_policy: str | None = None
    cross_origin_opener_policy: str | None = None
    cross_origin_resource_policy: str | None = None
    cross_origin_embedder_policy: str | None = None
    content_security_policy_report_only: str | None = None
    reporting_endpoints: str | None = None

    @field_validator("*")
    @classmethod
    def _is_value(cls, value: object) -> object:
        if isinstance(value, str) and value and not _VALUE.fullmatch(value):
            raise ValueError("is no header value: visible ASCII, with blanks between")
        return value

    @property
    def lines(self) -> HeaderList:
        """The lines of every answer, names in lower case."""
        published = PUBLISHED if self.defaults else {}
        given = self.model_dump(exclude={"defaults"}, exclude_none=True)
        return [
            (name.replace("_", "-").encode("ascii"), value.encode("ascii"))
            for name, value in {**published, **given}.items()
            if value
        ]
