"""Operations of one method and path go each its own way, by what a request says; and QUERY is a method."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.test_cases import run_build
from tests.wire.client import Answer
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge, serving, settings
from tests.wire.tokens import bearer

JSON, CSV = "Content-Type: application/json", "Content-Type: text/csv"


@pytest.fixture(scope="module")
def downstream() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def edge(downstream: Downstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """What is written of the document beside this file, served."""
    folder = tmp_path_factory.mktemp("told_apart")
    (folder / "specs").mkdir()
    shutil.copy(Path(__file__).with_name("told_apart.yaml"), folder / "specs" / "store.yaml")
    built = run_build(folder)
    assert built.returncode == 0, built.stderr
    environment = settings(STORE_URL=downstream.url)
    with serving(environment, log=folder / "stderr", folder=folder) as served:
        yield served


@pytest.fixture(autouse=True)
def nothing_came(downstream: Downstream) -> None:
    downstream.reset()


def ask(
    edge: Edge, method: str, target: str, lines: tuple[str, ...] = (), body: bytes | None = None
) -> Answer:
    return edge.request(method, target, [bearer(), *lines], body)


@pytest.mark.parametrize(
    ("method", "target", "lines", "body"),
    [
        ("POST", "/queue?Action=Put", (), None),
        ("POST", "/queue?limit=3&%41ction=Take", (), None),
        ("GET", "/tables", ("x-target: Tables.Read",), None),
        ("GET", "/tables", ("X-TARGET:  Tables.List ",), None),
        ("PUT", "/files/7", (JSON + "; charset=utf-8",), b'{"name": "x"}'),
        ("PUT", "/files/7", ("content-type: TEXT/csv",), b"a,b"),
        ("QUERY", "/files", (JSON,), b'{"term": "x"}'),
    ],
)
def test_a_request_for_one_goes_through_as_it_came(
    edge: Edge,
    downstream: Downstream,
    method: str,
    target: str,
    lines: tuple[str, ...],
    body: bytes | None,
) -> None:
    assert ask(edge, method, target, lines, body).status == 200
    sent = downstream.only
    assert (sent.method, sent.target) == (method, target.encode())
    assert sent.body == (body or b"")
    assert len(sent.values("x-user-id")) == 1


@pytest.mark.parametrize(
    ("target", "lines", "status"),
    [
        ("/queue?Action=Take&limit=many", (), 422),
        ("/queue?Action=Put&limit=many", (), 200),
    ],
)
def test_each_is_held_to_its_own_contract(
    edge: Edge, target: str, lines: tuple[str, ...], status: int
) -> None:
    assert ask(edge, "POST", target, lines).status == status


@pytest.mark.parametrize(
    ("method", "target", "lines"),
    [
        ("POST", "/queue", ()),
        ("POST", "/queue?Action=Drop", ()),
        ("POST", "/queue?action=Put", ()),
        ("POST", "/queue?Action=Put&Action=Take", ()),
        ("POST", "/queue?Action=Put;Action=Take", ()),
        ("POST", "/queue?Action=Put&Action%5B%5D=Take", ()),
        ("GET", "/tables", ()),
        ("GET", "/tables", ("X-Target: Tables.Drop",)),
        ("GET", "/tables", ("X-Target: Tables.Read", "X-Target: Tables.List")),
        ("GET", "/tables", ("X-Target: Tables.Read", "X_Target: Tables.List")),
    ],
)
def test_a_request_for_none_or_for_two_is_404_and_nothing_is_sent(
    edge: Edge, downstream: Downstream, method: str, target: str, lines: tuple[str, ...]
) -> None:
    assert ask(edge, method, target, lines).status == 404
    assert downstream.requests == []


@pytest.mark.parametrize("line", ["Content-Type: text/plain", "Content-Type: nonsense"])
def test_a_media_type_that_neither_takes_is_415(
    edge: Edge, downstream: Downstream, line: str
) -> None:
    assert ask(edge, "PUT", "/files/7", (line,), b"a,b").status == 415
    assert edge.request("PUT", "/files/7", [line], b"a,b").status == 401
    assert downstream.requests == []


@pytest.mark.parametrize("lines", [(), (JSON, CSV), (JSON, "Content_Type: text/csv")])
def test_a_body_of_no_media_type_or_of_two_is_for_none(
    edge: Edge, downstream: Downstream, lines: tuple[str, ...]
) -> None:
    assert ask(edge, "PUT", "/files/7", lines, b'{"name": "x"}').status in (400, 404)
    assert downstream.requests == []


class TestQuery:
    def test_its_body_is_held_to_the_contract(self, edge: Edge, downstream: Downstream) -> None:
        assert ask(edge, "QUERY", "/files", (JSON,), b"{}").status == 422
        assert ask(edge, "QUERY", "/files", (CSV,), b"a").status == 415
        assert ask(edge, "QUERY", "/files").status == 422
        assert edge.request("QUERY", "/files", [JSON], b'{"term": "x"}').status == 401
        assert downstream.requests == []

    def test_is_a_method_of_the_path_alone_and_counted_as_itself(self, edge: Edge) -> None:
        refused = ask(edge, "GET", "/files")
        assert (refused.status, refused.values("allow")) == (405, ["QUERY"])
        assert ask(edge, "QUERY", "/queue?Action=Put").status == 405
        labels = {"method": "QUERY", "endpoint": "/files", "http_status": "200"}
        before = edge.metric("http_requests_total", **labels)
        assert ask(edge, "QUERY", "/files", (JSON,), b'{"term": "x"}').status == 200
        assert edge.counts(lambda: edge.metric("http_requests_total", **labels) == before + 1)
