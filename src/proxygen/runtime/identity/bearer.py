"""The edge's own providers of `Identity`: who calls, from the request's bearer token."""

from __future__ import annotations

from dishka import AsyncContainer
from starlette.requests import Request

from proxygen.runtime.identity.caller import Identity, read_bearer, unauthenticated
from proxygen.runtime.identity.tokens import TokenVerifier
from proxygen.runtime.transport.seam import HeaderList


async def caller_of(headers: HeaderList, verifier: TokenVerifier) -> Identity | None:
    """The caller where there is a token, which must then be good; 401 for a bad one."""
    token = read_bearer(headers)
    return None if token is None else await verifier.verify(token)


async def identify(request: Request, verifier: TokenVerifier) -> Identity:
    """The caller; 401 where there is no good token."""
    caller = await caller_of(request.scope["headers"], verifier)
    if caller is None:
        raise unauthenticated()
    return caller


async def identify_if_any(request: Request, container: AsyncContainer) -> Identity | None:
    """The caller where there is a token, whoever provides `Identity` then."""
    if read_bearer(request.scope["headers"]) is None:
        return None
    return await container.get(Identity)
