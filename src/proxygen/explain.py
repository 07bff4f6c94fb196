"""One operation of the edge in words: its route, its rules, and where each of them was written."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from proxygen.config.model import Config, OperationConfig, ServiceConfig
from proxygen.diagnostics import Location
from proxygen.ir.gateway import (
    Auth,
    BodyKind,
    Condition,
    Gateway,
    Operation,
    PassthroughRoute,
    RateLimit,
    Service,
    Timeouts,
)

_WIDTH = 12


class UnknownOperation(Exception):  # noqa: N818 - named after what is unknown, as KeyError is
    """No operation of the edge goes by this name, or more than one does."""


def explained(name: str, gateway: Gateway, config: Config) -> list[str]:
    """Lines of text about the operation that `name` means; raises `UnknownOperation`."""
    for service in gateway.services:
        if service.passthrough is not None and name == service.name:
            settings = _settings(service, config)
            return list(_passthrough_lines(service, service.passthrough, gateway, settings))
    service, operation = _find(name, gateway)
    settings = _settings(service, config)
    own = _own_settings(operation, settings)
    return list(_lines(service, operation, gateway, _Sources(settings, own)))


def _find(name: str, gateway: Gateway) -> tuple[Service, Operation]:
    known: dict[str, list[tuple[Service, Operation]]] = {}
    for service in gateway.services:
        for operation in service.operations:
            route = f"{operation.method.upper()} {operation.edge_path}"
            for key in {
                operation.operation_id,
                f"{service.name}.{operation.operation_id}",
                operation.function,
                route,
            }:
                known.setdefault(key, []).append((service, operation))
    found = known.get(name, [])
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(f"{service.name}.{item.operation_id}" for service, item in found)
        raise UnknownOperation(f"{name} is the name of several operations: {choices}")
    near = difflib.get_close_matches(name, known, 3)
    hint = f"; nearest: {', '.join(near)}" if near else ""
    raise UnknownOperation(f"the edge has no operation {name}{hint}")


class _Sources:
    """Where the configuration says something about an operation; the default where it does not."""

    def __init__(self, service: ServiceConfig | None, own: OperationConfig | None) -> None:
        self._service = service
        self._own = own

    def of(self, own: str, service: str) -> str:
        """The place of a key, by its name in the operation's and in the service's configuration."""
        for part, name in ((self._own, own), (self._service, service)):
            default = getattr(type(part), "__dataclass_fields__", {}).get(name) if part else None
            if part is not None and default is not None:
                value = getattr(part, name)
                if value is not None and value != default.default and value != ():
                    return _place(part.location)
        return "default"


def _lines(
    service: Service, operation: Operation, gateway: Gateway, sources: _Sources
) -> Iterator[str]:
    method = operation.method.upper()
    yield f"{operation.operation_id} of {service.name} ({_place(operation.location)})"
    if operation.summary:
        yield f"  {operation.summary}"
    yield ""
    yield _row("edge", f"{method} {operation.edge_path}", sources.of("path", "prefix"))
    for condition in operation.when:
        yield _row("", _condition(condition), _place(operation.location))
    target = f"{method} ${service.base_url_env}{operation.downstream_path}"
    yield _row("downstream", target, _place(operation.location))
    handler = f"{service.name}/routers/{operation.module}_routes.py, {operation.function}()"
    yield _row("handler", handler)
    yield _row("who", _who(operation.auth, operation.scopes), sources.of("auth", "auth"))
    for binding in operation.bindings:
        text = f"{binding.place.value} {binding.name} = {binding.field.value}"
        text += f"; without one: {binding.absent.value}"
        yield _row("identity", text, _place(binding.location))
    if operation.bindings:
        text = f"a client that sets it: {operation.on_client_value.value}"
        yield _row("", text, sources.of("on_client_value", "on_client_value"))
    for waiver in operation.waivers:
        text = f"{waiver.field} stays the client's: {waiver.reason}"
        yield _row("waived", text, _place(waiver.location))
    yield from _input_lines(operation, sources)
    attempts = operation.retry.attempts if operation.idempotent else 0
    yield from _header_lines(operation.request_headers, operation.auth, gateway)
    yield from _limit_lines(operation.timeouts, attempts, sources)
    yield _rate_limit_line(operation.rate_limit, sources)
    yield from _answer_lines(tuple(item.status for item in operation.responses), gateway)


def _passthrough_lines(
    service: Service, route: PassthroughRoute, gateway: Gateway, settings: ServiceConfig | None
) -> Iterator[str]:
    sources = _Sources(settings, None)
    place = _place(settings.location) if settings is not None else ""
    yield f"{service.name}, passed through whole ({place})"
    yield ""
    yield _row("edge", f"{', '.join(route.methods)} below {route.prefix}", place)
    below = route.prefix.removeprefix(route.strip) if route.strip else route.prefix
    yield _row("downstream", f"${service.base_url_env}{route.base_path}{below}/...")
    yield _row("handler", f"{service.name}/routers/{service.name}_routes.py, proxy_requests()")
    yield _row("who", _who(route.auth, ()), sources.of("auth", "auth"))
    yield _row("body", "any bytes, streamed")
    yield from _header_lines((), route.auth, gateway)
    yield from _limit_lines(route.timeouts, route.retry.attempts, sources)
    yield _rate_limit_line(route.rate_limit, sources)
    yield from _answer_lines((), gateway)


def _condition(condition: Condition) -> str:
    name = f"{condition.place.value} {condition.name}"
    if condition.values is None:
        return f"where {name} is said"
    if not condition.values:
        return f"where {name} is not said"
    return f"where {name} is {' or '.join(map(repr, condition.values))}, once"


def _who(auth: Auth, scopes: tuple[tuple[str, ...], ...]) -> str:
    match auth:
        case Auth.PUBLIC:
            return "anybody; no token is read, no identity goes out"
        case Auth.OPTIONAL:
            who = "anybody; a token is read where there is one"
        case Auth.REQUIRED:
            who = "whoever has a valid token"
    if scopes:
        who += "; scopes: " + " or ".join(" and ".join(item) for item in scopes)
    return who


def _input_lines(operation: Operation, sources: _Sources) -> Iterator[str]:
    for parameter in operation.parameters:
        required = "required" if parameter.required else "optional"
        kind = " or ".join(parameter.shape.types)
        if parameter.shape.container:
            kind = f"{parameter.shape.container} of {kind}"
        yield _row(parameter.location, f"{parameter.name}: {kind}, {required}")
    body = operation.request_body
    for content in body.content if body else ():
        contract = content.contract.name if content.contract else "any bytes, streamed"
        text = f"{content.media_type}: {contract}"
        if content.downstream is not None and content.downstream != content.contract:
            text += f" (downstream: {content.downstream.name})"
        if content.kind is BodyKind.MULTIPART:
            text += "; parts: " + ", ".join(part.name for part in content.parts)
        yield _row("body", text)
    yield _row(
        "validation", operation.validation.value, sources.of("validation", "validation_requests")
    )


def _header_lines(declared: tuple[str, ...], auth: Auth, gateway: Gateway) -> Iterator[str]:
    names = sorted({*declared, *gateway.headers.allow})
    yield _row("headers out", ", ".join([*names, "and the published list"]))
    injected = ["X-Correlation-ID", "X-Request-ID", f"X-Proxied-By: {gateway.name}"]
    if auth is not Auth.PUBLIC:
        injected = ["X-User-ID", "X-Org-ID (if the token has one)", *injected]
    yield _row("", "set by the edge: " + ", ".join(injected))
    if gateway.headers.owned:
        yield _row("", "owned as well: " + ", ".join(gateway.headers.owned))
    denied = ", ".join([*gateway.headers.deny_response, "hop-by-hop, owned, the published list"])
    yield _row("headers back", f"all but {denied}")


def _limit_lines(limits: Timeouts, attempts: int, sources: _Sources) -> Iterator[str]:
    names = Timeouts.__dataclass_fields__
    text = ", ".join(f"{name} {getattr(limits, name):g} s" for name in names)
    yield _row("time-outs", text, sources.of("timeouts", "timeouts"))
    if attempts:
        text = f"at most {attempts} more attempts of an idempotent request, before any byte of an answer"
    else:
        text = "never sent twice"
    yield _row("retries", text, sources.of("retries", "retries"))


def _rate_limit_line(limit: RateLimit | None, sources: _Sources) -> str:
    if limit is None:
        return _row("rate limit", "EDGE_RATE_LIMIT, where it is set", "default")
    text = f"{limit.rate:g} requests/s, {limit.burst} at once, for each caller and worker; then 429"
    return _row("rate limit", text, sources.of("rate_limit", "rate_limit"))


def _answer_lines(statuses: tuple[str, ...], gateway: Gateway) -> Iterator[str]:
    declared = ", ".join(dict.fromkeys(statuses))
    yield _row("answers", f"2xx, 3xx, 4xx as they are; declared: {declared or 'none'}")
    yield _row("", "5xx: 503 Downstream service error; no connection: 503 Service unavailable")
    yield _row("", f"time-out: 504 Gateway timeout; format of errors: {gateway.error_format.value}")


def _row(label: str, text: str, place: str = "") -> str:
    source = f"  ({place})" if place else ""
    return f"  {label:<{_WIDTH}} {text}{source}"


def _place(location: Location) -> str:
    return f"{location.file}:{location.line}" if location.line else location.file


def _settings(service: Service, config: Config) -> ServiceConfig | None:
    for item in config.services:
        if _plain(item.name) == _plain(service.name):
            return item
    return None


def _own_settings(operation: Operation, service: ServiceConfig | None) -> OperationConfig | None:
    if service is None:
        return None
    route = f"{operation.method.upper()} {operation.downstream_path}"
    return service.operations.get(operation.operation_id) or service.operations.get(route)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
