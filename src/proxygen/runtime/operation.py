"""What a route needs to know, as frozen data: the constants of a generated `operations.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote


class Auth(StrEnum):
    """Who may call: a token must be there, may be there, or is not read."""

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
    """What a binding does when the identity has no such field: write null, leave it out, or answer 403."""

    NULL = "null"
    OMIT = "omit"
    FORBID = "forbid"


class AbsentParent(StrEnum):
    """What a body binding does when the object that holds its field is absent or null: 422, or nothing."""

    REFUSE = "refuse"
    SKIP = "skip"


class Validation(StrEnum):
    """What the edge does about a request that violates the contract: 422, a log line, or nothing."""

    ENFORCE = "enforce"
    REPORT = "report"
    OFF = "off"


class OnClientValue(StrEnum):
    """What the edge does when a client sets a bound field: 422, overwrite, or log and overwrite."""

    REJECT = "reject"
    REPLACE = "replace"
    REPORT = "report"


class BodyKind(StrEnum):
    """How a request body is read: JSON and FORM whole, MULTIPART as it streams, RAW not at all."""

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
    absent: Absent = Absent.FORBID
    absent_parent: AbsentParent = AbsentParent.REFUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The JSON types that a wire string may stand for; `flag` is a boolean for which no text is true.

    `container` is "" for a scalar, else `array` (`types` are the items'), `object` (`properties` has each
    member's types, `types` those of all others) or `json` (a parameter described by `content`).
    """

    types: tuple[str, ...] = ("string",)
    container: str = ""
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter that the edge reads (OAS 3.1.1, 4.8.12); `style` and `explode` have their defaults."""

    name: str
    required: bool = False
    style: str = "form"
    explode: bool = True
    shape: Shape = Shape()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a multipart body or a field of a form; a `binary` part is streamed unread.

    `style` is that of a form's array or object which stands in one field, or in one for each member
    (`deepObject`); without one, an array is as many fields as it has items, and an object is JSON.
    """

    name: str
    required: bool = False
    repeated: bool = False
    binary: bool = False
    shape: Shape = Shape()
    content_types: tuple[str, ...] = ()
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One media type that an operation takes; `media_type` may be a range (`image/*`, `*/*`)."""

    media_type: str
    kind: BodyKind
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The request body: the typed contents match the handler's `body` annotation arm by arm, in order."""

    content: tuple[Content, ...]
    required: bool = False


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
class Operation:
    """Everything that the edge decides about one route; policy is the runtime's, this is its data.

    `edge_path` and `downstream_path` are templates (`/v1/batches/{batch_id}`); variables of the downstream's
    that the edge's has not are bound to identity. `scopes` are alternatives, each met by all of its scopes.
    `request_headers` are the declared header parameters, in lower case. `rate_limit` None leaves it to the
    settings. `event_stream` exempts the answer from the idle limit. `idempotent` operations may be sent
    twice. `when` tells operations apart that share method and path: all of its conditions are met by a
    request for this one.
    """

    service: str
    operation_id: str
    method: str
    edge_path: str
    downstream_path: str
    when: tuple[Condition, ...] = ()
    auth: Auth = Auth.REQUIRED
    scopes: tuple[tuple[str, ...], ...] = ()
    bindings: tuple[Binding, ...] = ()
    path: tuple[Parameter, ...] = ()
    query: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    cookies: tuple[Parameter, ...] = ()
    body: Body | None = None
    request_headers: tuple[str, ...] = ()
    timeouts: Timeouts = field(default_factory=Timeouts)
    retry: Retry = field(default_factory=Retry)
    rate_limit: RateLimit | None = None
    idempotent: bool = False
    event_stream: bool = False
    validation: Validation = Validation.ENFORCE
    on_client_value: OnClientValue = OnClientValue.REJECT

    @property
    def contract_path(self) -> str:
        """The key of its path in the edge contract: operations of one template need several."""
        told = "&".join(one.label for one in self.when)
        return f"{self.edge_path}#{told}" if told else self.edge_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Passthrough:
    """The complete service proxy: every path below `prefix`, less `strip`, sent below `base_path`."""

    service: str
    prefix: str
    strip: str = ""
    base_path: str = ""
    methods: tuple[str, ...] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    auth: Auth = Auth.REQUIRED
    timeouts: Timeouts = field(default_factory=Timeouts)
    retry: Retry = field(default_factory=Retry)
    rate_limit: RateLimit | None = None
