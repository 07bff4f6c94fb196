"""The only writer of headers: what of a client's goes downstream, what of a downstream's comes back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Final

from proxygen.runtime.errors import FORBIDDEN, EdgeError
from proxygen.runtime.headers import forwarding
from proxygen.runtime.headers.fates import Fate, fates_by
from proxygen.runtime.headers.location import map_location
from proxygen.runtime.headers.names import (
    ALLOWED_BY_CONFIGURATION_ONLY,
    ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES,
    BODY_DIGESTS,
    HOP_BY_HOP,
    NEVER_FORWARDED,
    OWNED,
    REQUEST_ALLOWED,
    REQUEST_ALLOWED_PREFIXES,
    RESPONSE_DENIED,
    RESPONSE_DENIED_PREFIXES,
    TOKEN,
    fold_header,
)
from proxygen.runtime.identity.caller import Identity, unauthenticated
from proxygen.runtime.operation import Absent, Binding, IdentityField, Operation, Place
from proxygen.runtime.telemetry.trace_context import NAMES, without_broken
from proxygen.runtime.transport.head_names import value_in
from proxygen.runtime.transport.seam import HeaderList, Origin

if TYPE_CHECKING:
    from proxygen.runtime.context import RequestContext

_CONTROLS: Final = bytes([*range(9), *range(10, 32), 127])
"""Bytes that no field value has (RFC 9110, 5.5)."""
_BODY_PLACES: Final = (Place.BODY, Place.FORM, Place.PART)
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_NEVER_ADDED: Final = HOP_BY_HOP | {"content-length", "x-correlation-id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderPolicy:
    """What the settings add to the published tables of `header_names`.

    `owned` are dropped both ways whatever their spelling, also where `allow` names them. `trusted_hops` is
    how many proxies in front of the edge may speak for the client's address; 0 believes only the socket.
    `deadline` names the header that tells a downstream how long the edge waits; empty: none does.
    """

    gateway_name: str = "api-gateway-service"
    owned: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    deny_response: tuple[str, ...] = ()
    trusted_hops: int = 0
    deadline: str = ""

    @property
    def folded(self) -> frozenset[str]:
        """Every owned name, as `fold_header` has it."""
        return frozenset(fold_header(n) for n in (*OWNED, *self.owned, self.deadline) if n)

    def __post_init__(self) -> None:
        if not _VISIBLE.fullmatch(self.gateway_name):
            raise ValueError("the gateway's name must be visible ASCII: it is sent as X-Proxied-By")
        for name in (*self.owned, *self.allow, *self.deny_response):
            if not TOKEN.fullmatch(name):
                raise ValueError(f"not a header name: {name!r}")


_NAMES_NOTHING: Final = frozenset({b"keep-alive", b"Keep-Alive"})
"""Values of Connection that name no other line: Keep-Alive goes no further anyway."""
_LOCATIONS: Final = frozenset({b"location", b"content-location"})


class RequestHeaderRules:
    """The request headers of one operation, or of a passthrough service where nothing is declared.

    Of `declared`, what only the configuration may allow is left out; of an operation's `cookies` those pairs
    alone are forwarded, as they came, unless the policy allows Cookie as a whole. Where identity is written
    into the body, a digest of the client's body is not forwarded.
    """

    __slots__ = (
        "_allowed",
        "_cookies",
        "_deadline",
        "_fates",
        "_identity",
        "_may_hold_forwarding",
        "_never",
        "_owned",
        "_policy",
        "_proxied_by",
    )

    def __init__(
        self,
        policy: HeaderPolicy,
        *,
        declared: tuple[str, ...] = (),
        cookies: tuple[str, ...] = (),
        bindings: tuple[Binding, ...] = (),
        rewrites_body: bool = False,
    ) -> None:
        allow = frozenset(name.lower() for name in policy.allow)
        named = frozenset(name.lower() for name in declared) - ALLOWED_BY_CONFIGURATION_ONLY
        prefixes = ALLOWED_BY_CONFIGURATION_ONLY_PREFIXES
        named = frozenset(name for name in named if not name.startswith(prefixes))
        self._policy = policy
        fields = _identity_headers(bindings)
        self._identity = tuple(
            (field, name.encode("ascii"), absent) for field, name, absent in fields
        )
        bound = {fold_header(name) for _, name, _ in fields}
        self._owned = bound | policy.folded
        self._allowed = REQUEST_ALLOWED | allow | named
        self._never = NEVER_FORWARDED | (BODY_DIGESTS if rewrites_body else frozenset())
        self._cookies = frozenset() if "cookie" in allow else frozenset(cookies)
        self._deadline = policy.deadline.encode("ascii")
        self._may_hold_forwarding = not forwarding.WRITTEN.isdisjoint(allow)
        self._proxied_by = (b"X-Proxied-By", policy.gateway_name.encode("ascii"))
        self._fates = fates_by(self._decide)

    @classmethod
    def of(cls, operation: Operation, policy: HeaderPolicy) -> RequestHeaderRules:
        """The rules of a generated operation."""
        return cls(
            policy,
            declared=operation.request_headers,
            cookies=tuple(parameter.name for parameter in operation.cookies),
            bindings=tuple(b for b in operation.bindings if b.place is Place.HEADER),
            rewrites_body=any(b.place in _BODY_PLACES for b in operation.bindings),
        )

    def _decide(self, name: bytes) -> Fate:
        lowered = name.decode("latin-1").lower()
        if lowered == "connection":
            return Fate.READ
        if lowered == "cookie" and self._cookies:
            return Fate.PICKED
        if lowered in self._never or fold_header(lowered) in self._owned:
            return Fate.DROPPED
        kept = lowered in self._allowed or lowered.startswith(REQUEST_ALLOWED_PREFIXES)
        return Fate.KEPT if kept else Fate.DROPPED

    def apply(
        self,
        inbound: HeaderList,
        *,
        context: RequestContext,
        identity: Identity | None,
        peer: str | None,
        scheme: str = "http",
    ) -> HeaderList:
        """The headers to send: allowed ones in their order, then the edge's own, each exactly once.

        `inbound` are an ASGI scope's, `peer` the socket's address. Raises 400 for a value that no header may
        have, 403 where a header binding needs a field that the identity has not.
        """
        fates = self._fates(inbound)
        outbound = list(compress(inbound, fates.goes_on))
        if fates.read:
            named = _named(inbound, fates.read)
            if named:
                outbound = [line for line in outbound if line[0].lower() not in named]
        if fates.picked:
            cookies = [inbound[at][1] for at in fates.picked]
            outbound.extend(_declared_cookies(cookies, self._cookies))
        if fates.traced:
            outbound = without_broken(outbound)
        if _has_control(b"".join(map(value_in, outbound))):
            raise EdgeError(400, "Invalid header value")
        host = inbound[fates.hosts[0]][1].decode("latin-1") if fates.hosts else None
        lines = forwarding.lines(inbound, peer, scheme, host, self._policy.trusted_hops)
        if self._may_hold_forwarding:
            present = {name.lower() for name, _ in outbound}
            lines = tuple(line for line in lines if line[0].lower() not in present)
        outbound.extend(self._own(lines, context, identity))
        return outbound

    def for_attempt(
        self, headers: HeaderList, seconds: float, *, again: bool = False
    ) -> HeaderList:
        """What `apply` has written, for one attempt whose answer's head is awaited for so many seconds: whole
        milliseconds, as Envoy and gRPC tell theirs. The first attempt adds its line to the list; `again`
        makes another with its line in the place of that one."""
        if not self._deadline:
            return headers
        line = (self._deadline, b"%d" % max(0, seconds * 1000))
        if again:
            return [*headers[:-1], line]
        headers.append(line)
        return headers

    def _own(
        self,
        lines: tuple[tuple[bytes, bytes], ...],
        context: RequestContext,
        identity: Identity | None,
    ) -> HeaderList:
        own = [
            (b"X-Correlation-ID", context.correlation.original.encode("ascii")),
            (b"X-Request-ID", context.request_id.encode("ascii")),
            self._proxied_by,
            *lines,
        ]
        for field, name, absent in self._identity:
            value = None if identity is None else identity.field(field)
            if value is not None:
                own.append((name, value.encode("ascii")))
            elif absent is Absent.FORBID:
                raise unauthenticated() if identity is None else EdgeError(403, FORBIDDEN)
        return own


class ResponseHeaderRules:
    """The response headers of one service; framing (`Content-Length`) is left to the writer of the answer."""

    __slots__ = ("_denied", "_fates", "_owned")

    def __init__(self, policy: HeaderPolicy) -> None:
        self._owned = policy.folded
        self._denied = RESPONSE_DENIED | {name.lower() for name in policy.deny_response}
        self._fates = fates_by(self._decide)

    def _decide(self, name: bytes) -> Fate:
        lowered = name.decode("latin-1").lower()
        if lowered == "connection":
            return Fate.READ
        if lowered in self._denied or lowered.startswith(RESPONSE_DENIED_PREFIXES):
            return Fate.DROPPED
        if fold_header(lowered) in self._owned:
            return Fate.DROPPED
        return Fate.MAPPED if name.lower() in _LOCATIONS else Fate.KEPT

    def apply(
        self,
        inbound: HeaderList,
        *,
        context: RequestContext,
        origin: Origin,
        edge_path: Callable[[str], str | None],
    ) -> HeaderList:
        """The lines to answer with, in lower case; repeated ones (`Set-Cookie`) stay separate lines.

        `edge_path` maps a raw path of the downstream's (`base_path` included) to the edge's, or to None.
        """
        fates = self._fates(inbound)
        values = map(value_in, compress(inbound, fates.goes_on))
        outbound = list(zip(fates.names, values, strict=True))
        if fates.maps:
            outbound = list(_mapped(outbound, origin, edge_path))
        if fates.read:
            named = _named(inbound, fates.read) - {b"content-length"}
            if named:
                outbound = [line for line in outbound if line[0] not in named]
        outbound.append((b"x-correlation-id", context.correlation.original.encode("ascii")))
        return outbound


def _named(inbound: HeaderList, places: Iterable[int]) -> set[bytes]:
    """The names, in lower case, that these lines of Connection say (RFC 9110, 7.6.1)."""
    named: set[bytes] = set()
    for at in places:
        value = inbound[at][1]
        if value not in _NAMES_NOTHING:
            named.update(token.strip().lower() for token in value.split(b","))
    return named


def _mapped(
    lines: HeaderList, origin: Origin, edge_path: Callable[[str], str | None]
) -> Iterator[tuple[bytes, bytes]]:
    """The lines, those that say where something is as the edge's client may see it, or left out."""
    for name, value in lines:
        if name not in _LOCATIONS:
            yield name, value
            continue
        mapped = map_location(value, origin=origin, edge_path=edge_path)
        if mapped is not None:
            yield name, mapped


