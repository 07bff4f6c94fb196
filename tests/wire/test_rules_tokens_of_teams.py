"""The rows of tokens again, in a team's own application under uvicorn, and with a lifetime's limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.wire import small
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge
from tests.wire.token_rows import BELIEVED, REFUSED, REFUSED_LINES, Mint
from tests.wire.tokens import bearer

CLASS = "/v1/classes/9a"


@pytest.fixture(scope="module")
def behind() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def team(behind: Downstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with small.serving(behind, tmp_path_factory.mktemp("team"), small.TEAMS) as edge:
        yield edge


class TestInATeamsApplication:
    @pytest.mark.parametrize("mint", REFUSED)
    def test_a_bad_token_is_401_and_says_nothing(
        self, team: Edge, behind: Downstream, mint: Mint
    ) -> None:
        behind.reset()
        got = team.request("GET", CLASS, [f"Authorization: Bearer {mint()}"])
        assert (got.status, got.detail) == (401, "Not authenticated")
        assert got.values("www-authenticate") == ["Bearer"]
        assert behind.connections == 0

    @pytest.mark.parametrize("lines", REFUSED_LINES)
    def test_anything_but_one_bearer_is_401(
        self, team: Edge, behind: Downstream, lines: Callable[[], list[str]]
    ) -> None:
        behind.reset()
        assert team.request("GET", CLASS, lines()).status == 401
        assert behind.connections == 0

    @pytest.mark.parametrize("mint", BELIEVED)
    def test_a_good_token_is_believed(self, team: Edge, behind: Downstream, mint: Mint) -> None:
        assert team.request("GET", CLASS, [f"Authorization: Bearer {mint()}"]).status == 200

    def test_a_scope_that_is_missing_is_403(self, team: Edge) -> None:
        got = team.request("GET", f"{CLASS}/admin", [bearer()])
        assert (got.status, got.detail) == (403, "Forbidden")
        assert got.values("www-authenticate") == ['Bearer error="insufficient_scope"']


def test_w85_a_token_that_is_good_for_too_long_is_401_where_that_is_set(
    behind: Downstream, tmp_path_factory: pytest.TempPathFactory
) -> None:
    limited = {"EDGE_TOKEN_MAX_LIFETIME": "3600"}
    folder = tmp_path_factory.mktemp("short")
    with small.serving(behind, folder, small.PRODUCTION, **limited) as edge:
        now = int(time.time())
        assert edge.request("GET", CLASS, [bearer(exp=now + 3600)]).status == 200
        assert edge.request("GET", CLASS, [bearer(exp=now + 3700)]).status == 401
