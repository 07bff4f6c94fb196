"""Decides which operations of one document are routed, at which paths, and on which conditions."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from proxygen.config.model import OperationConfig, ServiceConfig
from proxygen.diagnostics import Location
from proxygen.ir.gateway import Condition
from proxygen.lower.ledger import Findings
from proxygen.lower.naming import operation_id_of
from proxygen.lower.routes import Claim, Route, claim, refuse_alike, route_of, shape
from proxygen.lower.telling_apart import are_alike, told_apart
from proxygen.openapi.model import Contract, Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An operation with its route, and what the configuration says about it."""

    operation: Operation
    operation_id: str
    configured: OperationConfig | None
    route: Route
    location: Location
    when: tuple[Condition, ...]


def plan_routes(
    contract: Contract,
    service: ServiceConfig,
    claims: dict[tuple[str, str], Claim],
    findings: Findings,
) -> tuple[Planned, ...]:
    """The operations that are routed, in document order; the ledger or an error has the others."""
    _check_stale(contract, service, findings)
    candidates = list(_candidates(contract, service, findings))
    groups: dict[tuple[str, str], list[Planned]] = {}
    for one in candidates:
        groups.setdefault(_key(one), []).append(one)
    conditions: dict[str, tuple[Condition, ...] | None] = {}
    for group in groups.values():
        told = told_apart([one.operation for one in group])
        conditions |= zip((one.operation.pointer for one in group), told, strict=True)
    planned = []
    for one in candidates:
        when = conditions[one.operation.pointer]
        mine = _claim(one, service)
        if when is None:
            rivals = (other for other in groups[_key(one)] if other is not one)
            rival = next(other for other in rivals if are_alike(one.operation, other.operation))
            route = f"{one.operation.method.upper()} {one.route.edge_path}"
            refuse_alike(mine, _claim(rival, service), route, one.configured, findings)
        elif claim(claims, one.operation.method.upper(), one.route.edge_path, mine, findings):
            planned.append(replace(one, when=when))
    return tuple(planned)


def _candidates(
    contract: Contract, service: ServiceConfig, findings: Findings
) -> Iterator[Planned]:
    for one in contract.operations:
        configured = next(
            (service.operations[key] for key in _keys(one) if key in service.operations), None
        )
        location = contract.document.locate(one.pointer)
        route = route_of(service, one, configured, location, findings)
        if route is not None:
            named_by = one.key.replace("?", "/").replace("#", "/")
            yield Planned(
                operation=one,
                operation_id=one.operation_id or operation_id_of(one.method, named_by),
                configured=configured,
                route=route,
                location=location,
                when=(),
            )


def _key(one: Planned) -> tuple[str, str]:
    return one.operation.method.upper(), shape(one.route.edge_path)


def _claim(one: Planned, service: ServiceConfig) -> Claim:
    return Claim(service=service.name, operation=one.operation_id, location=one.location)


def _keys(one: Operation) -> Sequence[str]:
    """What an operation is called in the configuration: its id, or its method and path."""
    named = (one.operation_id,) if one.operation_id else ()
    return (*named, f"{one.method.upper()} {one.key}")


def _check_stale(contract: Contract, service: ServiceConfig, findings: Findings) -> None:
    known = [key for one in contract.operations for key in _keys(one)]
    stale: Mapping[str, OperationConfig] = {
        key: said for key, said in service.operations.items() if key not in known
    }
    for key, operation in stale.items():
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
        cure = f"did you mean `{near[0]}`?" if near else "remove it"
        found = f"{contract.document.file} has no operation `{key}`"
        findings.error("stale-operation", operation.location, found, cure)
