"""What a person has to decide about operations: inputs that look like identity, public ones, scopes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from proxygen.diagnostics import Location
from proxygen.ir.gateway import Place
from proxygen.lower.body_inputs import Input
from proxygen.lower.identity import DEFAULT_FIELDS
from proxygen.lower.named_inputs import named_inputs
from proxygen.lower.naming import folded
from proxygen.lower.planning import Planned
from proxygen.lower.routes import GATEWAY_PATHS, shape
from proxygen.lower.security import is_token
from proxygen.openapi.model import Operation
from proxygen.scaffold.likely_names import LIKELY, POSSIBLE
from proxygen.scaffold.survey import SurveyedService

_BY_NAME: Final = {folded(name): field for field, names in LIKELY.items() for name in names}
_ALWAYS_BOUND: Final = frozenset(
    folded(name) for names in DEFAULT_FIELDS.values() for name in names
)
"""Names of headers that are bound without any configuration."""

Route = tuple[str, str]
"""Method, and the edge's template without the names of its variables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """An input with a name that says who somebody is; `field` is "" where it is probably not the caller."""

    service: str
    operation: str
    field: str
    name: str
    target: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationDecision:
    """What can be said about one operation, by its `key` in the configuration.

    `bind` is target → (identity field, whether its parent may be absent); `waive` are targets that no value
    can be written to for sure, of which `needed` stop the build already; `path` is the edge's path without
    the variables `in_path` that identity fills; `public` says that the document asks for no credentials.
    """

    key: str
    location: Location
    bind: tuple[tuple[str, str, bool], ...] = ()
    waive: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    path: str | None = None
    in_path: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """All of them, with what they rest on; `operations` by service, `scopes` sorted."""

    occurrences: tuple[Occurrence, ...]
    operations: tuple[tuple[str, tuple[OperationDecision, ...]], ...]
    scopes: tuple[str, ...]


def decisions_about(services: Sequence[SurveyedService]) -> Decisions:
    """What the operations of these services leave to a person."""
    taken = {_route(service, one) for service in services for one in service.planned}
    occurrences: list[Occurrence] = []
    operations = []
    for service in services:
        keys = service.keys()
        inputs = named_inputs(service.contract, (*_names(), *POSSIBLE))
        found = []
        for one in service.planned:
            key = keys[one.operation.pointer]
            mine = inputs[one.operation.pointer]
            occurrences += (_occurrence(service.name, key, item) for item in mine)
            decision = _decision(service, one, key, mine, taken)
            if decision is not None:
                found.append(decision)
        operations.append((service.name, tuple(found)))
    return Decisions(
        occurrences=tuple(occurrences),
        operations=tuple(operations),
        scopes=tuple(sorted({scope for service in services for scope in _scopes(service)})),
    )


def _names() -> Iterable[str]:
    return (name for names in LIKELY.values() for name in names)


def _route(service: SurveyedService, one: Planned) -> Route:
    return one.operation.method.upper(), shape(service.edge_path(one))


def _occurrence(service: str, key: str, one: Input) -> Occurrence:
    return Occurrence(
        service=service,
        operation=key,
        field=_BY_NAME.get(folded(one.wire_name), ""),
        name=one.wire_name,
        target=one.target,
        location=one.location,
    )


def _decision(
    service: SurveyedService,
    one: Planned,
    key: str,
    inputs: Sequence[Input],
    taken: set[Route],
) -> OperationDecision | None:
    likely = [item for item in inputs if folded(item.wire_name) in _BY_NAME]
    if not likely:
        asks = one.operation.security is None or any(r.schemes for r in one.operation.security)
        return None if asks else OperationDecision(key=key, location=one.location, public=True)
    in_path = [item for item in likely if item.place is Place.PATH]
    path = _path_without(service, one, {item.name for item in in_path}, taken)
    unfit = [item for item in likely if item.repeated or item.branch]
    waive = [*unfit, *(in_path if path is None else ())]
    bind = [
        (item.target, _BY_NAME[folded(item.wire_name)], item.loose)
        for item in likely
        if item not in waive and (item.loose or item.place is Place.PATH)
    ]
    if not bind and not waive:
        return None
    return OperationDecision(
        key=key,
        location=one.location,
        bind=tuple(bind),
        waive=tuple(dict.fromkeys(item.target for item in waive)),
        needed=tuple(item.target for item in unfit if _is_bound_anyway(item)),
        path=path,
        in_path=tuple(item.target for item in in_path),
    )


def _is_bound_anyway(one: Input) -> bool:
    return one.place is Place.HEADER and folded(one.wire_name) in _ALWAYS_BOUND


def _path_without(
    service: SurveyedService, one: Planned, names: set[str], taken: set[Route]
) -> str | None:
    """The edge's path without these variables, each a whole segment; None where no route is free for it."""
    segments = service.edge_path(one).split("/")
    left = [segment for segment in segments if segment[1:-1] not in names or segment[:1] != "{"]
    path = "/".join(left) or "/"
    if not names or len(left) != len(segments) - len(names) or one.when:
        return None
    route = one.operation.method.upper(), shape(path)
    if route in taken or path in GATEWAY_PATHS or path.startswith(("/docs/", "/metrics/")):
        return None
    taken.add(route)
    return path


def _scopes(service: SurveyedService) -> Iterable[str]:
    schemes = {scheme.name: scheme for scheme in service.contract.security_schemes}
    for one in service.planned:
        for requirement in _requirements(one.operation):
            for name, scopes in requirement:
                if is_token(schemes.get(name)):
                    yield from scopes


def _requirements(operation: Operation) -> Iterable[tuple[tuple[str, tuple[str, ...]], ...]]:
    return (requirement.schemes for requirement in operation.security or ())
