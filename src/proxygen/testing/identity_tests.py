"""Who may call an operation, and that identity is the token's alone."""

from __future__ import annotations

import pytest

from proxygen.testing.edge import ALICE, ORGANISATION, EdgeUnderTest, HeaderLines
from proxygen.testing.operation_data import MALLORY, OperationData
from proxygen.testing.requests import scopes_of
from proxygen.testing.spoofs import header_spoofs, input_spoofs
from proxygen.testing.violations import judged_requests
from proxygen.testing.written import has_a_place, parts_of, without_identity, written


class IdentityTests(OperationData):
    """Tokens, scopes, injection and spoofs."""

    def test_identity_is_injected_with_an_organisation(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge, org_id=ORGANISATION)
        self.exchange(edge, call)
        sent = self.only_request(edge)
        assert sent.lines("X-User-ID") == ([ALICE] if self.authenticated else [])
        assert sent.lines("X-Org-ID") == ([ORGANISATION] if self.authenticated else [])
        for one in self.expected.identity:
            if has_a_place(one, call):
                value = ALICE if one.field == "user_id" else ORGANISATION
                assert written(one, sent) == [value], one
        assert without_identity(self.expected, sent) == without_identity(self.expected, call)
        if self.expected.filled("part"):
            ours = {one.name for one in self.expected.filled("part")}
            assert parts_of(sent.content)[0][0] in ours, "identity goes first"

    def test_identity_is_injected_without_an_organisation(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge, org_id=None)
        answer = self.exchange(edge, call)
        organisation = [one for one in self.expected.identity if one.field == "org_id"]
        if any(one.absent == "forbid" for one in organisation):
            assert answer.status_code == 403
            assert edge.sent() == []
            return
        sent = self.only_request(edge)
        assert sent.lines("X-User-ID") == ([ALICE] if self.authenticated else [])
        assert sent.lines("X-Org-ID") == []
        for one in organisation:
            if has_a_place(one, call):
                assert written(one, sent) == ([None] if one.absent == "null" else []), one

    @pytest.mark.parametrize("spoof", header_spoofs(MALLORY), ids=lambda lines: lines[0][0])
    def test_identity_headers_of_the_client_never_arrive(
        self, edge: EdgeUnderTest, spoof: HeaderLines
    ) -> None:
        self.exchange(edge, self.call(edge).with_headers(spoof))
        sent = self.only_request(edge)
        assert all(MALLORY not in value for _, value in sent.headers)
        assert sent.lines("X-User-ID") == ([ALICE] if self.authenticated else [])

    def test_bound_inputs_of_the_client_are_refused(self, edge: EdgeUnderTest) -> None:
        for label, call in input_spoofs(self.expected, self.call(edge), MALLORY):
            answer = self.exchange(edge, call)
            if self.expected.on_client_value == "reject":
                assert answer.status_code == 422, label
                assert edge.sent() == [], label
            else:
                assert MALLORY.encode() not in self.only_request(edge).content, label
                assert MALLORY not in self.only_request(edge).target, label

    def test_no_token_is_401_before_anything_else_is_judged(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge).without("authorization")
        if self.expected.auth == "required":
            judged = judged_requests(self.operation, self.expected, call, edge)
            bad = {label.partition(":")[0]: one for label, one, valid in judged if not valid}
            for one in (call, call.with_content(b"{"), *bad.values()):
                answer = self.exchange(edge, one)
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"] == "Bearer"
                assert edge.sent() == []
        elif not self.expected.identity:
            assert self.exchange(edge, call).status_code == self.reply().status_code
            assert self.only_request(edge).lines("x-user-id") == []

    def test_a_bad_token_is_401(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge).without("authorization")
        call = call.with_headers([("authorization", "Bearer not-a-token")])
        answer = self.exchange(edge, call)
        if self.authenticated:
            assert answer.status_code == 401
            assert edge.sent() == []
        else:
            assert answer.status_code == self.reply().status_code

    def test_a_token_without_one_of_the_scopes_is_403(self, edge: EdgeUnderTest) -> None:
        needed = scopes_of(self.expected)
        for left_out in needed:
            granted = [scope for scope in needed if scope != left_out]
            assert self.exchange(edge, self.call(edge, scopes=granted)).status_code == 403
            assert edge.sent() == []
        answer = self.exchange(edge, self.call(edge, scopes=needed))
        assert answer.status_code == self.reply().status_code
