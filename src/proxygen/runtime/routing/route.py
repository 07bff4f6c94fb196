"""The one route class: where a request is matched by raw segments, authenticated, bound and answered.

FastAPI's own routing reads the body before identity and matches decoded paths, so `ProxyRoute` replaces both
and keeps the rest: included routers with their prefixes, dependencies and overrides work as they always do.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, TypeVar

from dishka import AsyncContainer
from dishka import Scope as Lifetime
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, request_response
from starlette.types import Receive, Scope, Send

from proxygen.runtime.context import RequestContext
from proxygen.runtime.errors import METHOD_NOT_ALLOWED, EdgeError
from proxygen.runtime.exchange import Exchange
from proxygen.runtime.identity.caller import insufficient_scope, unauthenticated
from proxygen.runtime.operation import Auth, Operation, Passthrough
from proxygen.runtime.plan import Routed, pattern_of
from proxygen.runtime.routing.dispatch import Found, NotAllowed, raw_path_of
from proxygen.runtime.routing.foreign import edge_error_of
from proxygen.runtime.routing.inclusions import Lookup, look_up
from proxygen.runtime.routing.preflight import answer_preflight, policy_for
from proxygen.runtime.routing.replay import Replay
from proxygen.runtime.routing.resources import Resources, root_of
from proxygen.runtime.routing.signature import HandlerSignature
from proxygen.runtime.target import check_path, check_query
from proxygen.runtime.telemetry.fastapi_telemetry import conceal, is_noted
from proxygen.runtime.telemetry.metrics import UNMATCHED

Handler = Callable[..., Awaitable[Response]]
H = TypeVar("H", bound=Handler)
Through = Callable[[Scope, Receive, Send], Awaitable[None]]

_NAMES = "edge_"
"""Begins the names of path variables in what FastAPI compiles: those of a document may be no identifiers."""
_RESOURCES = "proxygen.resources"
_CONTAINER = "proxygen.container"
_REPLAY = "proxygen.replay"


class _Endpoint:
    """What FastAPI calls: a function of the request alone, so that it builds no model and reads no body."""

    __signature__ = inspect.Signature(
        [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)],
        return_annotation=Response,
    )

    def __init__(self, operation: Routed, handler: Handler, router: ProxyRouter) -> None:
        self.operation = operation
        self.handler = handler
        self.router = router
        self.signature = HandlerSignature.of(operation, handler)
        self.__name__ = getattr(handler, "__name__", "handler")
        self.__doc__ = handler.__doc__

    async def __call__(self, request: Request) -> Response:
        """Binds what the handler asks for, validated, and calls it."""
        scope = request.scope
        resources: Resources = scope[_RESOURCES]
        replay: Replay | None = scope.get(_REPLAY)
        if replay is not None:
            replay.rewind()
        signature = self.signature
        arguments = await signature.arguments(
            request,
            resources.known(signature) or await resources.injection(signature),
            context=RequestContext.of(scope),
            container=scope[_CONTAINER],
            limits=resources.state.body_limits,
        )
        return await self.handler(**arguments)


class ProxyRoute(APIRoute):
    """A route of the edge; made by `ProxyRouter`, and by FastAPI where a router is included."""

    endpoint: _Endpoint
    served: frozenset[str]
    """The methods that it answers: HEAD with GET (RFC 9110, 9.3.2)."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if not isinstance(endpoint, _Endpoint):
            raise TypeError("a ProxyRouter takes routes by .operation() and .passthrough() only")
        self.operation = endpoint.operation
        self.pattern = pattern_of(endpoint.operation)
        super().__init__(path, endpoint, **options)
        self.served = frozenset(self.methods or ())
        self._admitted = self._admitting(endpoint)
        self._alone = request_response(self._admitted)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As FastAPI does, on the path as it came; the captures are raw."""
        if scope["type"] != "http":
            return Match.NONE, {}
        found = look_up(scope, self)
        if found is None or (isinstance(found, Found) and found.route.route is not self):
            return Match.NONE, {}
        decoded = scope["path"]
        scope["path"] = scope.get("root_path", "") + raw_path_of(scope)
        try:
            match, child = super().matches(scope)
        finally:
            scope["path"] = decoded
        if match is Match.FULL and isinstance(found, Found):
            child["path_params"] = {**scope.get("path_params", {}), **found.captures}
            return match, child
        return (Match.NONE, {}) if match is Match.NONE else (Match.PARTIAL, child)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Identity first, then what FastAPI does: dependencies, and through `_Endpoint` the handler."""
        return self._admitting(super().get_route_handler())

    def _admitting(
        self, answer: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """`answer` for who may come in; whoever raises, what is raised is the edge's or the team's own."""

        async def handler(request: Request) -> Response:
            try:
                await self.admit(request)
                return await answer(request)
            except Exception as error:
                known = edge_error_of(error, request.scope)
                if known is None:
                    raise
                raise known from error

        return handler

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """FastAPI's entry."""
        await self.serve(scope, receive, send, look_up(scope, self))

    async def serve(
        self, scope: Scope, receive: Receive, send: Send, found: Lookup[ProxyRoute]
    ) -> None:
        """A request that FastAPI has brought here, `found` in its table. In a team's application nothing of
        the edge's is before it: the guard is here."""
        resources, container = await _surroundings(scope)
        state = resources.state
        refused = state.guard.check(scope)
        if refused is not None or not isinstance(found, Found):
            endpoint, through = UNMATCHED, _refusing(refused or _not_allowed(found))
        elif found.route.alone and not is_noted(scope):
            endpoint, through = found.route.label, self._alone
        else:
            endpoint, through = found.route.label, found.route.app
            receive = scope[_REPLAY] = Replay(receive)
        conceal(scope, None if endpoint == UNMATCHED else endpoint)
        state.open(scope)
        cors = None if refused else policy_for(scope, state)
        if cors is not None:
            await answer_preflight(scope, receive, send, cors=cors, state=state, kind=ProxyRoute)
            return
        await self._run(
            scope, receive, send, through, resources, endpoint, container, opens=container is None
        )

    async def dispatch(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        resources: Resources,
        endpoint: str,
    ) -> None:
        """The entry of `EdgeApplication`, without FastAPI's middlewares where there is nothing in them."""
        signature = self.endpoint.signature
        injection = resources.known(signature) or await resources.injection(signature)
        opens = bool(injection.asked)
        if self.operation.auth is not Auth.PUBLIC and not resources.reads_tokens:
            opens = True
        await self._run(
            scope, receive, send, self._straight, resources, endpoint, None, opens=opens
        )

    async def _straight(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._admitted(Request(scope, receive, send))
        await response(scope, receive, send)

    async def admit(self, request: Request) -> None:
        """What comes before everything that a client's content can influence: target, identity, scopes."""
        scope = request.scope
        check_path(raw_path_of(scope))
        check_query(scope["query_string"].decode("latin-1"))
        operation = self.operation
        if operation.auth is Auth.PUBLIC:
            return
        resources: Resources = scope[_RESOURCES]
        identity = await resources.caller(operation.auth, scope["headers"], scope[_CONTAINER])
        RequestContext.of(scope).identity = identity
        if isinstance(operation, Operation) and operation.scopes:
            if identity is None:
                raise unauthenticated()
            if not any(identity.scopes.issuperset(needed) for needed in operation.scopes):
                raise insufficient_scope()

    async def _run(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        through: Through,
        resources: Resources,
        endpoint: str,
        container: AsyncContainer | None,
        *,
        opens: bool,
    ) -> None:
        """One request from its route to its true end: whatever happens, one answer, one metric, one event.

        `container` is the request's where there is one; `opens` says whether it needs another.
        """
        context = RequestContext.of(scope)
        context.endpoint = endpoint
        context.service = self.operation.service
        context.operation_id = getattr(self.operation, "operation_id", None)
        scope[_RESOURCES] = resources
        scope[_CONTAINER] = container
        state = resources.state
        async with Exchange(scope, receive, send, context=context, state=state) as exchange:
            if not opens:
                await through(scope, receive, exchange.send)
                return
            request = Request(scope, receive)
            async with resources.root({Request: request}, scope=Lifetime.REQUEST) as opened:
                scope[_CONTAINER] = opened
                scope.setdefault("state", {})["dishka_container"] = opened
                await through(scope, receive, exchange.send)


async def _surroundings(scope: Scope) -> tuple[Resources, AsyncContainer | None]:
    """What the container gives, and its scope of this request where a middleware of the team's opened one."""
    app = scope["app"]
    opened: AsyncContainer | None = scope.get("state", {}).get("dishka_container")
    root: AsyncContainer | None = (
        getattr(app.state, "dishka_container", None) if opened is None else root_of(opened)
    )
    if root is None:
        raise RuntimeError(
            "the application has no dishka container: call setup_dishka(container, app)"
        )
    return await Resources.of(app, root), opened


def _not_allowed(found: object) -> EdgeError:
    methods = found.methods if isinstance(found, NotAllowed) else ()
    return EdgeError(405, METHOD_NOT_ALLOWED, headers=(("Allow", ", ".join(methods)),))


def _refusing(error: EdgeError) -> Through:
    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        raise error

    return refuse


class ProxyRouter(APIRouter):
    """A router whose routes are the edge's; included into any FastAPI application like any other."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"redirect_slashes": False, "route_class": ProxyRoute, **options})
        self._added = 0
        self._last: ProxyRoute | None = None

    def operation(self, operation: Operation) -> Callable[[H], H]:
        """Makes the decorated handler the route of this operation."""
        return self._decorator(operation, (operation.method,))

    def passthrough(self, operation: Passthrough) -> Callable[[H], H]:
        """Makes the decorated handler the route of everything below this service's prefix."""
        return self._decorator(operation, operation.methods)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """What FastAPI asks an included router, in time that does not grow with its routes: they have one
        table for the whole application, which tells the inclusion that the request is for."""
        found = self._own(scope)
        if isinstance(found, Found):
            return Match.FULL, {}
        return super().matches(scope) if found is not None or self._has_others else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Calls the route that `matches` has found."""
        found = self._own(scope)
        if not isinstance(found, Found):
            await super().handle(scope, receive, send)
            return
        route = found.route.route
        scope["route"], scope["endpoint"] = route, route.endpoint
        scope["path_params"] = {**scope.get("path_params", {}), **found.captures}
        await route.serve(scope, receive, send, found)

    @property
    def _has_others(self) -> bool:
        """Whether it includes routers of its own."""
        return len(self.routes) != self._added

    def _own(self, scope: Scope) -> Lookup[ProxyRoute]:
        """What the request is for, None where that is a route of another router and not of a neighbour."""
        if scope["type"] != "http" or self._last is None:
            return None
        found = look_up(scope, self._last)
        if not isinstance(found, Found) or id(self) in found.route.neighbours:
            return found
        return found if found.route.route.endpoint.router is self else None

    def _decorator(self, operation: Routed, methods: Iterable[str]) -> Callable[[H], H]:
        def decorate(handler: H) -> H:
            served = {*methods, "HEAD"} if "GET" in methods else set(methods)
            self._added += 1
            self.add_api_route(
                _fastapi_path(operation),
                _Endpoint(operation, handler, self),
                methods=sorted(served),
                name=getattr(handler, "__name__", None),
                include_in_schema=False,
                response_model=None,
            )
            added = self.routes[-1]
            self._last = added if isinstance(added, ProxyRoute) else None
            return handler

        return decorate


def _fastapi_path(operation: Routed) -> str:
    """The route's path in FastAPI's words; its literals are as they are on the wire."""
    pattern = pattern_of(operation)
    out: list[str] = []
    for segment in pattern.template.segments:
        out.append("/" + segment.literals[0])
        for literal in segment.literals[1:]:
            out.append(f"{{{_NAMES}{len(out)}}}{literal}")
    if pattern.rest:
        out.append(f"{{{_NAMES}rest:path}}")
    return "".join(out) if out[0].startswith("/") else "/" + "".join(out)
