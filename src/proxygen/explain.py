"""One operation of the edge in words: its route, its rules, and where each of them was written."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
    RequestBody,
    Service,
    Timeouts,
)

_WIDTH = 12
_OPERATION = "operation"
_SUMMARY = "summary"


class UnknownOperation(Exception):  # noqa: N818 - named after what is unknown, as KeyError is
    """No operation of the edge goes by this name, or more than one does."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing about an operation: `place` is where it was decided, "" where that needs no saying.

    Rows of one label follow each other; all but the first have none.
    """

    label: str
    text: str
    place: str = ""


def explained(name: str, gateway: Gateway, config: Config) -> list[Row]:
    """Everything about the operation that `name` means; raises `UnknownOperation`."""
    for service in gateway.services:
        if service.passthrough is not None and name == service.name:
            settings = _settings(service, config)
            return list(_passthrough_lines(service, service.passthrough, gateway, settings))
    service, operation = _find(name, gateway)
    settings = _settings(service, config)
    own = _own_settings(operation, settings)
    return list(_lines(service, operation, gateway, _Sources(settings, own)))


def explanation_text(rows: Iterable[Row]) -> Iterator[str]:
    """Lines for people: the operation, a blank line, then a row a line."""
    in_head = True
    for row in rows:
        source = f" ({row.place})" if row.place else ""
        if row.label == _OPERATION:
            yield f"{row.text}{source}"
        elif row.label == _SUMMARY:
            yield f"  {row.text}"
        else:
            if in_head:
                yield ""
            in_head = False
            yield f"  {row.label:<{_WIDTH}} {row.text}{' ' + source if source else ''}"


def explanation_json(rows: Iterable[Row]) -> str:
    """The rows as JSON, each with its label: `{"format": 1, "rows": [{"label", "text", "place"}]}`."""
    labelled = []
    label = ""
    for row in rows:
        label = row.label or label
        labelled.append({"label": label, "text": row.text, "place": row.place})
    return json.dumps({"format": 1, "rows": labelled}, indent=2) + "\n"


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
) -> Iterator[Row]:
    method = operation.method.upper()
    name = f"{operation.operation_id} of {service.name}"
    yield Row(_OPERATION, name, _place(operation.location))
    if operation.summary:
        yield Row(_SUMMARY, operation.summary)
    yield Row("edge", f"{method} {operation.edge_path}", sources.of("path", "prefix"))
    for condition in operation.when:
        yield Row("", _condition(condition), _place(operation.location))
    target = f"{method} ${service.base_url_env}{operation.downstream_path}"
    yield Row("downstream", target, _place(operation.location))
    handler = f"{service.name}/routers/{operation.module}_routes.py, {operation.function}()"
    yield Row("handler", handler)
    yield Row("who", _who(operation.auth, operation.scopes), sources.of("auth", "auth"))
    for binding in operation.bindings:
        text = f"{binding.place.value} {binding.name} = {binding.field.value}"
        text += f"; without one: {binding.absent.value}"
        yield Row("identity", text, _place(binding.location))
    if operation.bindings:
        text = f"a client that sets it: {operation.on_client_value.value}"
        yield Row("", text, sources.of("on_client_value", "on_client_value"))
    for waiver in operation.waivers:
        text = f"{waiver.field} stays the client's: {waiver.reason}"
        yield Row("waived", text, _place(waiver.location))
    yield from _input_lines(operation, sources)
    again = operation.idempotent and not _is_streamed(operation.request_body)
    attempts = operation.retry.attempts if again else 0
    yield from _header_lines(operation.request_headers, operation.auth, gateway)
    yield from _limit_lines(operation.timeouts, attempts, sources)
    yield _rate_limit_line(operation.rate_limit, sources)
    yield from _answer_lines(tuple(item.status for item in operation.responses), gateway)


def _passthrough_lines(
    service: Service, route: PassthroughRoute, gateway: Gateway, settings: ServiceConfig | None
) -> Iterator[Row]:
    sources = _Sources(settings, None)
    place = _place(settings.location) if settings is not None else ""
    yield Row(_OPERATION, f"{service.name}, passed through whole", place)
    yield Row("edge", f"{', '.join(route.methods)} below {route.prefix}", place)
    below = route.prefix.removeprefix(route.strip) if route.strip else route.prefix
    yield Row("downstream", f"${service.base_url_env}{route.base_path}{below}/...")
    yield Row("handler", f"{service.name}/routers/{service.name}_routes.py, proxy_requests()")
    yield Row("who", _who(route.auth, ()), sources.of("auth", "auth"))
    yield Row("body", "any bytes, streamed")
    yield from _header_lines((), route.auth, gateway)
    yield from _limit_lines(route.timeouts, route.retry.attempts, sources)
    yield _rate_limit_line(route.rate_limit, sources)
    yield from _answer_lines((), gateway)


def _is_streamed(body: RequestBody | None) -> bool:
    """Whether every body that this takes goes by as it comes, so that it is not there a second time."""
    kinds = {content.kind for content in body.content} if body is not None else set()
    return bool(kinds) and kinds <= {BodyKind.RAW, BodyKind.MULTIPART}


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


def _input_lines(operation: Operation, sources: _Sources) -> Iterator[Row]:
    for parameter in operation.parameters:
        required = "required" if parameter.required else "optional"
        kind = " or ".join(parameter.shape.types)
        if parameter.shape.container:
            kind = f"{parameter.shape.container} of {kind}"
        yield Row(parameter.location, f"{parameter.name}: {kind}, {required}")
    body = operation.request_body
    for content in body.content if body else ():
        contract = content.contract.name if content.contract else "any bytes, streamed"
        text = f"{content.media_type}: {contract}"
        if content.downstream is not None and content.downstream != content.contract:
            text += f" (downstream: {content.downstream.name})"
        if content.kind is BodyKind.MULTIPART:
            text += "; parts: " + ", ".join(part.name for part in content.parts)
        yield Row("body", text)
    yield Row(
        "validation", operation.validation.value, sources.of("validation", "validation_requests")
    )


def _header_lines(declared: tuple[str, ...], auth: Auth, gateway: Gateway) -> Iterator[Row]:
    names = sorted({*declared, *gateway.headers.allow})
    yield Row("headers out", ", ".join([*names, "and the published list"]))
    injected = ["X-Correlation-ID", "X-Request-ID", f"X-Proxied-By: {gateway.name}"]
    if auth is not Auth.PUBLIC:
        injected = ["X-User-ID", "X-Org-ID (if the token has one)", *injected]
    yield Row("", "set by the edge: " + ", ".join(injected))
    if gateway.headers.owned:
        yield Row("", "owned as well: " + ", ".join(gateway.headers.owned))
    denied = ", ".join([*gateway.headers.deny_response, "hop-by-hop, owned, the published list"])
    yield Row("headers back", f"all but {denied}")


def _limit_lines(limits: Timeouts, attempts: int, sources: _Sources) -> Iterator[Row]:
    names = Timeouts.__dataclass_fields__
    text = ", ".join(f"{name} {getattr(limits, name):g} s" for name in names)
    yield Row("time-outs", text, sources.of("timeouts", "timeouts"))
    if attempts:
        text = f"at most {attempts} more attempts of an idempotent request, before any byte of an answer"
    else:
        text = "never sent twice"
    yield Row("retries", text, sources.of("retries", "retries"))


def _rate_limit_line(limit: RateLimit | None, sources: _Sources) -> Row:
    if limit is None:
        return Row("rate limit", "EDGE_RATE_LIMIT, where it is set", "default")
    text = f"{limit.rate:g} requests/s, {limit.burst} at once, for each caller and worker; then 429"
    return Row("rate limit", text, sources.of("rate_limit", "rate_limit"))


def _answer_lines(statuses: tuple[str, ...], gateway: Gateway) -> Iterator[Row]:
    declared = ", ".join(dict.fromkeys(statuses))
    yield Row("answers", f"2xx, 3xx, 4xx as they are; declared: {declared or 'none'}")
    yield Row("", "5xx: 503 Downstream service error; no connection: 503 Service unavailable")
    yield Row("", f"time-out: 504 Gateway timeout; format of errors: {gateway.error_format.value}")


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