def _has_control(value: bytes) -> bool:
    return len(value.translate(None, _CONTROLS)) != len(value)


def _identity_headers(
    bindings: tuple[Binding, ...],
) -> tuple[tuple[IdentityField, str, Absent], ...]:
    """Every identity header with what to do without its field; a declared binding replaces the default."""
    lines: dict[str, tuple[IdentityField, str, Absent]] = {
        "xuserid": (IdentityField.USER_ID, "X-User-ID", Absent.OMIT),
        "xorgid": (IdentityField.ORG_ID, "X-Org-ID", Absent.OMIT),
    }
    for binding in bindings:
        lines[fold_header(binding.name)] = (binding.field, binding.name, binding.absent)
    return tuple(lines.values())


def _declared_cookies(lines: list[bytes], declared: frozenset[str]) -> HeaderList:
    """One Cookie line of the declared pairs, as they came and in their order (RFC 6265, 4.2.1)."""
    pairs = [pair.strip(b" ") for line in lines for pair in line.split(b";")]
    kept = [pair for pair in pairs if pair.partition(b"=")[0].decode("latin-1") in declared]
    return [(b"Cookie", b"; ".join(kept))] if kept else []


def traced(headers: HeaderList, lines: HeaderList) -> HeaderList:
    """A request's headers with the trace context of one call, in the place of the client's."""
    return [line for line in headers if line[0].lower() not in NAMES] + lines


