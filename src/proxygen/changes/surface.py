"""What is compared: the endpoints that clients of the edge see, or those that the services have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from proxygen.changes.model import Place
from proxygen.config.model import Config, HeadersConfig, OperationConfig, ServiceConfig
from proxygen.diagnostics import Location
from proxygen.ir import gateway as ir
from proxygen.ir.gateway import Gateway, PassthroughRoute
from proxygen.lower.edge_headers import WRITTEN_BY_THE_EDGE, is_withheld, reaches_clients
from proxygen.lower.naming import service_names
from proxygen.lower.references import tokens
from proxygen.lower.routes import shape
from proxygen.openapi.model import Contract, Operation, Parameter, RequestBody, Response

Key = tuple[str, ...]
_ANSWERED_BY_THE_EDGE = "5"
_SUNSET = "x-sunset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of everything: configuration, what was read, and the edge that was made of them."""

    config: Config
    contracts: Mapping[str, Contract]
    gateway: Gateway

    def settings(self, service: str) -> ServiceConfig:
        """The configuration of a service of the gateway."""
        names = service_names(tuple(one.name for one in self.config.services))
        return next(one for one in self.config.services if names[one.name] == service)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One operation as somebody sees it.

    `key` is equal over versions for one route, `owner` for one service. `policy` is what the edge does, None
    for the service's own view. `hidden` are the body fields that identity fills; `settings` is where the
    configuration has it.
    """

    key: Key
    service: str
    owner: str
    path: str
    operation_id: str
    place: Place
    operation: Operation
    parameters: tuple[Parameter, ...]
    body: RequestBody | None
    responses: tuple[Response, ...]
    sunset: object
    hidden: frozenset[tuple[str, ...]] = frozenset()
    policy: ir.Operation | None = None
    settings: Location | None = None
    target: str = ""

    @property
    def label(self) -> str:
        """`GET /v1/batches`."""
        return f"{self.operation.method.upper()} {self.path}"

    @property
    def sunset_date(self) -> date | None:
        """When it ends, where the document has a date for it (`x-sunset`)."""
        said = self.sunset
        if isinstance(said, date):
            return said
        try:
            return date.fromisoformat(str(said)[:10])
        except ValueError:
            return None


def edge_endpoints(version: Version, owners: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """The routes of the edge, in its order; `owners` gives services the names that versions share."""
    found: list[Endpoint] = []
    by_name = {
        name: version.contracts[service]
        for service, name in service_names(
            tuple(one.name for one in version.config.services)
        ).items()
        if service in version.contracts
    }
    headers = version.config.headers
    for service in version.gateway.services:
        contract = by_name.get(service.name)
        if contract is None:
            continue
        read = {contract.document.locate(one.pointer): one for one in contract.operations}
        settings = version.settings(service.name)
        found.extend(
            _edge_endpoint(
                one, read[one.location], contract, settings, owners[settings.name], headers
            )
            for one in service.operations
        )
    return tuple(found)


def service_endpoints(version: Version, owners: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """The operations of the documents; `owners` gives services the names that versions share."""
    return tuple(
        Endpoint(
            key=(owners[service], one.method.upper(), shape(one.key)),
            service=service,
            owner=owners[service],
            path=one.key,
            operation_id=one.operation_id or "",
            place=Place(contract.document, one.pointer),
            operation=one,
            parameters=one.parameters,
            body=one.request_body,
            responses=one.responses,
            sunset=_sunset(contract, one),
        )
        for service, contract in version.contracts.items()
        for one in contract.operations
    )


def passthroughs(version: Version) -> Iterator[tuple[str, PassthroughRoute, Location]]:
    """The services that are passed through whole: name, route, and where the configuration has them."""
    for service in version.gateway.services:
        if service.passthrough is not None:
            yield service.name, service.passthrough, version.settings(service.name).location


def _edge_endpoint(
    one: ir.Operation,
    read: Operation,
    contract: Contract,
    settings: ServiceConfig,
    owner: str,
    headers: HeadersConfig,
) -> Endpoint:
    bound = {(binding.place, binding.name) for binding in one.bindings}
    own = _own_settings(read, settings)
    conditions = tuple(condition.label for condition in one.when)
    return Endpoint(
        key=(one.method, shape(one.edge_path), *conditions),
        service=settings.name,
        owner=owner,
        path=one.edge_path,
        operation_id=one.operation_id,
        place=Place(contract.document, read.pointer),
        operation=read,
        parameters=tuple(
            parameter for parameter in read.parameters if _is_sent(parameter, bound, headers)
        ),
        body=read.request_body,
        responses=tuple(
            _passed_on(answer, headers)
            for answer in read.responses
            if not answer.status.startswith(_ANSWERED_BY_THE_EDGE)
        ),
        sunset=_sunset(contract, read),
        hidden=frozenset(
            tokens(name) if place is ir.Place.BODY else (name,)
            for place, name in bound
            if place in (ir.Place.BODY, ir.Place.FORM, ir.Place.PART)
        ),
        policy=one,
        settings=own.location if own is not None else settings.location,
        target=one.downstream_path,
    )


def _is_sent(
    parameter: Parameter, bound: set[tuple[ir.Place, str]], headers: HeadersConfig
) -> bool:
    """Whether clients send it and the service gets it."""
    name = parameter.name
    match parameter.location:
        case "header":
            own = {*WRITTEN_BY_THE_EDGE, *headers.owned}
            withheld = name.lower() in own or is_withheld(name, headers.allow)
            return not withheld and (ir.Place.HEADER, name) not in bound
        case "cookie":
            return "cookie" in headers.allow
        case "path":
            return (ir.Place.PATH, name) not in bound
    return (ir.Place.QUERY, name) not in bound


def _passed_on(answer: Response, headers: HeadersConfig) -> Response:
    """The answer with the headers that clients get."""
    denied = (*headers.deny_response, *headers.owned)
    kept = tuple(one for one in answer.headers if reaches_clients(one.name, denied))
    return replace(answer, headers=kept)


def _own_settings(one: Operation, service: ServiceConfig) -> OperationConfig | None:
    named = one.operation_id or ""
    return service.operations.get(named) or service.operations.get(
        f"{one.method.upper()} {one.key}"
    )


def _sunset(contract: Contract, one: Operation) -> object:
    node = contract.document.value
    for token in tokens(one.pointer):
        node = node.get(token) if isinstance(node, Mapping) else None
    return node.get(_SUNSET) if isinstance(node, Mapping) else None
