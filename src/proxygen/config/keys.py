"""Every key of `proxygen.toml`, declared once: the reader and the published JSON Schema come from here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

Auth = Literal["required", "optional", "public"]
Validation = Literal["enforce", "report", "off"]
OnClientValue = Literal["reject", "replace", "report"]
IdentityFieldName = Literal["user_id", "org_id"]

Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Retries = Annotated[int, Field(ge=0, le=5)]
PerSecond = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
AtOnce = Annotated[int, Field(ge=1, le=1_000_000)]
Text = Annotated[str, Field(min_length=1, max_length=512)]
FieldName = Annotated[str, Field(min_length=1, max_length=256)]
HeaderName = Annotated[str, Field(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", examples=["X-Tenant"])]
EdgePath = Annotated[str, Field(pattern=r"^/(?:[^/?#\s\\][^?#\s\\]*)?$", examples=["/v1"])]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", examples=["BATCHES_URL"])]
Method = Annotated[str, Field(pattern=r"^[A-Z]+$", examples=["GET"])]
ClassPath = Annotated[
    str,
    Field(pattern=r"^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$", examples=["pkg.mod:Class"]),
]
Globs = list[FieldName]
RemoteUrl = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*://[^#\s]+$|^//[^#\s]+$")]
Names = Annotated[list[FieldName], Field(min_length=1)]


class Keys(BaseModel):
    """A table of the file: no key but the declared ones, no value of another type."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )


class TimeoutKeys(Keys):
    """Time-outs in seconds."""

    connect: Seconds | None = None
    """Opening a connection to the service."""
    pool: Seconds | None = None
    """Waiting for a free connection."""
    write: Seconds | None = None
    """Sending a piece of the request."""
    read: Seconds | None = None
    """Waiting for the head of the answer."""
    idle: Seconds | None = None
    """The longest silence inside the body of the answer."""
    total: Seconds | None = None
    """From the first byte of the request to the head of the answer, retries included."""


class RateLimitKeys(Keys):
    """How often one caller, by its user or its address, may call; beyond it the edge answers 429."""

    rate: PerSecond
    """Requests a second."""
    burst: AtOnce | None = None
    """Requests at once; default: those of one second, and at least one."""


class BindKeys(Keys):
    """One binding in full."""

    field: IdentityFieldName
    """The identity field that fills this place."""
    absent: Literal["null", "omit", "forbid"] | None = None
    """What is written when the identity lacks the field."""
    absent_parent: Literal["refuse", "skip"] | None = None
    """What happens when the object around the field is absent or null."""


def _bind_form(value: Any) -> str:
    return "full" if isinstance(value, dict | BindKeys) else "short"


BindValue = Annotated[
    Annotated[IdentityFieldName, Tag("short")] | Annotated[BindKeys, Tag("full")],
    Discriminator(_bind_form),
]
"""`"user_id"`, or a table that says more."""


class WaiveKeys(Keys):
    """An input that looks like identity and is not."""

    field: FieldName
    """Its wire name, or a JSON pointer into the body."""
    reason: Text
    """Why clients may choose it; it goes into the ledger."""


class SignatureKeys(Keys):
    """Who answers for it that anybody may call, without a token."""

    by: Text
    """The person or team."""
    reason: Text
    """Why it is public; it goes into the access matrix."""


class OperationKeys(Keys):
    """One operation, by its operationId or by `METHOD /path`."""

    path: EdgePath | None = None
    """The edge's path for it; variables that are left out must be bound."""
    auth: Auth | None = None
    """Who may call it."""
    signed: SignatureKeys | None = None
    """Who answers for `auth = "public"`; a route that becomes public needs it."""
    timeouts: TimeoutKeys = TimeoutKeys()
    """Its time-outs, where they differ from the service's."""
    retries: Retries | None = None
    """Further attempts after the first; 0 never retries."""
    rate_limit: RateLimitKeys | None = None
    """A limit of its own, in place of the service's and of EDGE_RATE_LIMIT."""
    idempotent: bool | None = None
    """Whether it may be retried although its method is not idempotent."""
    bind: dict[str, BindValue] = {}
    """Place → identity field: a JSON pointer into the body, or header:, query:, path:, form: and a name."""
    waive: list[WaiveKeys] = []
    """Inputs with a name of identity's that clients may choose."""
    validation: Validation | None = None
    """What the edge does about a request that violates the contract."""
    on_client_value: OnClientValue | None = None
    """What the edge does when a client sets a bound field."""


class ServiceValidationKeys(Keys):
    """How strictly requests are judged."""

    requests: Validation | None = None
    """Answer 422, or report and forward, or do not look."""
    formats: list[FieldName] | None = None
    """Values of `format` that are checked beyond uuid, date, and the integer and binary ones."""


class SelectionKeys(Keys):
    """Operations by pattern; `*` stands for any characters, slashes too, and `?` for one."""

    paths: Globs = []
    """Keys of `paths`, as the document has them."""
    tags: Globs = []
    """Tags, of which an operation has one that matches."""
    operations: Globs = []
    """operationIds."""
    methods: list[Method] = []
    """Methods, in capitals."""


class ReferenceKeys(Keys):
    """The local copy of a remote document; nothing is fetched during a build."""

    file: Text
    """Where the copy lies, relative to this file and inside the folder of the documents."""
    sha256: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{64}$")]
    """The hash of the copy's bytes."""


