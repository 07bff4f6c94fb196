"""What an edge is made of, for dishka; a team's own providers, given after these, take their place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
from dishka import Provider, Scope, collect, from_context, provide
from opentelemetry.trace import TracerProvider, get_tracer_provider
from prometheus_client import CollectorRegistry
from starlette.requests import Request

from proxygen.runtime.calls.downstreams import Downstreams
from proxygen.runtime.context import RequestContext
from proxygen.runtime.correlation import CorrelationContext
from proxygen.runtime.edge import Edge, operations_of
from proxygen.runtime.exchange import EdgeState
from proxygen.runtime.forwarder import Forwarder
from proxygen.runtime.guard import Guard
from proxygen.runtime.headers.cors import Cors
from proxygen.runtime.hooks.before_forward import BeforeForward
from proxygen.runtime.hooks.order import Hooks
from proxygen.runtime.hooks.token_bucket import TokenBuckets
from proxygen.runtime.identity.bearer import identify, identify_if_any
from proxygen.runtime.identity.jwks import stale_gauge
from proxygen.runtime.identity.tokens import TokenPolicy, TokenVerifier
from proxygen.runtime.plan import TransportFactory
from proxygen.runtime.settings import EdgeSettings, ServiceSettings, SettingsError
from proxygen.runtime.telemetry.metrics import EdgeMetrics
from proxygen.runtime.telemetry.tracing import Tracing
from proxygen.runtime.transport import FastTransport, HttpxTransport
from proxygen.runtime.transport.httpx_adapter import create_client


def edge_providers(edge: Edge, settings: EdgeSettings | None = None) -> tuple[Provider, ...]:
    """The providers of this edge, for `make_async_container` beside a team's own.

    Without `settings` they are read from the environment, raising `SettingsError`; a token key need not be
    there, since the team's own `Identity` may not come from a token.
    """
    if settings is None:
        settings = EdgeSettings.load(edge.services, token=False)
    return (EdgeProvider(edge, settings), IdentityProvider(edge, settings))


class EdgeProvider(Provider):
    """Everything that lives as long as the application, and a request's correlation."""

    scope = Scope.APP
    request = from_context(Request, scope=Scope.REQUEST)
    before_forward = collect(BeforeForward, scope=Scope.APP)

    def __init__(self, edge: Edge, settings: EdgeSettings) -> None:
        super().__init__()
        self._edge = edge
        self._settings = settings
        self.provide(self._over_httpx if settings.transport == "httpx" else self._fast)

    @provide
    def settings(self) -> EdgeSettings:
        """The settings that the edge was made with."""
        return self._settings

    @provide
    def registry(self) -> CollectorRegistry:
        """A registry of the edge's own, so that two edges in one process do not meet."""
        return CollectorRegistry()

    @provide
    def metrics(self, registry: CollectorRegistry) -> EdgeMetrics:
        """The seed's five metrics."""
        return EdgeMetrics(registry, self._edge.metrics_prefix)

    @provide(provides=TracerProvider)
    async def tracer_provider(self, settings: EdgeSettings) -> AsyncIterator[TracerProvider]:
        """Where spans go."""
        if settings.tracing == "otlp":
            from proxygen.runtime.telemetry.otlp import otlp_provider

            async with otlp_provider(self._edge.name) as provider:
                yield provider
        else:
            yield get_tracer_provider()

    @provide
    def tracing(self, settings: EdgeSettings, provider: TracerProvider) -> Tracing | None:
        """What makes spans, None where the settings want none."""
        return None if settings.tracing == "off" else Tracing(provider)

    @provide
    def state(
        self, metrics: EdgeMetrics, settings: EdgeSettings, tracing: Tracing | None
    ) -> EdgeState:
        """What all routes share."""
        cors = settings.cors.policy
        return EdgeState(
            metrics=metrics,
            error_format=self._edge.error_format,
            body_limits=settings.limits.body,
            answer_lines=settings.security_headers.lines,
            cors=None if cors is None else Cors(cors),
            tracing=tracing,
            guard=Guard(settings.guard),
        )

    @provide
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        """The shared client: it follows, remembers, decodes and reads from the environment nothing."""
        services = self._settings.services.values()
        connections = max(1, sum(service.connections for service in services))
        async with create_client(connections=connections) as client:
            yield client

    def _fast(self) -> TransportFactory:
        return lambda service: FastTransport(
            service.origin,
            connections=service.connections,
            keep_alive=service.keep_alive,
            tls=None if service.tls is None else service.tls.context(),
        )

    async def _over_httpx(self, client: httpx.AsyncClient) -> AsyncIterator[TransportFactory]:
        """A service with a certificate or authorities of its own has a client of its own."""
        async with AsyncExitStack() as own:

            def make(service: ServiceSettings) -> HttpxTransport:
                shared = client
                if service.tls is not None:
                    tls = service.tls.context()
                    shared = create_client(connections=service.connections, tls=tls)
                    own.push_async_callback(shared.aclose)
                places = asyncio.Semaphore(service.connections)
                return HttpxTransport(service.origin, shared, places=places)

            yield make

    @provide
    def buckets(self, settings: EdgeSettings) -> TokenBuckets:
        """What is left of every caller's rate limit."""
        return TokenBuckets(settings.rate_limit.buckets)

    @provide
    def hooks(
        self, settings: EdgeSettings, of_team: list[BeforeForward], buckets: TokenBuckets
    ) -> Hooks:
        """The team's hooks, and the rate limit of the settings."""
        return Hooks(
            of_team=tuple(of_team), rate_limit=settings.rate_limit.default, buckets=buckets
        )

    @provide
    async def forwarder(
        self,
        metrics: EdgeMetrics,
        settings: EdgeSettings,
        transports: TransportFactory,
        hooks: Hooks,
        tracing: Tracing | None,
    ) -> AsyncIterator[Forwarder]:
        """The forwarder, with one transport per service, closed with the application."""
        made = Downstreams(transports, metrics, tracing)
        downstreams = {
            name: made.make(name, service) for name, service in settings.services.items()
        }
        try:
            yield Forwarder(
                downstreams,
                operations_of(self._edge),
                policy=replace(
                    self._edge.headers,
                    gateway_name=self._edge.name,
                    trusted_hops=settings.trusted_hops,
                    deadline=settings.deadline_header,
                ),
                hooks=hooks,
                metrics=metrics,
            )
        finally:
            for downstream in downstreams.values():
                await downstream.transport.aclose()
                if downstream.credential is not None:
                    await downstream.credential.aclose()

    @provide(scope=Scope.REQUEST)
    def context(self, request: Request) -> RequestContext:
        """The request's notes."""
        return RequestContext.of(request.scope)

    @provide(scope=Scope.REQUEST)
    def correlation(self, context: RequestContext) -> CorrelationContext:
        """The request's correlation."""
        return context.correlation


