"""What every operation of an edge must do, as tests that a generated class inherits.

A generated class gives the data: its operation, a request that the contract allows, and a success of the
downstream's. Each test sends that request, or a variation of it, and looks at both ends.
"""

from __future__ import annotations

from typing import Any, ClassVar

import httpx
import pytest

from proxygen.runtime import Auth, IdentityField, Operation, Place, Validation
from proxygen.testing.edge import ALICE, ORGANISATION, EdgeUnderTest, HeaderLines, Sent, fold
from proxygen.testing.examples import RequestExample, ResponseExample
from proxygen.testing.requests import Call, call_of, scopes_of
from proxygen.testing.spoofs import header_spoofs, input_spoofs
from proxygen.testing.violations import judged_requests

MALLORY = "mallory"
NO_EXAMPLE = "no example"
SECRET_BODY = b"Traceback: postgres://user:password@db"


class OperationTests:
    """The behaviour of one typed route; `request` None says that no valid request is known, and why."""

    operation: ClassVar[Operation]
    request: ClassVar[RequestExample | None]
    missing: ClassVar[tuple[str, ...]] = ()
    response: ClassVar[ResponseExample | None] = None
    declared: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "request" in vars(cls) and cls.request is None:
            for name in [name for name in dir(cls) if name.startswith("test_")]:
                setattr(cls, name, None)
            cls.test_has_an_example = _no_example  # type: ignore[attr-defined]

    def call(self, edge: EdgeUnderTest, **identity: Any) -> Call:
        """The example as a request of alice's, with a token where the operation reads one."""
        assert self.request is not None
        return call_of(self.operation, self.request, edge, **identity)

    def reply(self) -> httpx.Response:
        """The example of a success, as the downstream sends it."""
        example = self.response or ResponseExample(status=200)
        headers = [*example.headers.items(), ("x-kept", "one"), ("x-kept", "two")]
        content = b""
        if example.body is not None:
            media_type, content = example.body.encode()
            headers.append(("content-type", media_type))
        return httpx.Response(example.status, headers=headers, content=content)

    def exchange(
        self, edge: EdgeUnderTest, call: Call, reply: httpx.Response | Exception | None = None
    ) -> httpx.Response:
        """Sends `call` while the downstream answers `reply`, the example's success unless said."""
        edge.answers(self.reply() if reply is None else reply)
        return edge.send(call.method, call.target, call.headers, call.content)

    def only_request(self, edge: EdgeUnderTest) -> Sent:
        """The one request that the downstream received."""
        sent = edge.sent()
        assert len(sent) == 1
        return sent[0]

    def test_success_is_preserved(self, edge: EdgeUnderTest) -> None:
        expected = self.reply()
        answer = self.exchange(edge, self.call(edge))
        assert answer.status_code == expected.status_code
        if self.operation.method != "HEAD":
            assert answer.content == expected.content
        assert answer.headers.get_list("x-kept") == ["one", "two"]
        assert answer.headers.get("content-type") == expected.headers.get("content-type")

    def test_request_reaches_the_downstream_as_it_was_sent(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge)
        self.exchange(edge, call)
        sent = self.only_request(edge)
        assert sent.method == self.operation.method
        path, _, query = sent.target.partition("?")
        assert path.endswith(call.downstream_path)
        bound = {b.name for b in self.operation.bindings if b.place is Place.QUERY}
        kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in bound]
        assert kept == [pair for pair in call.query.split("&") if pair]
        if not any(
            b.place in (Place.BODY, Place.FORM, Place.PART) for b in self.operation.bindings
        ):
            assert sent.content == (call.content or b"")

    @pytest.mark.parametrize("status", [400, 404, 409, 422, 429])
    def test_client_errors_of_the_downstream_pass(self, edge: EdgeUnderTest, status: int) -> None:
        body = b'{"detail": "said by the downstream"}'
        reply = httpx.Response(status, headers={"content-type": "application/json"}, content=body)
        answer = self.exchange(edge, self.call(edge), reply)
        assert answer.status_code == status
        assert self.operation.method == "HEAD" or answer.content == body

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_server_errors_are_masked(self, edge: EdgeUnderTest, status: int) -> None:
        answer = self.exchange(edge, self.call(edge), httpx.Response(status, content=SECRET_BODY))
        assert answer.status_code == 503
        self.assert_detail(edge, answer, "Downstream service error")
        assert b"postgres" not in answer.content

    def test_network_error_is_503(self, edge: EdgeUnderTest) -> None:
        answer = self.exchange(edge, self.call(edge), httpx.ConnectError("psql://user@db refused"))
        assert answer.status_code == 503
        self.assert_detail(edge, answer, "Service unavailable")

    def test_timeout_is_504(self, edge: EdgeUnderTest) -> None:
        answer = self.exchange(edge, self.call(edge), httpx.ReadTimeout("no head in time"))
        assert answer.status_code == 504
        self.assert_detail(edge, answer, "Gateway timeout")
        assert len(edge.sent()) == 1

    def assert_detail(self, edge: EdgeUnderTest, answer: httpx.Response, detail: str) -> None:
        """The edge's own answer, in either format, and nothing else."""
        if self.operation.method == "HEAD":
            assert answer.content == b""
            return
        content = answer.json()
        assert content["detail"] == detail
        if edge.edge.error_format == "detail":
            assert set(content) == {"detail"}

    def test_identity_is_injected_without_an_organisation(self, edge: EdgeUnderTest) -> None:
        if any(
            b.absent == "forbid" and b.field is IdentityField.ORG_ID
            for b in self.operation.bindings
        ):
            assert self.exchange(edge, self.call(edge, org_id=None)).status_code == 403
            assert edge.sent() == []
            return
        self.exchange(edge, self.call(edge, org_id=None))
        sent = self.only_request(edge)
        authenticated = self.operation.auth is not Auth.PUBLIC
        assert sent.lines("X-User-ID") == ([ALICE] if authenticated else [])
        assert sent.lines("X-Org-ID") == []

    def test_identity_is_injected_with_an_organisation(self, edge: EdgeUnderTest) -> None:
        self.exchange(edge, self.call(edge, org_id=ORGANISATION))
        sent = self.only_request(edge)
        authenticated = self.operation.auth is not Auth.PUBLIC
        assert sent.lines("X-User-ID") == ([ALICE] if authenticated else [])
        assert sent.lines("X-Org-ID") == ([ORGANISATION] if authenticated else [])
        for binding in self.operation.bindings:
            value = ALICE if binding.field is IdentityField.USER_ID else ORGANISATION
            assert value in bound_values(sent, binding.place, binding.name), binding

    @pytest.mark.parametrize("spoof", header_spoofs(MALLORY), ids=lambda lines: lines[0][0])
    def test_identity_headers_of_the_client_never_arrive(
        self, edge: EdgeUnderTest, spoof: HeaderLines
    ) -> None:
        self.exchange(edge, self.call(edge, org_id=ORGANISATION).with_headers(spoof))
        sent = self.only_request(edge)
        assert all(MALLORY not in value for _, value in sent.headers)
        authenticated = self.operation.auth is not Auth.PUBLIC
        assert sent.lines("X-User-ID") == ([ALICE] if authenticated else [])

    def test_bound_inputs_of_the_client_are_refused(self, edge: EdgeUnderTest) -> None:
        for label, call in input_spoofs(
            self.operation, self.call(edge, org_id=ORGANISATION), MALLORY
        ):
            answer = self.exchange(edge, call)
            if self.operation.on_client_value == "reject":
                assert answer.status_code == 422, label
                assert finished(edge) == [], label
            else:
                assert MALLORY.encode() not in self.only_request(edge).content, label
                assert MALLORY not in self.only_request(edge).target, label

    def test_headers_are_forwarded_stripped_and_injected(self, edge: EdgeUnderTest) -> None:
        lines = [
            ("accept-language", "sv"),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ("x-correlation-id", "abc"),
            ("cookie", "session=1"),
            ("x-internal-api-key", "k"),
            ("proxy-authorization", "Basic eDp5"),
            ("te", "trailers"),
            ("connection", "close, x-hop"),
            ("x-hop", "1"),
            ("x-forwarded-user", MALLORY),
        ]
        self.exchange(edge, self.call(edge).with_headers(lines))
        sent = self.only_request(edge)
        assert sent.lines("accept-language") == ["sv"]
        assert len(sent.lines("traceparent")) == 1
        assert sent.lines("x-correlation-id") == ["abc"]
        assert len(sent.lines("x-request-id")) == 1
        assert sent.lines("x-proxied-by") == [edge.edge.name]
        for name in (
            "x-internal-api-key",
            "proxy-authorization",
            "te",
            "x-hop",
            "x-forwarded-user",
        ):
            assert sent.lines(name) == [], name
        for name in ("authorization", "cookie"):
            assert name in edge.edge.headers.allow or sent.lines(name) == [], name

    def test_headers_of_the_answer_are_stripped(self, edge: EdgeUnderTest) -> None:
        reply = self.reply()
        lines = [
            ("server", "internal/1"),
            ("x-powered-by", "y"),
            ("x-internal-token", "t"),
            ("x-user-id", "u"),
        ]
        reply.headers = httpx.Headers([*reply.headers.multi_items(), *lines])
        answer = self.exchange(
            edge, self.call(edge).with_headers([("x-correlation-id", "abc")]), reply
        )
        assert [name for name, _ in lines if name in answer.headers] == []
        assert answer.headers.get_list("x-correlation-id") == ["abc"]

    def test_query_multiplicity_is_kept(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge).with_query("zz=1&zz=2&zq")
        self.exchange(edge, call)
        assert "zz=1&zz=2&zq" in self.only_request(edge).target

    def test_requests_are_judged_as_by_the_edge_contract(self, edge: EdgeUnderTest) -> None:
        if self.operation.validation is not Validation.ENFORCE:
            return
        for label, call, valid in judged_requests(
            self.operation, self.call(edge, org_id=ORGANISATION), edge
        ):
            answer = self.exchange(edge, call)
            assert (answer.status_code != 422) is valid, label
            if not valid:
                assert finished(edge) == [], label
                self.assert_validation_errors(answer)

    def assert_validation_errors(self, answer: httpx.Response) -> None:
        """FastAPI's 422 shape: a list, each with type, loc and msg."""
        if self.operation.method == "HEAD":
            return
        detail = answer.json()["detail"]
        assert detail
        assert all({"type", "loc", "msg"} <= set(error) for error in detail)

    def test_no_token_is_401_before_the_body_is_read(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge).without("authorization")
        if self.operation.auth is Auth.REQUIRED:
            answer = self.exchange(edge, call.with_content(b"{"))
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert edge.sent() == []
        elif not self.operation.bindings:
            assert self.exchange(edge, call).status_code == self.reply().status_code
            assert self.only_request(edge).lines("x-user-id") == []

    def test_a_bad_token_is_401(self, edge: EdgeUnderTest) -> None:
        call = self.call(edge).without("authorization")
        call = call.with_headers([("authorization", "Bearer not-a-token")])
        answer = self.exchange(edge, call)
        if self.operation.auth is Auth.PUBLIC:
            assert answer.status_code == self.reply().status_code
        else:
            assert answer.status_code == 401
            assert edge.sent() == []

    def test_a_token_without_the_scopes_is_403(self, edge: EdgeUnderTest) -> None:
        answer = self.exchange(edge, self.call(edge, scopes=()))
        if scopes_of(self.operation):
            assert answer.status_code == 403
            assert edge.sent() == []
        else:
            assert answer.status_code == self.reply().status_code

    def test_metrics_count_the_templates(self, edge: EdgeUnderTest) -> None:
        operation, status = self.operation, str(self.reply().status_code)
        ours = {"method": operation.method, "endpoint": operation.edge_path, "http_status": status}
        theirs = {
            "service": operation.service,
            "method": operation.method,
            "endpoint": operation.downstream_path,
            "status_code": status,
        }
        before = (
            edge.sample("http_requests_total", ours),
            edge.sample("downstream_service_calls_total", theirs),
        )
        self.exchange(edge, self.call(edge))
        after = (
            edge.sample("http_requests_total", ours),
            edge.sample("downstream_service_calls_total", theirs),
        )
        assert after == (before[0] + 1, before[1] + 1)


def bound_values(sent: Sent, place: Place, name: str) -> str:
    """The part of a request in which a binding writes, as text."""
    if place is Place.HEADER:
        return " ".join(sent.lines(name))
    if place in (Place.PATH, Place.QUERY):
        return sent.target
    return sent.content.decode("utf-8", "replace")


def finished(edge: EdgeUnderTest) -> list[Sent]:
    """Requests that a downstream received whole; an aborted upload is none."""
    return edge.sent()


def _no_example(self: OperationTests) -> None:
    """Counted as "no example", never as passed."""
    pytest.skip(f"{NO_EXAMPLE}: {', '.join(self.missing)}")


__all__ = ["OperationTests", "fold"]
