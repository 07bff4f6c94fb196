"""Lowers one service: its operations in document order, then what was found about the service as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from proxygen.cache import NO_CACHE, Cache
from proxygen.config.model import Config, OperationConfig, ServiceConfig
from proxygen.diagnostics import Location
from proxygen.ir.gateway import (
    Auth,
    OnClientValue,
    Operation,
    Place,
    Service,
    Validation,
)
from proxygen.ir.ledger import Outcome
from proxygen.lower.bodies import body_inputs_of, lower_body, lower_response
from proxygen.lower.body_inputs import BodyInputs, Input
from proxygen.lower.client import ClientVariants
from proxygen.lower.identity import Bound, bind_identity, used_waivers, wanted_names
from proxygen.lower.kept_examples import KeptExamples
from proxygen.lower.ledger import Findings
from proxygen.lower.naming import ServiceNames
from proxygen.lower.parameters import ParameterModels, client_parameters, forwarded_parameters
from proxygen.lower.planning import Planned, plan_routes
from proxygen.lower.policy import rate_limit_of, retry_of, timeouts_of
from proxygen.lower.routes import Claim, Route, specificity, variables
from proxygen.lower.schemas import ClassNames, Direction, SchemaBook
from proxygen.lower.security import auth_of, note_schemes, scopes_of, signature_of
from proxygen.lower.unread import note_unread
from proxygen.openapi import model as openapi
from proxygen.openapi.model import Contract

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "QUERY"})
_PLACES = {"path": Place.PATH, "query": Place.QUERY, "header": Place.HEADER}


class ServiceLowering:
    """One service on its way from document to routes."""

    def __init__(
        self,
        config: Config,
        service: ServiceConfig,
        name: str,
        contract: Contract,
        claims: dict[tuple[str, str], Claim],
        findings: Findings,
        cache: Cache = NO_CACHE,
    ) -> None:
        self._config = config
        self._service = service
        self._name = name
        self._contract = contract
        self._claims = claims
        self._findings = findings
        self._names = ServiceNames()
        classes = ClassNames(self._names, contract.schemas)
        formats = service.validation_formats or config.validation_formats
        self._requests, self._responses = (
            SchemaBook(
                contract.document,
                direction,
                classes,
                findings,
                imported=service.contracts,
                formats=formats,
            )
            for direction in (Direction.REQUESTS, Direction.RESPONSES)
        )
        self._request_examples, self._response_examples = (
            KeptExamples(book, cache, f"{name} {book.direction.value} {contract.document.file}")
            for book in (self._requests, self._responses)
        )
        self._variants = ClientVariants(self._requests)
        self._schemes = {scheme.name: scheme for scheme in contract.security_schemes}
        self._bodies = BodyInputs(self._requests)
        self._parameters = ParameterModels(
            self._requests, self._request_examples, contract.operations
        )
        self._bounds: list[Bound] = []
        self._planned: tuple[Planned, ...] = ()

    @property
    def size(self) -> int:
        """How much there is to lower, in schemas and operations."""
        return len(self._contract.schemas) + len(self._planned)

    def plan(self) -> None:
        """Which operations are routed, and where: what services can take from one another."""
        note_schemes(
            self._schemes,
            {scheme.name: self._locate(scheme.pointer) for scheme in self._schemes.values()},
            self._findings,
        )
        note_unread(self._contract, self._findings)
        self._planned = plan_routes(self._contract, self._service, self._claims, self._findings)

    def lower(self) -> Service:
        """The service with its operations as `plan` found them, literals before variables."""
        operations = [self._operation(one) for one in self._planned]
        self._request_examples.keep()
        self._response_examples.keep()
        self._findings.count("operation", number=len(operations))
        self._check_waivers()
        self._note_unused_schemas()
        timeouts = timeouts_of(self._config.timeouts, self._service.timeouts)
        return Service(
            name=self._name,
            title=self._contract.title,
            document=self._contract.document.file,
            base_url_env=self._service.base_url_env or f"{self._name.upper()}_URL",
            timeouts=timeouts,
            retry=retry_of(self._config.retries, self._service.retries),
            operations=tuple(sorted(operations, key=lambda one: specificity(one.edge_path))),
            requests=self._requests.schema_set(),
            responses=self._responses.schema_set(),
            tags=self._contract.tags,
        )

    def _operation(self, planned: Planned) -> Operation:
        one, configured, location = planned.operation, planned.configured, planned.location
        auth = auth_of(self._service, configured)
        parameters = client_parameters(one, self._requests, allowed=self._config.headers.allow)
        function = self._names.function(planned.operation_id)
        inputs = (
            *parameter_inputs(parameters, self._requests),
            *body_inputs_of(
                one.request_body,
                self._bodies,
                function,
                wanted_names(self._config, self._service, configured),
            ),
        )
        bound = bind_identity(
            inputs, self._config, self._service, configured, auth, location, self._findings
        )
        self._bounds.append(bound)
        self._check_path(planned.route, bound, configured, location)
        return self._lowered(planned, auth, parameters, bound, function)

    def _lowered(
        self,
        planned: Planned,
        auth: Auth,
        parameters: tuple[openapi.Parameter, ...],
        bound: Bound,
        function: str,
    ) -> Operation:
        one, configured, location = planned.operation, planned.configured, planned.location
        said = configured or OperationConfig(key="", location=location)
        service, config = self._service, self._config
        for parameter in parameters:
            if _is_bound(parameter, bound):
                self._findings.leave("bound parameter", parameter.pointer, Outcome.HANDLED)
        mine = forwarded_parameters(
            (parameter for parameter in parameters if not _is_bound(parameter, bound)),
            self._requests,
            allowed=config.headers.allow,
        )
        headers = tuple(one.name.lower() for one in mine if one.location == "header")
        lowered, contracts = self._parameters.lower(mine, function)
        tag = one.tags[0] if one.tags else self._contract.title or self._name
        method = one.method.upper()
        repeatable = method in _IDEMPOTENT or "idempotency-key" in headers
        responses = tuple(
            lower_response(answer, self._responses, self._response_examples, function)
            for answer in one.responses
        )
        return Operation(
            operation_id=planned.operation_id,
            function=function,
            constant=self._names.constant(function),
            module=self._names.module(tag),
            tag=tag,
            method=method,
            edge_path=planned.route.edge_path,
            downstream_path=planned.route.downstream_path,
            summary=one.summary,
            description=one.description,
            deprecated=one.deprecated,
            auth=auth,
            scopes=scopes_of(one, self._schemes, config.identity, auth, location, self._findings)
            if auth is not Auth.PUBLIC
            else (),
            bindings=bound.bindings,
            waivers=bound.waivers,
            parameters=lowered,
            contracts=contracts,
            request_body=lower_body(
                one.request_body,
                self._requests,
                self._variants,
                self._request_examples,
                bound,
                function,
            ),
            responses=responses,
            request_headers=headers,
            timeouts=timeouts_of(config.timeouts, service.timeouts, said.timeouts),
            retry=retry_of(config.retries, service.retries, said.retries),
            rate_limit=rate_limit_of(service.rate_limit, said.rate_limit),
            idempotent=repeatable if said.idempotent is None else said.idempotent,
            validation=Validation(
                said.validation or service.validation_requests or config.validation_requests
            ),
            on_client_value=OnClientValue(
                said.on_client_value or service.on_client_value or config.identity.on_client_value
            ),
            location=location,
            when=planned.when,
            unbound=bound.unbound,
            signed=signature_of(service, configured, auth),
        )

    def _check_path(
        self, route: Route, bound: Bound, configured: OperationConfig | None, location: Location
    ) -> None:
        """Variables that identity fills stay out of the edge's path, all others are in it."""
        filled = bound.names(Place.PATH)
        place = configured.location if configured is not None else location
        for name in variables(route.downstream_path):
            shown = name in variables(route.edge_path)
            if name in filled and shown:
                bare = "/".join(
                    part for part in route.edge_path.split("/") if part != f"{{{name}}}"
                )
                found = f"{{{name}}} is filled from identity, so clients must not choose it"
                cure = f'give the operation a path without it: path = "{bare}"'
                self._findings.error("identity-in-path", place, found, cure)
            elif name not in filled and not shown:
                found = f"nothing fills {{{name}}} of `{route.downstream_path}`"
                cure = f'put it into the edge\'s path, or bind."path:{name}" to identity'
                self._findings.error("unfilled-path-variable", place, found, cure)

    def _check_waivers(self) -> None:
        needed = used_waivers(self._bounds)
        for waiver in self._service.waive:
            if waiver.location not in needed:
                found = f"no operation takes `{waiver.field}`"
                self._findings.error("stale-waiver", waiver.location, found, "remove it")

    def _note_unused_schemas(self) -> None:
        """Components that neither a request nor an answer of a routed operation is made of."""
        reached = self._requests.reached | self._responses.reached
        for _, schema in self._contract.schemas:
            if schema.pointer not in reached:
                self._findings.leave("unused component", schema.pointer)

    def _locate(self, pointer: str) -> Location:
        return self._contract.document.locate(pointer)


def parameter_inputs(
    parameters: tuple[openapi.Parameter, ...], book: SchemaBook
) -> tuple[Input, ...]:
    """The parameters as places where a client could say something."""
    return tuple(
        Input(
            place=_PLACES[one.location],
            name=one.name,
            required=one.required or one.location == "path",
            nullable=False,
            location=book.locate(one.pointer),
            repeated=one.schema is not None and _is_array(one.schema, book),
        )
        for one in parameters
        if one.location in _PLACES
    )


def _is_array(schema: openapi.Schema, book: SchemaBook) -> bool:
    target = book.target(schema)
    value = target.value if target is not None else None
    return isinstance(value, Mapping) and value.get("type") == "array"


def _is_bound(parameter: openapi.Parameter, bound: Bound) -> bool:
    place = _PLACES.get(parameter.location)
    return place is not None and parameter.name in bound.names(place)
