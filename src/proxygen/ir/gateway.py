"""The gateway as data: what `lower` decides and `render` writes. Names are final; text is not escaped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from proxygen.diagnostics import Location
from proxygen.ir.ledger import LedgerCount, LedgerEntry
from proxygen.ir.schema import ContractRef, SchemaSet

Json = Any


class Auth(StrEnum):
    """Who may call an operation."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    PUBLIC = "public"


class IdentityField(StrEnum):
    """A field of the verified identity."""

    USER_ID = "user_id"
    ORG_ID = "org_id"


class Place(StrEnum):
    """Where on the wire a binding writes: PART is a multipart part, FORM a urlencoded pair."""

    HEADER = "header"
    BODY = "body"
    FORM = "form"
    PART = "part"
    QUERY = "query"
    PATH = "path"


class Absent(StrEnum):
    """What a binding writes when the identity has no such field."""

    NULL = "null"
    OMIT = "omit"
    FORBID = "forbid"


class AbsentParent(StrEnum):
    """What a body binding does when the object that holds its field is absent or null: 422, or nothing."""

    REFUSE = "refuse"
    SKIP = "skip"


class Validation(StrEnum):
    """What the edge does about a request that violates the contract."""

    ENFORCE = "enforce"
    REPORT = "report"
    OFF = "off"


class OnClientValue(StrEnum):
    """What the edge does when a client sets a bound field."""

    REJECT = "reject"
    REPLACE = "replace"
    REPORT = "report"


class ErrorFormat(StrEnum):
    """`detail` is FastAPI's shape, `problem` is RFC 9457."""

    DETAIL = "detail"
    PROBLEM = "problem"


