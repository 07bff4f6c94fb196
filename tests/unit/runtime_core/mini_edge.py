"""A small edge written by hand in the shape that the generator writes: one of each kind of route."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from proxygen.runtime.body import JsonBody, RawBody
from proxygen.runtime.edge import Edge
from proxygen.runtime.forwarder import Forwarder
from proxygen.runtime.identity.caller import Identity
from proxygen.runtime.operation import (
    Absent,
    Auth,
    Binding,
    Body,
    BodyKind,
    Content,
    IdentityField,
    Operation,
    Parameter,
    Passthrough,
    Place,
    Shape,
)
from proxygen.runtime.routing.route import ProxyRouter
from proxygen.runtime.settings import EdgeSettings, Service, ServiceSettings

SECRET: Final = "a-secret-of-the-tests-32-bytes-or-more"


class ClientRegistration(BaseModel):
    """What a client may send; user_id and org_id are bound."""

    model_config = ConfigDict(extra="allow")

    expected_essay_count: int = Field(ge=1)


class ListClassesQuery(BaseModel):
    """The query of listClasses."""

    limit: int = Field(default=20, le=100)


class ClassPath(BaseModel):
    """The path of getClass."""

    class_id: str = Field(min_length=1)


REGISTER_BATCH: Final = Operation(
    service="batches",
    operation_id="registerBatch",
    method="POST",
    edge_path="/v1/batches/register",
    downstream_path="/internal/batches/register",
    bindings=(
        Binding(field=IdentityField.USER_ID, place=Place.BODY, name="/user_id"),
        Binding(field=IdentityField.ORG_ID, place=Place.BODY, name="/org_id", absent=Absent.NULL),
    ),
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
)
LIST_CLASSES: Final = Operation(
    service="classes",
    operation_id="listClasses",
    method="GET",
    edge_path="/v1/classes",
    downstream_path="/v1/classes",
    query=(Parameter(name="limit", shape=Shape(types=("integer",))),),
)
GET_CLASS: Final = Operation(
    service="classes",
    operation_id="getClass",
    method="GET",
    edge_path="/v1/classes/{class-id}",
    downstream_path="/v1/classes/{class-id}",
)
GET_OWN_CLASS: Final = Operation(
    service="classes",
    operation_id="getOwnClass",
    method="GET",
    edge_path="/v1/classes/own",
    downstream_path="/v1/classes/of/{user_id}",
    bindings=(Binding(field=IdentityField.USER_ID, place=Place.PATH, name="user_id"),),
)
ADMINISTER_CLASS: Final = Operation(
    service="classes",
    operation_id="administerClass",
    method="GET",
    edge_path="/v1/classes/{class-id}/admin",
    downstream_path="/v1/classes/{class-id}/admin",
    scopes=(("classes:admin",), ("root", "staff")),
)
REMOVE_CLASS: Final = Operation(
    service="classes",
    operation_id="removeClass",
    method="DELETE",
    edge_path="/v1/classes/{class-id}",
    downstream_path="/v1/classes/{class-id}",
)
LOG_IN: Final = Operation(
    service="accounts",
    operation_id="logIn",
    method="POST",
    edge_path="/v1/login",
    downstream_path="/v1/login",
    auth=Auth.PUBLIC,
    body=Body(content=(Content(media_type="*/*", kind=BodyKind.RAW),)),
)
GREET: Final = Operation(
    service="accounts",
    operation_id="greet",
    method="GET",
    edge_path="/v1/greeting",
    downstream_path="/v1/greeting",
    auth=Auth.OPTIONAL,
)
PROGRESS: Final = Operation(
    service="batches",
    operation_id="progress",
    method="GET",
    edge_path="/v1/batches/{batch_id}/events",
    downstream_path="/v1/batches/{batch_id}/events",
    event_stream=True,
)
TEACHER: Final = Passthrough(
    service="teacher", prefix="/bff/v1/teacher", strip="/bff", base_path=""
)

batches = ProxyRouter(tags=["Batches"])
classes = ProxyRouter(tags=["Classes"])
accounts = ProxyRouter()
teacher = ProxyRouter()


@batches.operation(REGISTER_BATCH)
async def register_batch(
    request: Request,
    body: JsonBody[ClientRegistration],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Register a batch."""
    return await forward(REGISTER_BATCH, request, identity, body=body)


@batches.operation(PROGRESS)
async def progress(
    request: Request, identity: FromDishka[Identity], forward: FromDishka[Forwarder]
) -> Response:
    """Progress of a batch, as events."""
    return await forward(PROGRESS, request, identity)


@classes.operation(GET_CLASS)
async def get_class(
    request: Request, identity: FromDishka[Identity], forward: FromDishka[Forwarder]
) -> Response:
    """One class."""
    return await forward(GET_CLASS, request, identity)


@classes.operation(REMOVE_CLASS)
async def remove_class(
    request: Request, identity: FromDishka[Identity], forward: FromDishka[Forwarder]
) -> Response:
    """Remove a class."""
    return await forward(REMOVE_CLASS, request, identity)


@classes.operation(ADMINISTER_CLASS)
async def administer_class(
    request: Request, identity: FromDishka[Identity], forward: FromDishka[Forwarder]
) -> Response:
    """What administrators see."""
    return await forward(ADMINISTER_CLASS, request, identity)


@classes.operation(LIST_CLASSES)
async def list_classes(
    request: Request,
    query: ListClassesQuery,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """All classes."""
    return await forward(LIST_CLASSES, request, identity)


@classes.operation(GET_OWN_CLASS)
async def get_own_class(
    request: Request, identity: FromDishka[Identity], forward: FromDishka[Forwarder]
) -> Response:
    """The caller's own class."""
    return await forward(GET_OWN_CLASS, request, identity)


@accounts.operation(LOG_IN)
async def log_in(
    request: Request, body: RawBody | None, forward: FromDishka[Forwarder]
) -> Response:
    """Public."""
    return await forward(LOG_IN, request, None, body=body)


@accounts.operation(GREET)
async def greet(
    request: Request, identity: FromDishka[Identity | None], forward: FromDishka[Forwarder]
) -> Response:
    """For whoever calls."""
    return await forward(GREET, request, identity)


@teacher.passthrough(TEACHER)
async def proxy_teacher(
    request: Request,
    body: RawBody | None,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """The complete service proxy."""
    return await forward(TEACHER, request, identity, body=body)


ROUTERS: Final = (batches, classes, accounts, teacher)
SERVICES: Final = tuple(
    Service(name=name, base_url_env=f"{name.upper()}_URL")
    for name in ("batches", "classes", "accounts", "teacher")
)


def edge(contract: Path = Path("openapi.json"), **changes: object) -> Edge:
    """The description of this edge."""
    return Edge(
        **{  # type: ignore[arg-type]  # changes of a test's own
            "name": "mini-edge",
            "services": SERVICES,
            "routers": ROUTERS,
            "contract": contract,
            **changes,
        }
    )


def settings(**changes: object) -> EdgeSettings:
    """Settings that name a downstream for each service."""
    services = {
        service.name: ServiceSettings(base_url=f"http://{service.name}.test/base")
        for service in SERVICES
    }
    return EdgeSettings(**{"token_secret": SECRET, "services": services, **changes})  # type: ignore[arg-type]