class ServiceKeys(Keys):
    """One downstream service."""

    spec: Text | None = None
    """Its document, relative to this file; default: the document whose stem is the service's name."""
    mode: Literal["typed", "passthrough"] = "typed"
    """`passthrough` forwards everything below `prefix`, for a service without a document."""
    base_url_env: Variable | None = None
    """The environment variable with its base URL; default: the service's name and `_URL`."""
    prefix: EdgePath | None = None
    """Put before its paths at the edge."""
    strip: EdgePath | None = None
    """Taken from the front of its paths before `prefix` is put."""
    base_path: EdgePath | None = None
    """Put before the path that is sent to it."""
    methods: Annotated[list[Method], Field(min_length=1)] | None = None
    """What a passthrough service accepts."""
    auth: Auth | None = None
    """Who may call its operations; default: required."""
    signed: SignatureKeys | None = None
    """Who answers for `auth = "public"`; a route that becomes public needs it."""
    timeouts: TimeoutKeys = TimeoutKeys()
    """Its time-outs, where they differ from those of the whole edge."""
    retries: Retries | None = None
    """Further attempts after the first; 0 never retries."""
    rate_limit: RateLimitKeys | None = None
    """The limit of each of its operations, or of a passthrough service, in place of EDGE_RATE_LIMIT."""
    validation: ServiceValidationKeys = ServiceValidationKeys()
    """How strictly its requests are judged, where that differs from the whole edge."""
    on_client_value: OnClientValue | None = None
    """What the edge does when a client sets a bound field."""
    strict: bool = False
    """Whether every finding in its document stops the build."""
    overlays: list[Text] = []
    """OpenAPI Overlays for its document, applied in this order, relative to this file."""
    include: SelectionKeys = SelectionKeys()
    """The edge has only operations that match each kind given here."""
    exclude: SelectionKeys = SelectionKeys()
    """The edge has no operation that matches any of these."""
    references: dict[RemoteUrl, ReferenceKeys] = {}
    """URL of a remote document that references name → its local copy."""
    contracts: dict[str, ClassPath] = {}
    """Schema name → `package.module:Class` that is imported instead of generated."""
    waive: list[WaiveKeys] = []
    """Inputs with a name of identity's that clients may choose, in any of its operations."""
    operations: dict[str, OperationKeys] = {}
    """operationId, or `METHOD /path` → what is said of this operation alone."""


class GatewayKeys(Keys):
    """The edge itself."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:@-]{1,128}$")] = "api-gateway"
    """What X-Proxied-By says."""
    output: Text | None = None
    """Where the edge is written, relative to this file; default: ../generated."""
    templates: Text | None = None
    """Folder of templates that override stock ones, relative to this file; default: none."""


class ClaimKeys(Keys):
    """Claims of the token, in order of preference."""

    user_id: Names | None = Field(default=None, examples=[["sub"]])
    """Who calls; default: sub."""
    org_id: Names | None = Field(default=None, examples=[["org_id", "org"]])
    """For which organisation; default: org_id, org, organization_id."""
    scopes: Names | None = Field(default=None, examples=[["scope"]])
    """What the caller may do, a list or a text with blanks; default: scope, scp, scopes."""


class FieldKeys(Keys):
    """Wire names in contracts that carry an identity field."""

    user_id: list[FieldName] | None = Field(default=None, examples=[["user_id", "X-User-ID"]])
    """Who calls; case, `-` and `_` do not matter."""
    org_id: list[FieldName] | None = Field(default=None, examples=[["org_id", "X-Org-ID"]])
    """For which organisation; case, `-` and `_` do not matter."""


class IdentityKeys(Keys):
    """Who calls, and where contracts carry it."""

    on_client_value: OnClientValue = "reject"
    """What the edge does when a client sets a bound field."""
    claims: ClaimKeys = ClaimKeys()
    """Where the token has who calls."""
    fields: FieldKeys | None = None
    """Where contracts have who calls; default: the headers X-User-ID and X-Org-ID alone."""
    scopes: dict[str, Text] = {}
    """Scope of a document → scope of the token."""


class HeaderKeys(Keys):
    """Header names added to the published lists."""

    owned: list[HeaderName] = []
    """Never accepted from a client and never answered to one."""
    allow: list[HeaderName] = []
    """Forwarded from clients."""
    deny_response: list[HeaderName] = []
    """Removed from answers."""


class ValidationKeys(Keys):
    """How strictly requests are judged, for every service that does not say otherwise."""

    requests: Validation = "enforce"
    """Answer 422, or report and forward, or do not look."""
    formats: list[FieldName] = []
    """Values of `format` that are checked beyond uuid, date, and the integer and binary ones."""


class ErrorKeys(Keys):
    """What the edge's own answers look like."""

    format: Literal["detail", "problem"] = "detail"
    """FastAPI's `detail`, or RFC 9457 with the same detail."""


class MetricKeys(Keys):
    """Names of metrics."""

    prefix: Annotated[str, Field(pattern=r"^(?:[A-Za-z_:][A-Za-z0-9_:]*)?$")] = ""
    """Put before the five names."""


class FileKeys(Keys):
    """The configuration of an edge."""

    gateway: GatewayKeys = GatewayKeys()
    """The edge itself: its name, and where it is written."""
    identity: IdentityKeys = IdentityKeys()
    """Who calls, and which inputs say so."""
    headers: HeaderKeys = HeaderKeys()
    """Headers that are owned, let through or held back beyond the published lists."""
    validation: ValidationKeys = ValidationKeys()
    """How strictly requests are judged."""
    errors: ErrorKeys = ErrorKeys()
    """The shape of the edge's own answers."""
    metrics: MetricKeys = MetricKeys()
    """What the metrics are called."""
    timeouts: TimeoutKeys = TimeoutKeys()
    """Time-outs in seconds, for every service that does not say otherwise."""
    retries: Retries | None = None
    """Further attempts after the first, for every service that does not say otherwise."""
    services: dict[str, ServiceKeys] = {}
    """Name → a service; default: every document beside this file, by its stem."""