class BodyKind(StrEnum):
    """How the edge reads a request body: RAW is forwarded byte for byte, unread."""

    JSON = "json"
    FORM = "form"
    MULTIPART = "multipart"
    RAW = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. `total` ends at the answer's head; `idle` is the longest silence in its body."""

    connect: float = 2.0
    pool: float = 1.0
    write: float = 30.0
    read: float = 30.0
    idle: float = 30.0
    total: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """`attempts` counts those after the first; 0 never retries."""

    attempts: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """How often one caller may call: `rate` requests a second for ever, `burst` of them at once."""

    rate: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Which identity field fills which wire name: `name` is a JSON pointer where `place` is BODY."""

    field: IdentityField
    place: Place
    name: str
    absent: Absent
    absent_parent: AbsentParent
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An identity-like input that stays the client's, and why."""

    field: str
    reason: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who answers for it that a route needs no token, and why."""

    by: str
    reason: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueShape:
    """The JSON types a wire string may stand for; `flag` is a boolean for which no text is true.

    `container` is "" for a scalar, else `array` (`types` are the items'), `object` (`properties` says each
    member's types, `types` those of the others) or `json` (a `content` parameter).
    """

    types: tuple[str, ...]
    container: str = ""
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter that clients send; bound ones are not here. `location` is path, query, header or cookie."""

    name: str
    location: str
    required: bool
    style: str
    explode: bool
    shape: ValueShape
    example: Json = None
    has_example: bool = False
    description: str = ""
    deprecated: bool = False
    allow_reserved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a multipart body or a field of a form; `binary` parts are streamed, others are validated.

    `style` is set where a form has the whole array or object in one field, or its members in one each.
    """

    name: str
    required: bool
    repeated: bool
    binary: bool
    shape: ValueShape
    content_types: tuple[str, ...] = ()
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContent:
    """One media type of a request body.

    `contract` is what a client may send (no bound fields), `downstream` what the service receives; both are
    None for RAW. `example` is a valid client value; for RAW it is text or None.
    """

    media_type: str
    kind: BodyKind
    contract: ContractRef | None
    downstream: ContractRef | None
    parts: tuple[Part, ...] = ()
    example: Json = None
    has_example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBody:
    required: bool
    content: tuple[RequestContent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """`status` as in the document; the contract is None where the body is not JSON or not described."""

    status: str
    description: str
    media_type: str | None
    contract: ContractRef | None
    headers: tuple[tuple[str, str], ...] = ()
    example: Json = None
    has_example: bool = False
    event_stream: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a request must say in a query parameter or header (`place`): one of the values, once.

    Without values it must not say the name at all; where they are None, it must, whatever follows. A media
    type stands for every value of Content-Type that has it, whatever its parameters.
    """

    place: Place
    name: str
    values: tuple[str, ...] | None = None

    @property
    def label(self) -> str:
        """What it says, as a part of a key in the edge contract's `paths`."""
        name = quote(self.name)
        if self.values is None or "" in self.values:
            return name
        return f"{name}={'|'.join(map(quote, self.values))}" if self.values else f"!{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterContracts:
    """The object models that validate the parameters of each location; None where it has none."""

    path: ContractRef | None = None
    query: ContractRef | None = None
    header: ContractRef | None = None
    cookie: ContractRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route of the edge.

    `operation_id` is the document's or a derived one; `function` and `constant` are final Python names,
    distinct in the service; `module` is the router module's stem (`batches` of `batches_routes.py`).
    `edge_path` and `downstream_path` are templates whose literals are as in the document; a variable of the
    downstream's that is not in the edge's is bound to identity. `scopes` are alternatives (any of), each all
    of its scopes, in the token's words. `unbound` are inputs that look like identity, about which nothing is
    said (a JSON pointer, or `query:name`). `signed` is of a public operation. `rate_limit` None leaves it to
    the settings of the running edge.
    `when` tells it from the operations of the same method and template.
    """

    operation_id: str
    function: str
    constant: str
    module: str
    tag: str
    method: str
    edge_path: str
    downstream_path: str
    summary: str
    description: str
    deprecated: bool
    auth: Auth
    scopes: tuple[tuple[str, ...], ...]
    bindings: tuple[Binding, ...]
    waivers: tuple[Waiver, ...]
    parameters: tuple[Parameter, ...]
    contracts: ParameterContracts
    request_body: RequestBody | None
    responses: tuple[Response, ...]
    request_headers: tuple[str, ...]
    timeouts: Timeouts
    retry: Retry
    idempotent: bool
    validation: Validation
    on_client_value: OnClientValue
    location: Location
    when: tuple[Condition, ...] = ()
    rate_limit: RateLimit | None = None
    unbound: tuple[str, ...] = ()
    signed: Signature | None = None

    @property
    def contract_path(self) -> str:
        """The key of its path in the edge contract: operations of one template need several."""
        told = "&".join(one.label for one in self.when)
        return f"{self.edge_path}#{told}" if told else self.edge_path


@dataclass(frozen=True, slots=True, kw_only=True)
class PassthroughRoute:
    """The complete service proxy of a service without a document: everything below `prefix`."""

    location: Location

    prefix: str
    strip: str
    base_path: str
    methods: tuple[str, ...]
    auth: Auth
    timeouts: Timeouts
    retry: Retry
    rate_limit: RateLimit | None = None
    signed: Signature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`name` is a Python identifier: package name, metric label and settings prefix."""

    name: str
    title: str
    document: str | None
    base_url_env: str
    timeouts: Timeouts
    retry: Retry
    operations: tuple[Operation, ...] = ()
    passthrough: PassthroughRoute | None = None
    requests: SchemaSet = field(default_factory=lambda: SchemaSet(module="requests"))
    responses: SchemaSet = field(default_factory=lambda: SchemaSet(module="responses"))
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Claims of the token that fill each identity field, in order of preference."""

    user_id: tuple[str, ...] = ("sub",)
    org_id: tuple[str, ...] = ("org_id", "org", "organization_id")
    scopes: tuple[str, ...] = ("scope", "scp", "scopes")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderPolicy:
    """What the configuration adds to the published lists (names in lower case)."""

    owned: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    deny_response: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The whole edge. `edge_contract` is its OpenAPI 3.1 document as JSON."""

    name: str
    error_format: ErrorFormat
    claims: Claims
    headers: HeaderPolicy
    metrics_prefix: str
    services: tuple[Service, ...]
    edge_contract: Mapping[str, Json]
    ledger: tuple[LedgerEntry, ...]
    counts: tuple[LedgerCount, ...]
