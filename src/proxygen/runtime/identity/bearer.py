"""The edge's own providers of `Identity`: who calls, from the request's bearer token."""

from __future__ import annotations

from dishka import AsyncContainer
from starlette.requests import Request

from proxygen.runtime.identity.caller import Identity, read_bearer, unauthenticated
from proxygen.runtime.identity.tokens import TokenVerifier


async def identify(request: Request, verifier: TokenVerifier) -> Identity:
    """The caller; 401 where there is no good token."""
    token = read_bearer(request.scope["headers"])
    if token is None:
        raise unauthenticated()
    return await verifier.verify(token)


async def identify_if_any(request: Request, container: AsyncContainer) -> Identity | None:
    """The caller where there is a token, whoever provides `Identity` then."""
    if read_bearer(request.scope["headers"]) is None:
        return None
    return await container.get(Identity)
