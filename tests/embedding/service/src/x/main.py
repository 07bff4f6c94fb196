"""A FastAPI and dishka application of a team's own, with the edge's routes among its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from dishka import Provider, Scope, make_async_container, provide
from dishka.integrations.fastapi import FastapiProvider, setup_dishka
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from pydantic_settings import BaseSettings

from proxygen.runtime import (
    BeforeForward,
    EdgeError,
    EdgeSettings,
    Identity,
    PendingForward,
    extend_openapi,
)

from .edge import EDGE, ROUTERS, providers


class TeamSettings(BaseSettings):
    """Settings of the service itself."""

    service_header: str = "x-team"


class SessionIdentity(Provider):
    """Who calls, from the team's session header instead of a token."""

    @provide(scope=Scope.REQUEST)
    def identity(self, request: Request) -> Identity:
        """The session's user; 401 without one."""
        session = request.headers.get("x-session")
        if session is None:
            raise HTTPException(401, "No session")
        return Identity(user_id=session)


class Plans:
    """A hook before the forward, one for the whole application: what a user has paid for."""

    async def __call__(self, pending: PendingForward, /) -> Iterable[tuple[str, str]]:
        """The user's plan, for the answer; 403 for a service that is not in it."""
        user = None if pending.identity is None else pending.identity.user_id
        if user == "basil" and pending.service == "result_aggregator":
            raise EdgeError(403, "Not in your plan")
        return (("X-Plan", "basic" if user == "basil" else "full"),)


async def count(request: Request) -> None:
    """A dependency of the team's, for every route of the edge."""
    request.app.state.counted = getattr(request.app.state, "counted", 0) + 1


def create_service(edge_settings: EdgeSettings, *replacements: Provider) -> FastAPI:
    """The team's application: a middleware, a route, and the edge below /api."""
    hooks = Provider(scope=Scope.APP)
    hooks.provide(Plans, provides=BeforeForward)
    container = make_async_container(
        FastapiProvider(), *providers(edge_settings), SessionIdentity(), hooks, *replacements
    )
    settings = TeamSettings()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await container.close()

    app = FastAPI(title="x", lifespan=lifespan)

    @app.middleware("http")
    async def mark(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        response.headers[settings.service_header] = "1"
        return response

    @app.get("/own")
    async def own() -> dict[str, str]:
        return {"said by": "the team"}

    for router in ROUTERS:
        app.include_router(router, prefix="/api", dependencies=[Depends(count)])
    extend_openapi(app, EDGE)
    setup_dishka(container, app)
    return app
