"""The configuration as frozen data: every key of `proxygen.toml`, with its default.

`None` means "not said here", so that a service's or the gateway's value, or the default, applies; `lower`
resolves it. Each part keeps where it was written, for diagnostics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from proxygen.diagnostics import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeoutsConfig:
    """Seconds; see `ir.gateway.Timeouts` for what each covers and its default."""

    connect: float | None = None
    pool: float | None = None
    write: float | None = None
    read: float | None = None
    idle: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitConfig:
    """Of one caller: `rate` requests a second, `burst` of them at once; None: those of one second."""

    rate: float
    burst: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BindConfig:
    """One line of `bind`: `target` is a JSON pointer into the body, or `header:NAME`, `query:NAME`,
    `path:NAME`, `form:NAME` (a field of a form or part of a multipart body).

    `absent` (`null`, `omit`, `forbid`): what to do when the identity lacks the field; `absent_parent`
    (`refuse`, `skip`): when the object around the field is absent or null.
    """

    target: str
    field: str
    absent: str | None
    absent_parent: str | None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveConfig:
    """An input that looks like identity and is not: `field` is its wire name or JSON pointer."""

    field: str
    reason: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureConfig:
    """Who answers for it that anybody may call, and why."""

    by: str
    reason: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationConfig:
    """`[services.X.operations.ID]`, by operationId or by `"METHOD /path"` where a document has none."""

    key: str
    location: Location
    path: str | None = None
    auth: str | None = None
    signed: SignatureConfig | None = None
    timeouts: TimeoutsConfig = TimeoutsConfig()
    retries: int | None = None
    rate_limit: RateLimitConfig | None = None
    idempotent: bool | None = None
    bind: tuple[BindConfig, ...] = ()
    waive: tuple[WaiveConfig, ...] = ()
    validation: str | None = None
    on_client_value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternConfig:
    """A pattern in which `*` stands for any characters and `?` for one."""

    text: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionConfig:
    """`include` or `exclude` of a service: alternatives of each kind; `operations` are operationIds."""

    paths: tuple[PatternConfig, ...] = ()
    tags: tuple[PatternConfig, ...] = ()
    operations: tuple[PatternConfig, ...] = ()
    methods: tuple[PatternConfig, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceConfig:
    """The local copy of a remote document, and the hash of its bytes in hexadecimal digits."""

    file: Path
    sha256: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfig:
    """`[services.NAME]`; `spec` is None for a passthrough service, any other None says "not said here"."""

    name: str
    location: Location
    spec: Path | None = None
    mode: str = "typed"
    base_url_env: str | None = None
    prefix: str | None = None
    strip: str | None = None
    base_path: str | None = None
    methods: tuple[str, ...] | None = None
    auth: str | None = None
    signed: SignatureConfig | None = None
    timeouts: TimeoutsConfig = TimeoutsConfig()
    retries: int | None = None
    rate_limit: RateLimitConfig | None = None
    validation_requests: str | None = None
    validation_formats: tuple[str, ...] | None = None
    on_client_value: str | None = None
    strict: bool = False
    overlays: tuple[Path, ...] = ()
    include: SelectionConfig = SelectionConfig()
    exclude: SelectionConfig = SelectionConfig()
    references: Mapping[str, ReferenceConfig] = field(default_factory=dict)
    contracts: Mapping[str, str] = field(default_factory=dict)
    waive: tuple[WaiveConfig, ...] = ()
    operations: Mapping[str, OperationConfig] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityConfig:
    """`fields` None: no configuration names identity fields, so identity-like inputs are warnings only."""

    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: Mapping[str, tuple[str, ...]] | None = None
    on_client_value: str = "reject"
    scopes: Mapping[str, str] = field(default_factory=dict)
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadersConfig:
    """Names added to the published lists; lower case."""

    owned: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    deny_response: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration, of a file or of none (`file` is None: all defaults).

    `folder` is the folder of the documents, to which diagnostics and manifest are relative. `services` has
    one entry per service in the order of names, found documents included. `parts` are the files beside them
    that are no documents by themselves: overlays, and what documents are split over. `said` has the value, as
    JSON, of every key that is not the default.
    """

    folder: Path
    file: Path | None
    output: Path
    services: tuple[ServiceConfig, ...]
    gateway_name: str = "api-gateway"
    identity: IdentityConfig = IdentityConfig()
    headers: HeadersConfig = HeadersConfig()
    timeouts: TimeoutsConfig = TimeoutsConfig()
    retries: int | None = None
    validation_requests: str = "enforce"
    validation_formats: tuple[str, ...] = ()
    error_format: str = "detail"
    metrics_prefix: str = ""
    templates: Path | None = None
    parts: tuple[Path, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
