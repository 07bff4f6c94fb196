"""The edge's own credential in a team's own application under uvicorn, typed and passed through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wire import small
from tests.wire.downstream import Downstream, answer
from tests.wire.edge import Edge
from tests.wire.tokens import bearer

KEY = "k3y-of-the-edge"
CLASS, TEACHER = "/v1/classes/9a", "/bff/v1/teacher/x"


@pytest.fixture(scope="module")
def behind() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def team(behind: Downstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    credentials = {
        "EDGE_SERVICES__CLASSES__STATIC_HEADER__NAME": "X-Api-Key",
        "EDGE_SERVICES__CLASSES__STATIC_HEADER__VALUE": KEY,
        "EDGE_SERVICES__TEACHER__STATIC_HEADER__NAME": "Authorization",
        "EDGE_SERVICES__TEACHER__STATIC_HEADER__VALUE": f"Key {KEY}",
    }
    folder = tmp_path_factory.mktemp("team")
    with small.serving(behind, folder, small.TEAMS, **credentials) as edge:
        yield edge


@pytest.mark.parametrize(
    ("target", "line"),
    [(CLASS, f"X-Api-Key: {KEY}"), (TEACHER, f"Authorization: Key {KEY}")],
    ids=["typed", "passed-through"],
)
def test_the_service_gets_the_edges_and_the_client_nothing(
    team: Edge, behind: Downstream, target: str, line: str
) -> None:
    behind.reset()
    behind.respond(
        answer("200 OK", b"", line, f"X-Api_Key: {KEY}" if target == CLASS else "X-A: b")
    )
    got = team.request("GET", target, [bearer(), "x-api-key: guessed"])
    assert got.status == 200
    assert behind.only.matching("authorization|x.api.key") == [line.encode()]
    assert KEY.encode() not in got.raw
    assert KEY not in team.log_text
