"""Where an application has included the edge's routes, as the one table in which requests find them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, TypeVar

from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.types import ASGIApp, Scope

from proxygen.runtime.routing.conditions import conditions_of, met_by
from proxygen.runtime.routing.dispatch import (
    UNCONDITIONAL,
    Found,
    NotAllowed,
    Pattern,
    RouteTable,
    raw_path_of,
)
from proxygen.runtime.routing.fastapi_share import is_nothing

R = TypeVar("R", bound=APIRoute)

_KEPT_AS = "proxygen_inclusions"
_MEMO = "proxygen.found"


@dataclass(frozen=True, slots=True)
class Inclusion(Generic[R]):
    """A route under one prefix; `label` is its template there, `plain` says that it has no dependencies.

    `app` is how FastAPI calls it there: the dependencies of every router around it, then its handler.
    `alone` says that all of this is the call of its handler.
    `neighbours` are the ids of routers included beside its own, with nothing of a team's in between:
    whichever of them FastAPI asks first may answer for all.
    """

    route: R
    label: str
    plain: bool
    app: ASGIApp
    alone: bool
    neighbours: frozenset[int]


class Inclusions(Generic[R]):
    """Every route of one kind in an application, by its full path."""

    def __init__(self, app: FastAPI, kind: type[R]) -> None:
        self.size = len(app.routes)
        self.table: RouteTable[Inclusion[R]] = RouteTable()
        self._routes: set[int] = set()
        for beside, included in groupby(app.routes, key=_is_all(kind)):
            group: list[Any] = list(included)
            ids = frozenset(id(one.original_router) for one in group) if beside else frozenset()
            for context in iter_route_contexts(group):
                if isinstance(context.original_route, kind):
                    self._add(context, context.original_route, ids)

    def _add(self, context: RouteContext, route: R, neighbours: frozenset[int]) -> None:
        self._routes.add(id(route))
        prefix = str(context.path).removesuffix(route.path)
        pattern: Pattern = route.pattern.under(prefix)  # type: ignore[attr-defined]
        plain = not context.dependencies
        alone = is_nothing(context)
        inclusion = Inclusion(route, pattern.label, plain, context.app, alone, neighbours)
        when = conditions_of(route.operation)  # type: ignore[attr-defined]
        self.table.add(pattern, route.methods or (), inclusion, when)

    def knows(self, app: FastAPI, route: Any = None) -> bool:
        """Whether nothing has been included since."""
        return self.size == len(app.routes) and (route is None or id(route) in self._routes)


def _is_all(kind: type[APIRoute]) -> Callable[[Any], bool]:
    """Tells an included router that has only routes of this kind."""

    def is_all(included: Any) -> bool:
        router = getattr(included, "original_router", None)
        return router is not None and all(isinstance(route, kind) for route in router.routes)

    return is_all


def inclusions_of(app: FastAPI, kind: type[R], route: R | None = None) -> Inclusions[R]:
    """Those of this application, read again where a route has been included since."""
    known: Inclusions[R] | None = getattr(app.state, _KEPT_AS, None)
    if known is None or not known.knows(app, route):
        known = Inclusions(app, kind)
        setattr(app.state, _KEPT_AS, known)
    return known


Lookup = Found[Inclusion[R]] | NotAllowed | None


def find(included: Inclusions[R], scope: Scope) -> Lookup[R]:
    """What this request is for."""
    table = included.table
    judge = met_by(scope) if table.conditional else UNCONDITIONAL
    return table.find(scope["method"], raw_path_of(scope), judge)


def look_up(scope: Scope, route: R) -> Lookup[R]:
    """What this request is for, looked up once: every route of an application is asked in turn."""
    app: FastAPI | None = scope.get("app")
    root_path = scope.get("root_path")
    memo = scope.get(_MEMO)
    if memo is not None and memo[0] is app and memo[1] == root_path:
        found: Lookup[R] = memo[2]
        return found
    if app is None:
        return None
    included = inclusions_of(app, type(route), route)
    found = find(included, scope)
    scope[_MEMO] = (app, root_path, found)
    return found
