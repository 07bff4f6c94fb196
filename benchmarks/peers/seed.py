"""The seed's two patterns as it writes them: the complete service proxy and the identity-enriched POST.

What the seed leaves to the service is here in its shortest form: settings, providers, metrics.
`PEER_DOWNSTREAM` is the base URL of the service behind; `PEER_TRANSPORT=pyreqwest` replaces httpx's own pool,
which is slow, so that the pattern itself can be compared. No token is read: the identity is a constant.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from dishka import Provider, Scope, make_async_container, provide
from dishka.integrations.fastapi import DishkaRoute, FastapiProvider, FromDishka, setup_dishka
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from httpx import AsyncBaseTransport, AsyncClient
from prometheus_client import CollectorRegistry, Counter, Histogram
from pydantic import BaseModel, Field

logger = logging.getLogger(__name__)
router = APIRouter(route_class=DishkaRoute)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the services are."""

    DOWNSTREAM_SERVICE_URL: str = os.environ["PEER_DOWNSTREAM"]
    BOS_URL: str = os.environ["PEER_DOWNSTREAM"]


settings = Settings()


class ServiceMetrics:
    """The four that the seed's proxy touches."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        call = ("service", "method", "endpoint")
        self.http_request_duration_seconds = Histogram(
            "http_request_duration_seconds", "-", ("method", "endpoint"), registry=registry
        )
        self.downstream_service_call_duration_seconds = Histogram(
            "downstream_service_call_duration_seconds", "-", call, registry=registry
        )
        self.downstream_service_calls_total = Counter(
            "downstream_service_calls_total", "-", (*call, "status_code"), registry=registry
        )
        self.api_errors_total = Counter(
            "api_errors_total", "-", ("endpoint", "error_type"), registry=registry
        )


@dataclass(frozen=True, slots=True)
class CorrelationContext:
    """What the client called its request."""

    original: str


class Prompt(BaseModel):
    """A part of the registration."""

    title: str
    text: str
    language: str


class ClientRegistrationModel(BaseModel):
    """What a client sends: no identity."""

    expected_essay_count: Annotated[int, Field(ge=1)]
    essay_ids: list[str]
    course_code: str
    prompt: Prompt


class BatchRegistrationRequestV1(ClientRegistrationModel):
    """What the service is sent."""

    user_id: str
    org_id: str | None = None


class Providers(Provider):
    """The shared client, the metrics, and who calls."""

    scope = Scope.APP

    @provide
    async def client(self) -> AsyncIterator[AsyncClient]:
        """One client for all requests."""
        async with AsyncClient(transport=_transport(), timeout=30.0) as client:
            yield client

    @provide
    def metrics(self) -> ServiceMetrics:
        """Counted as the seed counts."""
        return ServiceMetrics()

    @provide(scope=Scope.REQUEST)
    def user_id(self) -> str:
        """The seed takes it from a provider; reading a token would only cost more."""
        return "alice"

    @provide(scope=Scope.REQUEST)
    def org_id(self) -> str | None:
        """Nobody's."""
        return None

    @provide(scope=Scope.REQUEST)
    def correlation(self, request: Request) -> CorrelationContext:
        """From the client's header."""
        return CorrelationContext(request.headers.get("x-correlation-id", "none"))


def _transport() -> AsyncBaseTransport | None:
    if os.environ.get("PEER_TRANSPORT") != "pyreqwest":
        return None
    from pyreqwest.client import ClientBuilder
    from pyreqwest.compatibility.httpx import HttpxTransport

    return HttpxTransport(ClientBuilder().build())


@router.post("/v1/batches/register")
async def register_batch(
    registration_request: ClientRegistrationModel,
    http_client: FromDishka[AsyncClient],
    user_id: FromDishka[str],
    org_id: FromDishka[str | None],
    corr: FromDishka[CorrelationContext],
) -> JSONResponse:
    """The identity-enriched proxy."""
    internal = BatchRegistrationRequestV1(
        **registration_request.model_dump(), user_id=user_id, org_id=org_id
    )
    response = await http_client.post(
        f"{settings.BOS_URL}/v1/batches/register",
        json=internal.model_dump(mode="json"),
        headers={"X-Correlation-ID": corr.original},
    )
    return JSONResponse(status_code=response.status_code, content=response.json())


@router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE"])
async def proxy_requests(
    path: str,
    request: Request,
    http_client: FromDishka[AsyncClient],
    metrics: FromDishka[ServiceMetrics],
) -> StreamingResponse:
    """The complete service proxy."""
    url = f"{settings.DOWNSTREAM_SERVICE_URL}/v1/{path}"
    endpoint = f"/{path}"

    with metrics.http_request_duration_seconds.labels(
        method=request.method, endpoint=endpoint
    ).time():
        try:
            headers = dict(request.headers)
            headers.pop("host", None)

            with metrics.downstream_service_call_duration_seconds.labels(
                service="downstream_service", method=request.method, endpoint=f"/v1/{path}"
            ).time():
                req = http_client.build_request(
                    method=request.method,
                    url=url,
                    headers=headers,
                    params=request.query_params,
                    content=request.stream(),
                )
                response = await http_client.send(req, stream=True)

            metrics.downstream_service_calls_total.labels(
                service="downstream_service",
                method=request.method,
                endpoint=f"/v1/{path}",
                status_code=str(response.status_code),
            ).inc()

            return StreamingResponse(
                response.aiter_raw(), status_code=response.status_code, headers=response.headers
            )

        except Exception as e:
            logger.error(f"Proxy error for {request.method} {endpoint}: {e}", exc_info=True)
            metrics.api_errors_total.labels(endpoint=endpoint, error_type="proxy_error").inc()
            raise


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await app.state.dishka_container.close()


app = FastAPI(lifespan=_lifespan)
app.include_router(router)
setup_dishka(make_async_container(FastapiProvider(), Providers()), app)
