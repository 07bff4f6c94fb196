"""What of a client's request reaches the downstream, and which requests do not."""

from __future__ import annotations

import httpx
import pytest

from proxygen.runtime import BodyKind
from proxygen.testing.edge import EdgeUnderTest, base_url_of, fold
from proxygen.testing.examples import JsonExample
from proxygen.testing.operation_data import MALLORY, OperationData
from proxygen.testing.violations import judged_requests

_SENT = (
    ("accept-language", "sv"),
    ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ("if-none-match", '"proxygen"'),
    ("x-correlation-id", "abc"),
)
_STRIPPED = (
    ("cookie", "session=1"),
    ("x-internal-api-key", "k"),
    ("proxy-authorization", "Basic eDp5"),
    ("te", "trailers"),
    ("x-hop", "1"),
    ("x-forwarded-user", MALLORY),
)


class RequestTests(OperationData):
    """Bytes, headers and the contract."""

    def test_request_reaches_the_downstream_as_it_was_sent(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge)
        self.exchange(edge, call)
        sent = self.only_request(edge)
        assert sent.method == self.expected.method
        assert sent.lines("host") == [base_url_of(self.expected.service).partition("//")[2]]
        path, _, query = sent.target.partition("?")
        assert path == call.downstream_path
        bound = {one.name for one in self.expected.filled("query")}
        kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in bound]
        assert kept == [pair for pair in call.query.split("&") if pair]
        if not self.expected.filled("body", "form", "part"):
            assert sent.content == (call.content or b"")
        for name, value in call.headers:
            if name in self.expected.headers:
                assert sent.lines(name) == [value]

    def test_query_multiplicity_is_kept(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge).with_query("zz=1&zz=2&zq&z'z=%27")
        self.exchange(edge, call)
        assert "zz=1&zz=2&zq&z'z=%27" in self.only_request(edge).target

    def test_headers_are_forwarded_stripped_and_injected(self, edge: EdgeUnderTest) -> None:
        described = {fold(parameter.name) for parameter in self.operation.headers}
        sent_on = [line for line in _SENT if fold(line[0]) not in described]
        call = self.call(edge)
        for name, _ in sent_on:
            call = call.without(name)
        lines = [*sent_on, *_STRIPPED, ("connection", "close, x-hop")]
        self.exchange(edge, call.with_headers(lines))
        sent = self.only_request(edge)
        for name, value in sent_on:
            assert sent.lines(name) == [value], name
        for name, _ in (*_STRIPPED, ("authorization", "")):
            assert name in edge.edge.headers.allow or sent.lines(name) == [], name
        assert len(sent.lines("x-request-id")) == 1
        assert sent.lines("x-proxied-by") == [edge.edge.name]

    def test_requests_are_judged_as_by_the_edge_contract(self, edge: EdgeUnderTest) -> None:
        if self.expected.validation != "enforce":
            return
        for label, call, valid in judged_requests(
            self.operation, self.expected, self.call(edge), edge
        ):
            answer = self.exchange(edge, call)
            assert (answer.status_code != 422) is valid, label
            if not valid:
                assert edge.sent() == [], label
                self.assert_validation_errors(answer)

    def assert_validation_errors(self, answer: httpx.Response) -> None:
        """FastAPI's 422 shape: a list, each with type, loc and msg."""
        if self.expected.method == "HEAD":
            return
        content = answer.json()
        detail = content["detail"] if isinstance(content["detail"], list) else content["errors"]
        assert detail
        assert all({"type", "loc", "msg"} <= set(error) for error in detail)

    def test_what_is_no_json_is_400(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge)
        if not isinstance(call.body, JsonExample):
            return
        for content in (b"{", b'{"a":1,"a":1}', b'{"a":NaN}', "{}".encode("utf-16")):
            assert self.exchange(edge, call.with_content(content)).status_code == 400
            assert edge.sent() == []

    @pytest.mark.parametrize(
        ("name", "value"),
        [("content-type", "application/x-proxygen"), ("content-encoding", "gzip")],
    )
    def test_a_typed_body_in_another_form_is_415(
        self, edge: EdgeUnderTest, name: str, value: str
    ) -> None:
        body, call = self.operation.body, self.call(edge)
        if body is None or call.content is None:
            return
        if any(content.kind is BodyKind.RAW for content in body.content):
            return
        answer = self.exchange(edge, call.without(name).with_headers([(name, value)]))
        assert answer.status_code == 415
        assert edge.sent() == []

    def test_a_method_that_is_not_described_is_405(self, edge: EdgeUnderTest) -> None:
        if "options" in edge.contract["paths"][self.operation.contract_path]:
            return
        edge.answers(self.reply())
        call = self.call(edge)
        answer = edge.send("OPTIONS", call.target, call.headers)
        assert answer.status_code == 405
        assert self.expected.method in answer.headers["allow"].split(", ")
        assert edge.sent() == []