def add_credential(headers: HeaderList, credential: tuple[bytes, bytes]) -> None:
    """The edge's own credential for a service, last in what `apply` has written; the policy of the service
    owns its name, so that there is no other line of it."""
    headers.append(credential)


def complete(headers: HeaderList, context: RequestContext) -> HeaderList:
    """The head of an answer as it leaves, whoever has made it: with the correlation id, and with the lines
    that the edge adds to every answer of this request, each in the place of any other of its name. `Vary`
    alone names both what the edge and what the answer's maker looked at. Idempotent."""
    added = context.answer_headers
    if added:
        names = {name.lower() for name, _ in added}
        if b"vary" in names:
            added = _vary_of_both(added, headers)
        headers = [line for line in headers if line[0].lower() not in names] + added
    # Where the edge has written the head, the id is its last line.
    if headers and headers[-1][0] == b"x-correlation-id":
        return headers
    if any(name == b"x-correlation-id" for name, _ in headers):
        return headers
    return [*headers, (b"x-correlation-id", context.correlation.original.encode("ascii"))]


def answer_lines(lines: Iterable[tuple[str, str]]) -> HeaderList:
    """Lines that a hook adds to an answer, their names in lower case; ValueError for one that would break its
    framing, be no field at all (RFC 9110, 5), or replace the correlation id."""
    added: HeaderList = []
    for name, text in lines:
        lowered, value = name.lower(), text.encode("latin-1")
        if lowered in _NEVER_ADDED or not TOKEN.fullmatch(name) or _has_control(value):
            raise ValueError("no answer may have this line")
        added.append((lowered.encode("ascii"), value))
    return added


def _vary_of_both(added: HeaderList, headers: HeaderList) -> HeaderList:
    """`added`, its `Vary` line with the names of both lists, each once in any case (RFC 9110, 12.5.5)."""
    once: dict[bytes, bytes] = {}
    for line in headers + added:
        if line[0].lower() == b"vary":
            for name in filter(None, map(bytes.strip, line[1].split(b","))):
                once.setdefault(name.lower(), name)
    value = b"*" if b"*" in once else b", ".join(once.values())
    return [line for line in added if line[0].lower() != b"vary"] + [(b"vary", value)]
