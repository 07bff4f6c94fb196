"""Which origins' scripts may call the edge from a browser: `EDGE_CORS__<NAME>`."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from proxygen.runtime.guard import METHODS
from proxygen.runtime.headers.cors import ANY, CorsPolicy
from proxygen.runtime.settings.comma_separated import CommaSeparated

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*)"
_ORIGIN: Final = re.compile(
    rf"([a-z][a-z0-9+.-]*)://(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::([1-9][0-9]{{0,4}}))?"
)
_TOKEN: Final = re.compile(r"[!#$%&'+\-.^_`|~0-9A-Za-z]+")
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}


class CorsSettings(BaseModel):
    """Cross-origin requests; off until `origins` names one. Lists are comma-separated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    origins: CommaSeparated = ()
    """Origins whose scripts may read answers, as browsers send them (`https://app.example`); `*`: any."""
    methods: CommaSeparated = ()
    """Methods that they may use; none: those that the routes of a path have."""
    headers: CommaSeparated = (
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-Match",
        "If-None-Match",
        "Prefer",
        "Range",
        "X-Correlation-ID",
        "X-Request-ID",
        "baggage",
        "traceparent",
        "tracestate",
    )
    """Request headers that they may set."""
    expose: CommaSeparated = (
        "ETag",
        "Location",
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
        "X-Correlation-ID",
    )
    """Headers of answers that they may read."""
    credentials: bool = False
    """Whether browsers may send cookies and client certificates; a bearer token needs none of that."""
    max_age: int = Field(default=600, ge=0, le=86400)
    """Seconds for which a browser may remember a preflight."""

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Compared byte by byte, so one that no browser sends would allow nothing and say nothing."""
        if ANY in value and len(value) > 1:
            raise ValueError("has * and other origins: * is all of them")
        for origin in value:
            if origin != ANY:
                _check_origin(origin)
        return value

    @field_validator("methods")
    @classmethod
    def _are_methods(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not set(value) <= set(METHODS):
            raise ValueError(f"has a method that is none of {', '.join(METHODS)}")
        return value

    @field_validator("headers", "expose")
    @classmethod
    def _are_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_TOKEN.fullmatch, value)):
            raise ValueError("has an item that is no header name; name each, * does not cover all")
        return value

    @field_validator("credentials")
    @classmethod
    def _is_no_wildcard(cls, value: bool, info: ValidationInfo) -> bool:
        """Fetch, 3.2.5: the two together allow nothing or, where a server mirrors the origin, everything."""
        if value and ANY in info.data.get("origins", ()):
            raise ValueError("cannot be true where the origins are *: name the origins")
        return value

    @property
    def policy(self) -> CorsPolicy | None:
        """The policy of the edge; None where no origin is named."""
        if not self.origins:
            return None
        return CorsPolicy(
            origins=self.origins,
            methods=self.methods,
            headers=self.headers,
            expose=self.expose,
            credentials=self.credentials,
            max_age=self.max_age,
        )


def _check_origin(origin: str) -> None:
    """Raises ValueError unless a browser could send this as `Origin` (RFC 6454, 6.2; HTML, "origin")."""
    if origin == "null":
        raise ValueError("has null, which every sandboxed page is")
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        raise ValueError(
            "has an item that is no origin: scheme://host or scheme://host:port, lower case, no slash after"
        )
    if found[2] is not None and found[2] == _DEFAULT_PORTS.get(found[1]):
        raise ValueError("has the default port of its scheme, which browsers leave out")