class IdentityProvider(Provider):
    """Who calls, from a verified token."""

    scope = Scope.REQUEST

    def __init__(self, edge: Edge, settings: EdgeSettings) -> None:
        super().__init__()
        self._edge = edge
        self._settings = settings
        self.provide(identify)
        self.provide(identify_if_any)

    @provide(scope=Scope.APP)
    async def verifier(self, metrics: EdgeMetrics) -> AsyncIterator[TokenVerifier]:
        """The verifier of the one key that the settings name."""
        settings, claims = self._settings, self._edge.claims
        problems = settings.token_problems()
        if problems:
            raise SettingsError(problems)
        secret, jwks = settings.token_secret, settings.token_jwks
        verifier = TokenVerifier(
            TokenPolicy(
                secret=None if secret is None else secret.get_secret_value(),
                public_key=settings.token_public_key,
                jwks_url=settings.token_jwks_url,
                jwks_tls=None if jwks.tls is None else jwks.tls.context(),
                jwks_refresh_seconds=jwks.refresh_seconds,
                jwks_stale_seconds=jwks.stale_seconds,
                jwks_unknown_key_seconds=jwks.unknown_key_seconds,
                jwks_timeout_seconds=jwks.timeout_seconds,
                issuer=settings.token_issuer,
                audience=settings.token_audience,
                leeway=settings.token_leeway,
                max_lifetime=settings.token_max_lifetime,
                user_id=claims.user_id,
                org_id=claims.org_id,
                scopes=claims.scopes,
            ),
            stale=stale_gauge(metrics) if settings.token_jwks_url else None,
        )
        yield verifier
        await verifier.aclose()
