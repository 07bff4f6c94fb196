"""What became looser since the committed matrix, and what a person who reads the matrix should look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from proxygen.audit.matrix import Route, access_matrix
from proxygen.audit.taken import client_can_say
from proxygen.ir.gateway import Auth, Gateway, Operation, Service
from proxygen.report.finding import Finding, Related, Severity


def loosened(gateway: Gateway, committed: tuple[Route, ...] | None) -> tuple[Finding, ...]:
    """What nobody has signed for (errors), and where fewer are kept out (warnings).

    Without a committed matrix there is nothing that could have become looser.
    """
    if committed is None:
        return ()
    before = _Before(committed)
    found: list[Finding] = []
    for service in gateway.services:
        operations = {one.operation_id: one for one in service.operations}
        for route in access_matrix(replace(gateway, services=(service,))):
            old = before.of(route)
            found += _opened(route, old)
            if old is not None:
                found += _widened(route, old)
                if route.operation:
                    found += _unbound(route, old, operations[route.operation], service)
    return tuple(found)


def noted(routes: tuple[Route, ...]) -> tuple[Finding, ...]:
    """A note for every route that needs no token and every identity-like input that is the client's."""
    return tuple(finding for route in routes for finding in _notes(route))


class _Before:
    """Finds a route among those of the last build: by what clients call, else by its operation."""

    def __init__(self, committed: tuple[Route, ...]) -> None:
        self._by_name = {(one.service, one.name): one for one in committed}
        self._by_operation = {(one.service, one.operation): one for one in committed}

    def of(self, route: Route) -> Route | None:
        """The route as it was; None where it is new."""
        same = self._by_name.get((route.service, route.name))
        return same or self._by_operation.get((route.service, route.operation))


def _opened(route: Route, old: Route | None) -> Iterator[Finding]:
    if route.auth is not Auth.PUBLIC or route.signed is not None:
        return
    if old is not None and old.auth is Auth.PUBLIC:
        return
    was = "is a new route" if old is None else f"was `{old.auth.value}` until now"
    yield _finding(
        route,
        "route-became-public",
        Severity.ERROR,
        f"Anybody may call {route.name}, without a token; it {was}, and nobody has signed for it.",
        'Close it (`auth = "required"`), or sign beside its `auth`: '
        'signed = { by = "NAME", reason = "WHY" }.',
    )


def _widened(route: Route, old: Route) -> Iterator[Finding]:
    if old.auth is Auth.REQUIRED and route.auth is Auth.OPTIONAL:
        found = f"{route.name} may be called without a token; until now it needed one."
    elif route.auth is not Auth.PUBLIC and old.scopes and not route.scopes:
        scopes = " or ".join(" and ".join(one) for one in old.scopes)
        found = f"{route.name} needs no scope; until now it needed {scopes}."
    else:
        return
    cure = "Nothing, if this is meant."
    yield _finding(route, "access-widened", Severity.WARNING, found, cure)


def _unbound(route: Route, old: Route, operation: Operation, service: Service) -> Iterator[Finding]:
    filled = {one.input for one in route.identity}
    waived = {one.input for one in route.left if one.reason}
    for one in old.identity:
        wire_name = one.input.rpartition("/")[2].rpartition(":")[2]
        if one.input in filled or {one.input, wire_name} & waived:
            continue
        if not client_can_say(one.input, operation, service):
            continue
        yield _finding(
            route,
            "identity-became-unbound",
            Severity.ERROR,
            f"Clients of {route.name} choose `{one.input}` themselves; until now it was the caller's "
            f"{one.field}, from the token.",
            f'Bind it (`bind."{one.input}" = "{one.field}"`), or sign for it: '
            f'waive = [{{ field = "{one.input}", reason = "WHY" }}].',
        )


def _notes(route: Route) -> Iterator[Finding]:
    if route.auth is Auth.PUBLIC:
        signed = route.signed
        who = f"signed by {signed.by}: {signed.reason}" if signed else "not signed"
        found = f"Anybody may call {route.name} ({who})."
        cure = 'Nothing, if this is meant; `auth = "required"` closes it.'
        finding = _finding(route, "public-route", Severity.NOTE, found, cure)
        place = signed.location if signed is not None else None
        related = (Related("signed", place),) if place is not None else ()
        yield replace(finding, related=related)
    for one in route.left:
        why = one.reason or "nobody has decided that"
        found = f"Clients of {route.name} choose `{one.input}` themselves ({why})."
        cure = "Nothing, if it is somebody else than the caller; else bind it."
        yield _finding(route, "client-identity", Severity.NOTE, found, cure)


def _finding(route: Route, rule: str, severity: Severity, found: str, cure: str) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        location=route.location,
        found=found,
        cure=cure,
        operation=route.name,
    )
