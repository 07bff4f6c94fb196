"""The access matrix: who may call each route, and where identity goes; and its form in the output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from proxygen.diagnostics import Location
from proxygen.ir.gateway import Auth, Gateway, Operation, Place, Service, Signature

AUDIT: Final = "audit.json"
"""The matrix's path in the output: what the next build is compared with."""
_FORMAT: Final = 1
_NOWHERE: Final = Location("")


class AuditError(Exception):
    """A committed matrix that is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An identity field and where the downstream finds it: `input` in the words of `bind`."""

    field: str
    input: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An input that looks like identity and stays the client's; without a reason nobody has decided that."""

    input: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route: `scopes` are alternatives, `operation` is "" for a service that is passed through whole."""

    service: str
    operation: str
    method: str
    path: str
    auth: Auth
    scopes: tuple[tuple[str, ...], ...]
    identity: tuple[Sent, ...]
    left: tuple[Left, ...]
    signed: Signature | None
    location: Location

    @property
    def name(self) -> str:
        """What clients call: `POST /v1/batches`."""
        return f"{self.method} {self.path}"


def access_matrix(gateway: Gateway) -> tuple[Route, ...]:
    """Every route of the edge, in the order of services and of their routes."""
    return tuple(route for service in gateway.services for route in _routes(service))


def matrix_text(routes: tuple[Route, ...]) -> str:
    """As it is committed: no positions, so that it changes only where access does."""
    value = {"format": _FORMAT, "routes": [route_json(one) for one in routes]}
    return json.dumps(value, indent=2) + "\n"


def route_json(route: Route) -> dict[str, Any]:
    """A route as JSON, without its position."""
    signed = route.signed
    return {
        "service": route.service,
        "operation": route.operation,
        "method": route.method,
        "path": route.path,
        "auth": route.auth.value,
        "scopes": [list(one) for one in route.scopes],
        "identity": [{"field": one.field, "input": one.input} for one in route.identity],
        "left": [{"input": one.input, "reason": one.reason} for one in route.left],
        "signed": None if signed is None else {"by": signed.by, "reason": signed.reason},
    }


def parse_matrix(text: str) -> tuple[Route, ...]:
    """What `matrix_text` wrote; raises `AuditError`."""
    try:
        value = json.loads(text)
        if value["format"] != _FORMAT:
            raise AuditError("was written by another version of proxygen")
        return tuple(_parsed(one) for one in value["routes"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AuditError("is not an access matrix that proxygen wrote") from error


def _parsed(value: dict[str, Any]) -> Route:
    signed = value["signed"]
    return Route(
        service=str(value["service"]),
        operation=str(value["operation"]),
        method=str(value["method"]),
        path=str(value["path"]),
        auth=Auth(value["auth"]),
        scopes=tuple(tuple(map(str, one)) for one in value["scopes"]),
        identity=tuple(
            Sent(field=str(one["field"]), input=str(one["input"])) for one in value["identity"]
        ),
        left=tuple(
            Left(input=str(one["input"]), reason=str(one["reason"])) for one in value["left"]
        ),
        signed=None
        if signed is None
        else Signature(by=str(signed["by"]), reason=str(signed["reason"]), location=_NOWHERE),
        location=_NOWHERE,
    )


def _routes(service: Service) -> Iterator[Route]:
    for operation in service.operations:
        yield _route(service, operation)
    whole = service.passthrough
    if whole is not None:
        yield Route(
            service=service.name,
            operation="",
            method="|".join(whole.methods),
            path=f"{whole.prefix}/*",
            auth=whole.auth,
            scopes=(),
            identity=(),
            left=(),
            signed=whole.signed,
            location=whole.location,
        )


def _route(service: Service, operation: Operation) -> Route:
    waived = [Left(input=one.field, reason=one.reason) for one in operation.waivers]
    forgotten = [Left(input=one, reason="") for one in operation.unbound]
    return Route(
        service=service.name,
        operation=operation.operation_id,
        method=operation.method,
        path=operation.contract_path,
        auth=operation.auth,
        scopes=operation.scopes,
        identity=tuple(
            Sent(field=one.field.value, input=input_name(one.place, one.name))
            for one in operation.bindings
        ),
        left=(*waived, *forgotten),
        signed=operation.signed,
        location=operation.location,
    )


def input_name(place: Place, name: str) -> str:
    """An input in the words of the configuration: a JSON pointer, or `query:name`."""
    if place is Place.BODY:
        return name
    return f"{'form' if place is Place.PART else place.value}:{name}"
