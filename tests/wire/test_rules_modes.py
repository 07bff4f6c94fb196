"""Modes of a configuration: edges of their own, built from small documents and served."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from proxygen.runtime.correlation import CorrelationContext
from tests.wire.downstream import Downstream, answer
from tests.wire.edge import ROOT, Edge, settings
from tests.wire.tokens import bearer

JSON = "Content-Type: application/json"
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Notes", "version": "1.0.0"},
    "paths": {
        "/notes": {
            "post": {
                "operationId": "createNote",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["user_id", "text"],
                                "properties": {
                                    "user_id": {"type": "string"},
                                    "text": {"type": "string", "minLength": 2},
                                },
                            }
                        }
                    },
                },
                "responses": {"201": {"description": "Made."}},
            },
            "delete": {
                "operationId": "deleteNotes",
                "responses": {"204": {"description": "Gone."}},
            },
            "get": {
                "operationId": "listNotes",
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {"200": {"description": "All."}},
            },
        }
    },
}
CONFIGURATION = """
[gateway]
name = "notes-edge"
output = "../edge"

[identity]
on_client_value = "report"

[identity.fields]
user_id = ["user_id"]

[validation]
requests = "report"

[errors]
format = "problem"

[metrics]
prefix = "notes_"

[services.notes]
spec = "notes.json"
base_url_env = "NOTES_URL"

