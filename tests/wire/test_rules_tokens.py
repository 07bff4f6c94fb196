"""Tokens: what is believed, and that what is not is 401 without a word on why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.wire.conftest import ONE_TRANSPORT
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge
from tests.wire.token_rows import BELIEVED, REFUSED, REFUSED_LINES, Mint, headed
from tests.wire.tokens import bearer, token

pytestmark = pytest.mark.parametrize("platform", ONE_TRANSPORT, indirect=True)

CLASS = "/v1/classes/9a"
TYPED_AND_PASSED = pytest.mark.parametrize("target", [CLASS, "/bff/v1/teacher/x"])
UNKNOWN = b'{"detail":"Not authenticated"}'


def assert_refused(edge: Edge, target: str, lines: list[str]) -> None:
    """401, in the words of every other 401, and nothing of the token in the log."""
    got = edge.request("GET", target, lines)
    assert got.status == 401
    assert got.values("www-authenticate") == ["Bearer"]
    assert got.payload == UNKNOWN


class TestRefused:
    @TYPED_AND_PASSED
    @pytest.mark.parametrize("mint", REFUSED)
    def test_a_bad_token_is_401_and_says_nothing(
        self, edge: Edge, classes: Downstream, bff: Downstream, mint: Mint, target: str
    ) -> None:
        value = mint()
        assert_refused(edge, target, [f"Authorization: Bearer {value}"])
        assert classes.connections + bff.connections == 0
        assert value not in edge.log_text

    @TYPED_AND_PASSED
    @pytest.mark.parametrize("lines", REFUSED_LINES)
    def test_anything_but_one_bearer_is_401(
        self,
        edge: Edge,
        classes: Downstream,
        bff: Downstream,
        lines: Callable[[], list[str]],
        target: str,
    ) -> None:
        assert_refused(edge, target, lines())
        assert classes.connections + bff.connections == 0

    def test_w94_a_token_in_the_query_is_nobodys(self, edge: Edge, classes: Downstream) -> None:
        assert_refused(edge, f"{CLASS}?access_token={token()}", [])
        assert classes.connections == 0

    def test_w92_ten_megabytes_are_refused_before_they_are_read(self, edge: Edge) -> None:
        got = edge.request("GET", CLASS, ["Authorization: Bearer " + "a" * 10_000_000])
        assert got.status in (401, 431)
        assert got.seconds < 1


class TestBelieved:
    @TYPED_AND_PASSED
    @pytest.mark.parametrize("mint", BELIEVED)
    def test_a_good_token_is_believed(
        self, edge: Edge, classes: Downstream, bff: Downstream, mint: Mint, target: str
    ) -> None:
        assert edge.request("GET", target, [f"Authorization: Bearer {mint()}"]).status == 200

    def test_w91_the_scheme_has_no_case(self, edge: Edge, classes: Downstream) -> None:
        assert edge.request("GET", CLASS, [f"authorization: bEARER {token()}"]).status == 200

    def test_w83_addresses_in_a_token_are_not_followed(
        self, edge: Edge, classes: Downstream, bff: Downstream
    ) -> None:
        for header in ({"jku": bff.url}, {"x5u": bff.url}, {"iss": bff.url, "jku": bff.url}):
            lines = [f"Authorization: Bearer {headed(**header)}"]
            assert edge.request("GET", CLASS, lines).status == 200
        assert bff.connections == 0

    @pytest.mark.parametrize("claim", ["org_id", "org", "organization_id"])
    def test_the_organisation_comes_from_the_configured_claims_in_order(
        self, edge: Edge, classes: Downstream, claim: str
    ) -> None:
        assert edge.request("GET", CLASS, [bearer(**{claim: "school"})]).status == 200
        assert classes.only.values("x-org-id") == [b"school"]

    def test_scopes_are_text_or_a_list(self, edge: Edge, classes: Downstream) -> None:
        target = "/v1/classes/9a/admin"
        for scopes in ({"scope": "x classes.admin"}, {"scp": ["classes.admin"]}):
            assert edge.request("GET", target, [bearer(**scopes)]).status == 200
        for scopes in ({"scope": "classes.admins"}, {"scope": "classes:admin"}, {}):
            got = edge.request("GET", target, [bearer(**scopes)])
            assert (got.status, got.detail) == (403, "Forbidden")
            assert got.values("www-authenticate") == ['Bearer error="insufficient_scope"']

    def test_w138_the_order_is_identity_then_scope_then_body(
        self, edge: Edge, accounts: Downstream
    ) -> None:
        body = b"no json"
        lines = ["Content-Type: application/json", 'If-Match: "1"']
        target = "/v1/admin/users/teacher-1"
        assert edge.request("PATCH", target, lines, body).status == 401
        assert edge.request("PATCH", target, [*lines, bearer()], body).status == 403
        scoped = bearer(scope="identity.users.read identity.users.write")
        assert edge.request("PATCH", target, [*lines, scoped], body).status == 400
        assert accounts.requests == []
