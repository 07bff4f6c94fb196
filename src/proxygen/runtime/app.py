"""The application of a generated edge: its routes before FastAPI's, and what FastAPI serves beside them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from dishka import AsyncContainer, Provider, make_async_container
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import Message, Receive, Scope, Send

from proxygen.runtime.context import RequestContext
from proxygen.runtime.edge import Edge, reads_tokens
from proxygen.runtime.errors import METHOD_NOT_ALLOWED, NOT_FOUND, EdgeError
from proxygen.runtime.exchange import EdgeState, Exchange
from proxygen.runtime.forwarder import Forwarder
from proxygen.runtime.headers.writer import complete
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.identity.tokens import TokenVerifier
from proxygen.runtime.providers import edge_providers
from proxygen.runtime.routing.dispatch import NotAllowed
from proxygen.runtime.routing.inclusions import Inclusions, find, inclusions_of
from proxygen.runtime.routing.preflight import answer_preflight, policy_for
from proxygen.runtime.routing.resources import Resources
from proxygen.runtime.routing.route import ProxyRoute
from proxygen.runtime.server.health import add_health
from proxygen.runtime.settings import EdgeSettings
from proxygen.runtime.telemetry.fastapi_telemetry import OFF
from proxygen.runtime.telemetry.metrics import UNMATCHED


class EdgeApplication(FastAPI):
    """FastAPI with the guard in front, and with the edge's routes dispatched without walking the others.

    A route is called directly where FastAPI would add nothing: no middleware, exception handler or override
    of the team's, and no dependency of the route's. Everything else goes through FastAPI, to the same route.
    """

    def __init__(self, container: AsyncContainer, **options: Any) -> None:
        super().__init__(
            **{"redirect_slashes": False, "redoc_url": None, "telemetry": OFF, **options}
        )
        self.state.dishka_container = container
        self.router.default = self._unmatched
        self._built_in = dict(self.exception_handlers)
        self._known: Resources | None = None
        self._included: Inclusions[ProxyRoute] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard, context, route; all that is not HTTP is FastAPI's."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        resources = self._known
        if resources is None:
            resources = self._known = await Resources.of(self, self.state.dishka_container)
        state = resources.state
        # A server may give all requests the one dict of the lifespan's state; containers are kept in it.
        scope["state"] = dict(scope.get("state") or ())
        scope["app"] = self
        if self.root_path:
            scope["root_path"] = self.root_path
        state.open(scope)
        refused = state.guard.check(scope)
        if refused is not None:
            await self._refuse(refused, scope, receive, send, state)
            return
        cors = None if state.cors is None else policy_for(scope, state)
        if cors is not None:
            await answer_preflight(scope, receive, send, cors=cors, state=state, kind=ProxyRoute)
            return
        included = self._included
        if included is None or not included.knows(self):
            included = self._included = inclusions_of(self, ProxyRoute)
        found = find(included, scope)
        if found is None or self._has_more_than_routes():
            await self._through_fastapi(scope, receive, send)
        elif isinstance(found, NotAllowed):
            error = EdgeError(
                405, METHOD_NOT_ALLOWED, headers=(("Allow", ", ".join(found.methods)),)
            )
            await self._refuse(error, scope, receive, send, state)
        elif found.route.plain:
            scope["path_params"] = found.captures
            await found.route.route.dispatch(
                scope, receive, send, resources=resources, endpoint=found.route.label
            )
        else:
            await self._through_fastapi(scope, receive, send)

    def _has_more_than_routes(self) -> bool:
        """Asked for each request: a team may add a middleware, a handler or an override at any time."""
        return bool(
            self.user_middleware
            or self.dependency_overrides
            or self.exception_handlers != self._built_in
        )

    async def _through_fastapi(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Its middlewares, its routes, and the pages that the edge adds; each answer is correlated."""
        context = RequestContext.of(scope)

        async def correlated(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = complete(list(message.get("headers", ())), context)
            await send(message)

        await super().__call__(scope, receive, correlated)

    async def _unmatched(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What FastAPI's router does with a path of nobody's."""
        if scope["type"] == "http":
            resources = await Resources.of(self, self.state.dishka_container)
            await self._refuse(EdgeError(404, NOT_FOUND), scope, receive, send, resources.state)
        else:
            await self.router.not_found(scope, receive, send)

    async def _refuse(
        self, error: EdgeError, scope: Scope, receive: Receive, send: Send, state: EdgeState
    ) -> None:
        context = RequestContext.of(scope)
        context.endpoint = UNMATCHED
        try:
            async with Exchange(scope, receive, send, context=context, state=state):
                raise error
        finally:
            # The error knows this frame by its traceback.
            del error


def create_edge(
    edge: Edge, settings: EdgeSettings | None = None, *, providers: Sequence[Provider] = ()
) -> EdgeApplication:
    """The production application; `providers` are dishka's, and take the place of the edge's own.

    Without `settings` they are read from the environment; raises `SettingsError` for what is wrong there. A
    token key is needed unless every route is public, or `providers` may provide the identity.
    """
    verifies = reads_tokens(edge) and not _provides(Identity, providers)
    if settings is None:
        settings = EdgeSettings.load(edge.services, token=verifies)
    elif verifies:
        settings.require_token()
    container = make_async_container(*edge_providers(edge, settings), *providers)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            inclusions_of(app, ProxyRoute)
            await container.get(Forwarder)
            if verifies:
                await (await container.get(TokenVerifier)).prepare()
            yield
        finally:
            await container.close()

    contract = _contract(edge)
    app = EdgeApplication(container, title=edge.name, lifespan=lifespan)
    app.openapi = contract  # type: ignore[method-assign]  # FastAPI's documented way to replace it
    add_health(app, verifies=verifies)
    for router in edge.routers:
        app.include_router(router)
    return app


def _provides(wanted: type[Any], providers: Sequence[Provider]) -> bool:
    return any(
        factory.provides.type_hint is wanted
        for provider in providers
        for factory in provider.factories
    )


def _contract(edge: Edge) -> Callable[[], dict[str, Any]]:
    """The committed edge contract, read when somebody asks for it."""
    kept: list[dict[str, Any]] = []

    def contract() -> dict[str, Any]:
        if not kept:
            kept.append(json.loads(edge.contract.read_text(encoding="utf-8")))
        return kept[0]

    return contract


def extend_openapi(app: FastAPI, edge: Edge) -> None:
    """Makes a team's own application publish the edge contract's paths and components beside its own."""
    own = app.openapi
    contract = _contract(edge)

    def openapi() -> dict[str, Any]:
        document, added = dict(own()), contract()
        prefixes = _prefixes(app)
        paths = {prefixes.get(path, "") + path: item for path, item in added["paths"].items()}
        document["paths"] = {**document.get("paths", {}), **paths}
        components = {
            kind: dict(members) for kind, members in document.get("components", {}).items()
        }
        for kind, members in added.get("components", {}).items():
            components[kind] = {**components.get(kind, {}), **members}
        document["components"] = components
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to replace it


def _prefixes(app: FastAPI) -> dict[str, str]:
    """The prefix under which each path of the edge is included."""
    return {
        context.original_route.pattern.label: str(context.path).removesuffix(
            context.original_route.path
        )
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, ProxyRoute)
    }