[services.notes.operations.deleteNotes]
rate_limit = { rate = 0.1, burst = 2 }
"""


@pytest.fixture(scope="module")
def notes() -> Iterator[Downstream]:
    downstream = Downstream()
    yield downstream
    downstream.close()


@pytest.fixture(scope="module")
def served(notes: Downstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An edge with problem details, in front of live traffic first: it reports, and forwards."""
    folder = tmp_path_factory.mktemp("modes")
    specs = folder / "specs"
    specs.mkdir()
    (specs / "notes.json").write_text(json.dumps(DOCUMENT))
    (specs / "proxygen.toml").write_text(CONFIGURATION)
    built = subprocess.run(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-m", "proxygen", "build", str(specs)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    edge = Edge(settings(NOTES_URL=notes.url), log=folder / "stderr", package="edge", folder=folder)
    try:
        edge.wait_until_up()
        yield edge
    finally:
        edge.process.kill()
        edge.process.wait()


@pytest.fixture(autouse=True)
def as_new(notes: Downstream) -> None:
    notes.reset()


def post(edge: Edge, body: bytes) -> tuple[int, dict[str, Any]]:
    """The status of a creation, and the event at its end."""
    correlation = str(uuid.uuid4())
    lines = [bearer(), JSON, f"X-Correlation-ID: {correlation}"]
    got = edge.request("POST", "/notes", lines, body)
    return got.status, edge.finished(correlation)


class TestReport:
    def test_a_violation_is_forwarded_and_logged_by_its_place_without_its_value(
        self, served: Edge, notes: Downstream
    ) -> None:
        status, event = post(served, b'{"text": 77777}')
        assert status == 200
        assert json.loads(notes.only.body) == {"text": 77777, "user_id": "alice"}
        assert "text" in json.dumps(event["reports"])
        assert "77777" not in served.log_text

    def test_a_query_that_violates_the_contract_is_forwarded_as_it_was(
        self, served: Edge, notes: Downstream
    ) -> None:
        assert served.request("GET", "/notes?limit=many", [bearer()]).status == 200
        assert notes.only.target == b"/notes?limit=many"

    def test_a_clients_identity_is_overwritten_and_logged(
        self, served: Edge, notes: Downstream
    ) -> None:
        status, event = post(served, b'{"user_id": "mallory", "text": "hello"}')
        assert status == 200
        pairs = json.loads(notes.only.body, object_pairs_hook=lambda found: found)
        assert [value for name, value in pairs if name == "user_id"] == ["alice"]
        assert b"mallory" not in notes.only.body
        assert "user_id" in json.dumps(event["reports"])
        assert "mallory" not in served.log_text

    def test_what_no_parser_reads_in_one_way_is_400_all_the_same(
        self, served: Edge, notes: Downstream
    ) -> None:
        assert post(served, b'{"text": "a", "text": "b"}')[0] == 400
        assert served.request("POST", "/notes", [JSON], b"{}").status == 401
        assert notes.requests == []

    def test_a_valid_request_leaves_no_report(self, served: Edge, notes: Downstream) -> None:
        status, event = post(served, b'{"text": "hello"}')
        assert status == 200
        assert "reports" not in event


class TestProblemDetails:
    @pytest.mark.parametrize(
        ("method", "target", "lines", "status", "detail"),
        [
            ("GET", "/nowhere", [], 404, "Not Found"),
            ("PUT", "/notes", [], 405, "Method Not Allowed"),
            ("GET", "/notes", [], 401, "Not authenticated"),
            ("GET", "/notes", ["Host: b", bearer()], 400, None),
        ],
    )
    def test_rfc_9457_with_the_same_detail_and_the_canonical_id(
        self,
        served: Edge,
        method: str,
        target: str,
        lines: list[str],
        status: int,
        detail: str | None,
    ) -> None:
        got = served.request(method, target, [*lines, "X-Correlation-ID: problem-1"])
        assert got.status == status
        assert got.values("content-type") == ["application/problem+json"]
        assert got.values("x-correlation-id") == ["problem-1"]
        problem = got.json
        assert problem["status"] == status
        assert problem["correlation_id"] == str(CorrelationContext.of("problem-1").canonical)
        assert detail is None or problem["detail"] == detail

    @pytest.mark.parametrize(
        ("data", "status", "detail"),
        [
            (answer("500 No", b"psql"), 503, "Downstream service error"),
            (b"garbage\r\n\r\n", 503, "Service unavailable"),
        ],
    )
    def test_failures_of_a_downstream_too(
        self, served: Edge, notes: Downstream, data: bytes, status: int, detail: str
    ) -> None:
        notes.respond(data)
        got = served.request("GET", "/notes", [bearer()])
        assert (got.status, got.json["detail"]) == (status, detail)
        assert got.values("content-type") == ["application/problem+json"]

    def test_a_downstreams_own_4xx_is_never_rewritten(
        self, served: Edge, notes: Downstream
    ) -> None:
        notes.respond(answer("409 Conflict", b'{"mine": 1}', "Content-Type: application/json"))
        got = served.request("GET", "/notes", [bearer()])
        assert (got.status, got.payload) == (409, b'{"mine": 1}')


class TestRateLimit:
    def test_an_operations_own_holds_where_the_settings_have_none(
        self, served: Edge, notes: Downstream
    ) -> None:
        answers = [served.request("DELETE", "/notes", [bearer("bob")]) for _ in range(3)]
        assert [got.status for got in answers] == [200, 200, 429]
        assert answers[-1].values("content-type") == ["application/problem+json"]
        assert answers[-1].values("ratelimit-policy") == ['"notes.deleteNotes";q=2;w=20']
        assert len(notes.requests) == 2
        others = [served.request("GET", "/notes", [bearer("bob")]) for _ in range(3)]
        assert {(got.status, *got.values("ratelimit")) for got in others} == {(200,)}


class TestNames:
    def test_metrics_have_the_prefix(self, served: Edge, notes: Downstream) -> None:
        served.request("GET", "/notes", [bearer()])
        own = {"method": "GET", "endpoint": "/notes", "http_status": "200"}
        assert served.counts(lambda: served.metric("notes_http_requests_total", **own) > 0)
        assert served.samples("http_requests_total") == []

    def test_the_gateway_says_its_name(self, served: Edge, notes: Downstream) -> None:
        served.request("GET", "/notes", [bearer()])
        assert notes.only.values("x-proxied-by") == [b"notes-edge"]


class TestSettings:
    def test_what_is_missing_stops_the_start_and_is_named(self, served: Edge) -> None:
        got = subprocess.run(
            [sys.executable, "-m", "edge"],
            cwd=served.folder,
            env=served.environment({"EDGE_TOKEN_LEEWAY": "never"}),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert got.returncode == 2
        assert "NOTES_URL" in got.stderr
        assert "EDGE_TOKEN_LEEWAY" in got.stderr
        assert "Traceback" not in got.stderr
        assert "Listening" not in got.stderr
