"""Correlation: one context per request, its original to the downstream and back, its canonical in the log."""

from __future__ import annotations

from uuid import UUID

import pytest

from proxygen.runtime.correlation import NAMESPACE, CorrelationContext
from tests.wire.client import Lines
from tests.wire.conftest import ONE_TRANSPORT
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

pytestmark = pytest.mark.parametrize("platform", ONE_TRANSPORT, indirect=True)

CLASS = "/v1/classes/9a"
KNOWN = "0b6bd1b0-7a5c-4a0b-8f8e-2f1f4d9a1c11"


class TestOriginal:
    @pytest.mark.parametrize(
        "value",
        ["abc", KNOWN, KNOWN.upper(), "{" + KNOWN + "}", f"urn:uuid:{KNOWN}", "!~" * 64],
    )
    def test_w09_w10_a_visible_value_goes_down_and_back_as_it_came(
        self, edge: Edge, classes: Downstream, value: str
    ) -> None:
        got = edge.request("GET", CLASS, [bearer(), f"X-Correlation-ID: {value}"])
        assert classes.only.values("x-correlation-id") == [value.encode()]
        assert got.values("x-correlation-id") == [value]

    @pytest.mark.parametrize(
        "lines",
        [
            [],
            ["X-Correlation-ID:"],
            ["X-Correlation-ID: a", "X-Correlation-ID: b"],
            ["X-Correlation-ID: " + "a" * 129],
            ["X-Correlation-ID: a b"],
            ["X-Correlation-ID: \xe5"],
        ],
        ids=["none", "empty", "two", "129 characters", "a blank", "beyond ASCII"],
    )
    def test_w10_any_other_is_replaced_by_a_new_one(
        self, edge: Edge, classes: Downstream, lines: Lines
    ) -> None:
        got = edge.request("GET", CLASS, [bearer(), *lines])
        (value,) = got.values("x-correlation-id")
        assert str(UUID(value)) == value
        assert classes.only.values("x-correlation-id") == [value.encode()]

    @pytest.mark.parametrize(
        ("method", "target", "lines", "status"),
        [
            ("GET", "/nowhere", [], 404),
            ("DELETE", "/v1/classes", [], 405),
            ("GET", CLASS, [], 401),
            ("GET", "/v1/classes/..%2f", [bearer()], 400),
            ("GET", "/v1/classes/a/admin", [bearer()], 403),
            ("GET", "/healthz", [], 200),
            ("TRACE", CLASS, [], 405),
            ("GET", "/" + "a" * 9000, [], 414),
        ],
    )
    def test_every_answer_has_it_also_those_before_a_route(
        self, edge: Edge, method: str, target: str, lines: list[str], status: int
    ) -> None:
        got = edge.request(method, target, [*lines, "X-Correlation-ID: mine"])
        assert (got.status, got.values("x-correlation-id")) == (status, ["mine"])

    def test_a_downstreams_own_value_never_takes_its_place(
        self, edge: Edge, classes: Downstream
    ) -> None:
        classes.respond(b"HTTP/1.1 200 OK\r\nX-Correlation-ID: theirs\r\nContent-Length: 0\r\n\r\n")
        got = edge.request("GET", CLASS, [bearer(), "X-Correlation-ID: mine"])
        assert got.values("x-correlation-id") == ["mine"]


class TestCanonical:
    @pytest.mark.parametrize("value", [KNOWN.upper(), "{" + KNOWN + "}", f"urn:uuid:{KNOWN}"])
    def test_a_uuid_is_logged_in_its_canonical_form(
        self, edge: Edge, classes: Downstream, value: str
    ) -> None:
        edge.request("GET", CLASS, [bearer(), f"X-Correlation-ID: {value}"])
        assert len(edge.events_of(KNOWN, count=2)) >= 2

    def test_any_other_value_is_logged_as_its_uuid5(self, edge: Edge, classes: Downstream) -> None:
        edge.request("GET", CLASS, [bearer(), "X-Correlation-ID: w09-original"])
        canonical = str(CorrelationContext.of("w09-original").canonical)
        assert UUID(canonical).version == 5
        assert NAMESPACE.version == 5
        events = edge.events_of(canonical, count=2)
        assert [event["event"] for event in events] == ["request forwarded", "request finished"]
        assert "w09-original" not in edge.log_text


class TestRequestId:
    def test_a_single_visible_value_goes_on(self, edge: Edge, classes: Downstream) -> None:
        edge.request("GET", CLASS, [bearer(), "X-Request-ID: r-1"])
        assert classes.only.values("x-request-id") == [b"r-1"]

    @pytest.mark.parametrize(
        "lines",
        [[], ["X-Request-ID: a", "X-Request-ID: b"], ["X-Request-ID: " + "a" * 10_000]],
        ids=["none", "two", "10 kB"],
    )
    def test_w08_any_other_is_replaced_by_a_new_one(
        self, edge: Edge, classes: Downstream, lines: list[str]
    ) -> None:
        edge.request("GET", CLASS, [bearer(), *lines])
        (value,) = classes.only.values("x-request-id")
        assert str(UUID(value.decode())) == value.decode()
