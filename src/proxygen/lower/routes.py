"""Decides the edge's paths, and which operations the wire can tell apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from proxygen.config.model import OperationConfig, ServiceConfig
from proxygen.diagnostics import Location
from proxygen.lower.ledger import Findings
from proxygen.openapi.model import Operation

GATEWAY_PATHS = ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json")
"""Served by the edge itself."""

_VARIABLE = re.compile(r"\{([^{}/]*)\}")
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The two templates of an operation."""

    edge_path: str
    downstream_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who serves a method and path of the edge, for collisions."""

    service: str
    operation: str
    location: Location


def variables(template: str) -> tuple[str, ...]:
    """The names of a template's variables, each once and in order."""
    return tuple(dict.fromkeys(_VARIABLE.findall(template)))


def shape(template: str) -> str:
    """The template without the names of its variables, which the wire does not see."""
    return _VARIABLE.sub("{}", template)


def specificity(template: str) -> tuple[int, ...]:
    """Sorts literals before variables, segment by segment."""
    return tuple(int("{" in segment) for segment in template.split("/"))


def join_path(prefix: str, path: str) -> str:
    """`/v1` and `/batches` as `/v1/batches`, with exactly one slash between."""
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}" if prefix.strip("/") else path


def route_of(
    service: ServiceConfig,
    operation: Operation,
    configured: OperationConfig | None,
    location: Location,
    findings: Findings,
) -> Route | None:
    """The operation's templates; None where it is not routed, which the ledger or an error then says."""
    method, path = operation.method.upper(), operation.path
    if method not in _METHODS:
        _refuse_method(configured, location, f"{method} is not proxied", findings)
        return None
    reason = _unroutable(path)
    if reason is not None:
        _not_routed(configured, "path-not-routable", location, reason, findings)
        return None
    if configured is not None and configured.path is not None:
        edge = configured.path
        reason = _unroutable(edge)
        if reason is not None:
            cure = "write a path such as /v1/batches/{batch_id}"
            findings.error("path-not-routable", configured.location, reason, cure)
            return None
        unknown = [name for name in variables(edge) if name not in variables(path)]
        if unknown:
            findings.error(
                "unknown-path-variable",
                configured.location,
                f"`{edge}` has {{{unknown[0]}}}, which `{path}` has not",
                f"use the names of the downstream's path: {', '.join(variables(path)) or 'none'}",
            )
            return None
    else:
        edge = join_path(service.prefix or "", _stripped(path, service.strip))
    if edge in GATEWAY_PATHS or edge.startswith(("/docs/", "/metrics/")):
        found = f"`{edge}` is served by the edge itself"
        _not_routed(configured, "gateway-path", location, found, findings)
        return None
    base = (service.base_path or "").rstrip("/")
    return Route(edge_path=edge, downstream_path=f"{base}{path}")


def claim(
    claims: dict[tuple[str, str], Claim],
    method: str,
    edge_path: str,
    mine: Claim,
    findings: Findings,
) -> bool:
    """Whether no other service claims this method and template on the edge."""
    first = claims.setdefault((method, shape(edge_path)), mine)
    if first.service == mine.service:
        return True
    found = f"{method} {edge_path} is also {first.operation} of {first.service}"
    cure = f'give a service a prefix, or the operation a path: path = "/{mine.service}{edge_path}"'
    findings.error("route-collision", mine.location, found, cure, (first.location,))
    return False


def refuse_alike(
    mine: Claim,
    rival: Claim,
    route: str,
    configured: OperationConfig | None,
    findings: Findings,
) -> None:
    """An operation that nothing on the wire tells from another of its service is not routed."""
    found = (
        f"{route} is also {rival.operation}, and no query parameter, header or media type that one of "
        "them requires tells them apart"
    )
    _not_routed(configured, "ambiguous-route", mine.location, found, findings)


def check_passthroughs(
    services: Sequence[ServiceConfig],
    claims: Mapping[tuple[str, str], Claim],
    findings: Mapping[str, Findings],
) -> None:
    """A passthrough prefix may hold no route and no prefix of another service."""
    prefixes: dict[str, ServiceConfig] = {}
    for service in services:
        if service.mode != "passthrough":
            continue
        prefix = (service.prefix or "").rstrip("/")
        cure = "give the passthrough service another prefix"
        for other, owner in prefixes.items():
            if f"{prefix}/".startswith(f"{other}/") or f"{other}/".startswith(f"{prefix}/"):
                found = f"`{prefix}` is also a prefix of {owner.name}"
                places = (owner.location,)
                findings[service.name].error(
                    "route-collision", service.location, found, cure, places
                )
        prefixes[prefix] = service
        for (method, path), owned in claims.items():
            if f"{path}/".startswith(f"{prefix}/"):
                found = f"`{prefix}` covers {method} {path} of {owned.service}"
                findings[service.name].error(
                    "route-collision", service.location, found, cure, (owned.location,)
                )


def _not_routed(
    configured: OperationConfig | None,
    rule: str,
    location: Location,
    found: str,
    findings: Findings,
) -> None:
    """A ledger line and a warning; an error where the configuration asks for the operation by name."""
    if configured is not None:
        cure = "give the operation another `path`, or remove it from the configuration"
        findings.error(rule, location, found, cure, (configured.location,))
    else:
        findings.refused("operation", rule, location, found)
        findings.warning(
            rule, location, found, "give the service a prefix, or the operation a path"
        )


def _refuse_method(
    configured: OperationConfig | None, location: Location, found: str, findings: Findings
) -> None:
    """As above, without a warning: what the edge does not proxy, no prefix and no path helps."""
    if configured is None:
        findings.refused("operation", "method-not-proxied", location, found)
        return
    cure = "remove the operation from the configuration, or describe it with another method"
    findings.error("method-not-proxied", location, found, cure, (configured.location,))


def _stripped(path: str, strip: str | None) -> str:
    start = (strip or "").rstrip("/")
    if not start:
        return path
    if path == start:
        return "/"
    return path.removeprefix(start) if path.startswith(f"{start}/") else path


def _unroutable(path: str) -> str | None:
    literal = _VARIABLE.sub("", path)
    names = variables(path)
    segments = path.split("/")
    if not path.startswith("/") or path.startswith("//"):
        return f"`{path}` does not start with one slash"
    if "?" in literal or "#" in literal:
        return f"`{path}` has a query or fragment, which no path on the wire has"
    if "{" in literal or "}" in literal:
        return f"`{path}` has an unbalanced brace"
    if any(not name or ":" in name for name in names):
        return f"`{path}` has a variable without a proper name"
    if any(segment in (".", "..") for segment in segments):
        return f"`{path}` has a dot segment"
    if "//" in path:
        return f"`{path}` has an empty segment, which the edge answers with 400"
    if any(segment.count("{") > 1 and "}{" in segment for segment in segments):
        return f"`{path}` has two variables without anything between them"
    if not re.fullmatch(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*", literal):
        return f"`{path}` has characters that RFC 3986 does not allow in a path"
    return None
