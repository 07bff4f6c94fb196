"""What a container gives to the routes of an edge: asked once for what lives as long as the application.

A request opens a scope of the container only where its handler asks for something of its own, or where a team
has replaced the provider of its `Identity`.
"""

from __future__ import annotations

from typing import Any, Final

from dishka import AsyncContainer, DependencyKey
from dishka import Scope as Lifetime
from dishka.registry import Registry
from fastapi import FastAPI

from proxygen.runtime.exchange import EdgeState
from proxygen.runtime.identity.bearer import identify, identify_if_any
from proxygen.runtime.identity.caller import Identity, read_bearer, unauthenticated
from proxygen.runtime.identity.tokens import TokenVerifier
from proxygen.runtime.operation import Auth
from proxygen.runtime.routing.signature import HandlerSignature, Injected, Injection
from proxygen.runtime.transport.seam import HeaderList

OPTIONAL_IDENTITY: Final[Any] = Identity | None
"""What dishka knows an optional caller by."""
_KEPT_AS: Final = "proxygen_resources"


class Resources:
    """Of one root container, made by `of`."""

    __slots__ = ("_injections", "_verifier", "reads_tokens", "root", "state")

    def __init__(self, root: AsyncContainer, state: EdgeState) -> None:
        self.root = root
        self.state = state
        self.reads_tokens = _reads_tokens(root.registry)
        """Whether `caller` needs no scope of a request: nobody has replaced the edge's own providers."""
        self._verifier: TokenVerifier | None = None
        self._injections: dict[HandlerSignature, Injection] = {}

    @classmethod
    async def of(cls, app: FastAPI, root: AsyncContainer) -> Resources:
        """Of this root container, kept with the application."""
        known: Resources | None = getattr(app.state, _KEPT_AS, None)
        if known is None or known.root is not root:
            known = cls(root, await root.get(EdgeState))
            setattr(app.state, _KEPT_AS, known)
        return known

    async def caller(
        self, auth: Auth, headers: HeaderList, scope: AsyncContainer | None
    ) -> Identity | None:
        """Who calls a route that is not public; raises 401. `scope` is the request's, None where there is
        none because `reads_tokens`."""
        if scope is not None and not self.reads_tokens:
            wanted: Any = Identity if auth is Auth.REQUIRED else OPTIONAL_IDENTITY
            found: Identity | None = await scope.get(wanted)
            return found
        if self._verifier is None:
            self._verifier = await self.root.get(TokenVerifier)
        token = read_bearer(headers)
        if token is None:
            if auth is Auth.REQUIRED:
                raise unauthenticated()
            return None
        return self._verifier.cached(token) or await self._verifier.verify(token)

    def known(self, signature: HandlerSignature) -> Injection | None:
        """What `injection` has worked out before."""
        return self._injections.get(signature)

    async def injection(self, signature: HandlerSignature) -> Injection:
        """Where the arguments of this handler come from; worked out once."""
        known = self._injections.get(signature)
        if known is None:
            known = self._injections[signature] = await self._read(signature)
        return known

    async def _read(self, signature: HandlerSignature) -> Injection:
        shared: dict[str, Any] = {}
        callers: list[str] = []
        asked: list[Injected] = []
        for wanted in signature.injected:
            if self._is_admitted(signature, wanted):
                callers.append(wanted.name)
            elif _is_shared(self.root.registry, wanted):
                found = await self.root.get(wanted.type_hint, component=wanted.component)
                shared[wanted.name] = found
            else:
                asked.append(wanted)
        return Injection(shared=shared, callers=tuple(callers), asked=tuple(asked))

    def _is_admitted(self, signature: HandlerSignature, wanted: Injected) -> bool:
        """Whether this is who was let in, as the edge itself has read it from the token."""
        if not self.reads_tokens or wanted.component:
            return False
        auth = signature.operation.auth
        if wanted.type_hint is Identity:
            return auth is Auth.REQUIRED
        return wanted.type_hint == OPTIONAL_IDENTITY and auth is not Auth.PUBLIC


def root_of(container: AsyncContainer) -> AsyncContainer:
    """The application's container, of which this one is a scope."""
    while container.scope is not Lifetime.APP and container.parent_container is not None:
        container = container.parent_container
    return container


def _reads_tokens(registry: Registry) -> bool:
    """Whether nobody has replaced or decorated what reads tokens."""
    return (
        _source_of(registry, Identity) is identify
        and _source_of(registry, OPTIONAL_IDENTITY) is identify_if_any
        and registry.get_factory(DependencyKey(TokenVerifier, "")) is not None
    )


def _source_of(registry: Registry | None, wanted: Any) -> object:
    while registry is not None:
        factory = registry.get_factory(DependencyKey(wanted, ""))
        if factory is not None:
            return factory.source
        registry = registry.child_registry
    return None


def _is_shared(registry: Registry, wanted: Injected) -> bool:
    """Whether the application's own scope makes this, once, and no narrower one makes another."""
    key = DependencyKey(wanted.type_hint, wanted.component)
    factory = registry.get_factory(key)
    if factory is None or not factory.cache:
        return False
    narrower = registry.child_registry
    while narrower is not None:
        if narrower.get_factory(key) is not None:
            return False
        narrower = narrower.child_registry
    return True
