"""Settings that change what a rule says, over sockets: trusted hops, served hosts, limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wire.client import message
from tests.wire.conftest import SERVICES
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge, settings
from tests.wire.tokens import bearer

CLASS = "/v1/classes/9a"


@pytest.fixture(scope="module")
def behind() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def told(behind: Downstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An edge behind one proxy, for one host, with small limits."""
    urls = dict.fromkeys(SERVICES.values(), behind.url)
    environment = settings(
        **urls,
        EDGE_TRUSTED_HOPS="1",
        EDGE_ALLOWED_HOSTS="edge.test, 127.0.0.1",
        EDGE_LIMITS__HEADER_COUNT="12",
        EDGE_LIMITS__HEADER_BYTES="2000",
        EDGE_LIMITS__TARGET_BYTES="300",
        EDGE_LIMITS__JSON_BYTES="100",
        EDGE_LIMITS__FORM_BYTES="100",
        EDGE_LIMITS__UPLOAD_BYTES="1000",
    )
    edge = Edge(environment, log=tmp_path_factory.mktemp("told") / "stderr")
    edge.wait_until_up()
    yield edge
    edge.stop()


@pytest.fixture(autouse=True)
def _as_new(behind: Downstream) -> None:
    behind.reset()


def test_as_many_hops_are_believed_as_are_trusted(told: Edge, behind: Downstream) -> None:
    lines = ["X-Forwarded-For: 203.0.113.9, 198.51.100.7", "X-Forwarded-Proto: https"]
    assert told.request("GET", CLASS, [bearer(), *lines]).status == 200
    assert behind.only.values("x-forwarded-for") == [b"198.51.100.7, 127.0.0.1"]
    assert behind.only.values("x-forwarded-proto") == [b"https"]


@pytest.mark.parametrize(("host", "status"), [("edge.test", 200), ("another.test", 400)])
def test_only_hosts_on_the_list_are_served(told: Edge, host: str, status: int) -> None:
    request = message("GET", CLASS, [bearer()])
    assert told.raw(request.replace(b"edge.test", host.encode(), 1)).status == status


def test_more_lines_than_the_limit_are_431(told: Edge, behind: Downstream) -> None:
    lines = [bearer(), *(f"X-{number}: 1" for number in range(11))]
    assert told.request("GET", CLASS, lines).status == 431
    assert told.request("GET", CLASS, lines[:-1]).status == 200


def test_more_bytes_of_lines_than_the_limit_are_431(told: Edge, behind: Downstream) -> None:
    assert told.request("GET", CLASS, [bearer(), f"X-A: {'a' * 2000}"]).status == 431


def test_a_longer_target_than_the_limit_is_414(told: Edge, behind: Downstream) -> None:
    assert told.request("GET", f"{CLASS}?{'a' * 300}", [bearer()]).status == 414


@pytest.mark.parametrize(
    ("target", "media_type", "size"),
    [
        ("/v1/classes", "application/json", 101),
        ("/v1/auth/revoke", "application/x-www-form-urlencoded", 101),
        ("/bff/v1/teacher/notes", "application/octet-stream", 1001),
    ],
)
def test_a_longer_body_than_the_limit_of_its_kind_is_413(
    told: Edge, behind: Downstream, target: str, media_type: str, size: int
) -> None:
    lines = [bearer(), f"Content-Type: {media_type}"]
    assert told.request("POST", target, lines, b"a" * size).status == 413
    assert told.request("POST", target, lines, b"a" * (size - 1)).status != 413
