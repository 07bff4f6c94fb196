"""What a request costs, in bytecodes: the same on a busy machine, so that a slower edge fails here."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import Scope

from benchmarks.dispatch import direct, included, ordinary, scope_of, seconds_per_request
from proxygen.runtime.body import BodyLimits, BodyReader, JsonBody
from proxygen.runtime.errors import EdgeError
from proxygen.runtime.guard import Guard
from proxygen.runtime.operation import Binding, Body, BodyKind, Content, IdentityField, Place
from proxygen.runtime.telemetry.log_lines import LineHandler
from proxygen.runtime.telemetry.logs import JsonFormatter
from tests.unit.runtime.wire_samples import ALICE, context, operation, scope

SERVED_OF_BARE = 1.07
"""Bytecodes of a served GET with every rule at work, of those of a bare FastAPI route."""
INCLUDED_OF_BARE = 1.53
BODY_OF_BARE = 0.37
"""Those of a JSON body that is read, judged and sent on with identity in two of its objects."""
ROUTES = 1.01
"""The last of 1,000 routes, of the only one of an edge."""


@contextmanager
def _logging_as_served() -> Iterator[None]:
    """Events go to the edge's own handler, and not to those that pytest adds to a test."""
    logger = logging.getLogger("proxygen.edge")
    before = logger.handlers, logger.level, logger.propagate
    handler = LineHandler(io.StringIO())
    handler.setFormatter(JsonFormatter())
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.handlers, level, logger.propagate = before
        logger.setLevel(level)


def counted(once: Callable[[], Awaitable[object]]) -> int:
    """The bytecodes of one call, after others have filled every cache."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
        nonlocal count
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        count += event == "opcode"
        return trace

    async def run() -> None:
        for _ in range(3):
            await once()
        previous = sys.gettrace()
        sys.settrace(trace)
        try:
            await once()
        finally:
            sys.settrace(previous)

    with _logging_as_served():
        asyncio.run(run())
    return count


def bytecodes(app: FastAPI, number: int = 0) -> int:
    """Those of one request for this route."""
    scope = scope_of(number)
    return counted(lambda: seconds_per_request(app, scope, 1))


def test_served_request_stays_within_its_bytecodes() -> None:
    assert bytecodes(direct(1)) <= SERVED_OF_BARE * bytecodes(ordinary(1))


def test_a_loop_of_a_hundred_steps_in_one_rule_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    check = Guard.check

    def slow(guard: Guard, scope: Scope) -> EdgeError | None:
        for _ in range(100):
            guard.__class__.__name__.lower()
        return check(guard, scope)

    monkeypatch.setattr(Guard, "check", slow)
    assert bytecodes(direct(1)) > SERVED_OF_BARE * bytecodes(ordinary(1))


def test_included_request_stays_within_its_bytecodes() -> None:
    assert bytecodes(included(1)) <= INCLUDED_OF_BARE * bytecodes(ordinary(1))


def test_identity_goes_into_a_body_within_its_bytecodes() -> None:
    def bind(name: str) -> Binding:
        return Binding(field=IdentityField.USER_ID, place=Place.BODY, name=name)

    content = b'{"count":1,"names":["a","b"],"prompt":{"title":"A city","language":"en"}}'
    json = Content(media_type="application/json", kind=BodyKind.JSON)
    bound = operation(
        body=Body(content=(json,), required=True),
        bindings=(bind("/user_id"), bind("/org_id"), bind("/prompt/owner_id")),
    )
    reader = BodyReader(bound, JsonBody[dict[str, Any]])
    length = ("content-length", str(len(content)))
    request = scope(("host", "edge.test"), ("content-type", "application/json"), length)
    noted, limits = context(), BodyLimits()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content}

    async def read() -> None:
        body = await reader.read(request, receive, noted, limits)
        assert isinstance(body, JsonBody)
        assert body.outgoing(ALICE)[1] == 127

    assert counted(read) <= BODY_OF_BARE * bytecodes(ordinary(1))


@pytest.mark.parametrize(("edge", "routes"), [(direct, 1000), (included, 300)])
def test_last_of_many_routes_costs_what_the_only_one_costs(
    edge: Callable[[int], FastAPI], routes: int
) -> None:
    assert bytecodes(edge(routes), routes - 1) <= ROUTES * bytecodes(edge(1))
