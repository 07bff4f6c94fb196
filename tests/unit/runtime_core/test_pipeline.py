"""The one pipeline, by each of its entries: order of checks, what is forwarded, what is answered."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.seam import TransportError
from tests.unit.runtime_core.calling import Client, bearer
from tests.unit.runtime_core.scripted import Answer, Scripted, failure, json_answer

JSON = (b"content-type", b"application/json")


async def test_an_answer_is_forwarded_as_it_is(client: Client, downstream: Scripted) -> None:
    downstream.answers = [
        json_answer(b'{"detail":"no"}', 404, (b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2"))
    ]
    result = await client.call("GET", "/v1/classes/7?a=1&a=2&b")
    assert (result.status, result.body, result.complete) == (404, b'{"detail":"no"}', True)
    assert result.values("set-cookie") == ["a=1", "b=2"]
    assert downstream.only.target == b"/base/v1/classes/7?a=1&a=2&b"
    assert downstream.only.values("x-user-id") == [b"alice"]


async def test_identity_is_asked_for_before_the_body_is_read(
    client: Client, downstream: Scripted
) -> None:
    result = await client.call("POST", "/v1/batches/register", JSON, body=b"{", token=False)
    assert result.status == 401
    assert result.values("www-authenticate") == ["Bearer"]
    assert downstream.sent == []


async def test_a_body_is_validated_and_identity_goes_into_its_bytes(
    client: Client, downstream: Scripted
) -> None:
    refused = await client.call(
        "POST", "/v1/batches/register", JSON, body=b'{"expected_essay_count":0}'
    )
    assert refused.status == 422
    assert refused.json["detail"][0]["loc"] == ["body", "expected_essay_count"]
    assert downstream.sent == []
    content = b'{"expected_essay_count": 1, "weight": 1.50}'
    assert (await client.call("POST", "/v1/batches/register", JSON, body=content)).status == 200
    assert downstream.only.target == b"/base/internal/batches/register"
    sent = downstream.only.body
    assert sent is not None
    assert sent.count(b'"user_id"') == 1
    assert b'"user_id":"alice"' in sent
    assert b'"weight": 1.50' in sent


async def test_a_query_is_validated_with_its_wire_names(
    client: Client, downstream: Scripted
) -> None:
    result = await client.call("GET", "/v1/classes?limit=1000")
    assert result.status == 422
    assert result.json["detail"][0]["loc"] == ["query", "limit"]
    assert downstream.sent == []


async def test_an_encoded_slash_is_part_of_its_segment(
    client: Client, downstream: Scripted
) -> None:
    result = await client.call("GET", "/v1/classes/a%2Fadmin")
    assert result.status == 200
    assert downstream.only.target == b"/base/v1/classes/a%2Fadmin"


async def test_a_literal_segment_wins_over_a_variable(client: Client, downstream: Scripted) -> None:
    assert (await client.call("GET", "/v1/classes/own")).status == 200
    assert downstream.only.target == b"/base/v1/classes/of/alice"


async def test_a_route_that_takes_the_method_wins_over_one_that_does_not(
    client: Client, downstream: Scripted
) -> None:
    assert (await client.call("DELETE", "/v1/classes/own")).status == 200
    assert downstream.only.outbound.method == "DELETE"
    assert downstream.only.target == b"/base/v1/classes/own"


async def test_scopes_are_alternatives_each_met_by_all_of_its_scopes(
    client: Client, downstream: Scripted
) -> None:
    target = "/v1/classes/7/admin"
    for scope, status in (("", 403), ("staff", 403), ("root staff", 200), ("classes:admin", 200)):
        result = await client.call("GET", target, bearer(scope=scope), token=False)
        assert result.status == status, scope


async def test_dot_segments_are_refused_before_anything_is_sent(
    client: Client, downstream: Scripted
) -> None:
    for target in ("/v1/classes/..%2f..%2finternal%2fadmin", "/bff/v1/teacher/..%2f..%2finternal"):
        assert (await client.call("GET", target)).status == 400
    assert downstream.sent == []


async def test_a_path_that_only_other_methods_have_names_them_all(
    client: Client, downstream: Scripted
) -> None:
    result = await client.call("PUT", "/v1/classes/own")
    assert result.status == 405
    assert result.values("allow") == ["DELETE, GET, HEAD"]


async def test_a_get_route_answers_head_without_a_body(
    client: Client, downstream: Scripted
) -> None:
    downstream.answers = [Answer(200, [(b"Content-Length", b"11")])]
    result = await client.call("HEAD", "/v1/classes/7")
    assert (result.status, result.body, result.complete) == (200, b"", True)
    assert result.values("content-length") == ["11"]
    assert downstream.only.outbound.method == "HEAD"


async def test_the_complete_service_proxy_keeps_its_path(
    client: Client, downstream: Scripted
) -> None:
    assert (await client.call("PATCH", "/bff/v1/teacher/a%2Fb/c?x=%27", body=b"raw")).status == 200
    assert downstream.only.target == b"/base/v1/teacher/a%2Fb/c?x=%27"
    assert downstream.only.body == b"raw"
    assert downstream.only.values("x-user-id") == [b"alice"]


async def test_a_public_route_reads_no_token(client: Client, downstream: Scripted) -> None:
    result = await client.call(
        "POST",
        "/v1/login",
        (b"authorization", b"Bearer nonsense"),
        (b"x-user-id", b"mallory"),
        token=False,
    )
    assert result.status == 200
    assert downstream.only.values("x-user-id") == []


async def test_an_optional_token_must_be_good_where_it_is(
    client: Client, downstream: Scripted
) -> None:
    assert (await client.call("GET", "/v1/greeting", token=False)).status == 200
    assert downstream.only.values("x-user-id") == []
    assert (await client.call("GET", "/v1/greeting")).status == 200
    assert downstream.sent[-1].values("x-user-id") == [b"alice"]
    refused = await client.call("GET", "/v1/greeting", (b"authorization", b"Bearer x"), token=False)
    assert refused.status == 401


@pytest.mark.parametrize(
    ("happens", "status", "detail", "kind"),
    [
        (
            json_answer(b"Traceback: secret", 500),
            503,
            "Downstream service error",
            "downstream_error",
        ),
        (json_answer(b"", 407), 503, "Service unavailable", "downstream_error"),
        (json_answer(b"", 999), 503, "Service unavailable", "connection_error"),
        (failure(Kind.CONNECT_REFUSED, sent=False), 503, "Service unavailable", "connection_error"),
        (failure(Kind.PROTOCOL), 503, "Service unavailable", "connection_error"),
        (failure(Kind.READ_TIMEOUT), 504, "Gateway timeout", "timeout"),
        (failure(Kind.CONNECT_TIMEOUT, sent=False), 504, "Gateway timeout", "timeout"),
        (failure(Kind.POOL_TIMEOUT, sent=False), 503, "Service unavailable", "proxy_error"),
    ],
)
async def test_a_failing_downstream_has_its_answer_and_its_count(
    client: Client,
    downstream: Scripted,
    happens: Answer | TransportError,
    status: int,
    detail: str,
    kind: str,
) -> None:
    happens = replace(happens) if isinstance(happens, Answer) else happens
    downstream.answers = [happens]
    result = await client.call("POST", "/bff/v1/teacher/x")
    assert (result.status, result.json) == (status, {"detail": detail})
    assert b"secret" not in result.body
    assert len(result.values("x-correlation-id")) == 1
    endpoint = "/bff/v1/teacher/{path}"
    assert await client.count("api_errors_total", endpoint=endpoint, error_type=kind) == 1
    assert (
        await client.count(
            "http_requests_total", endpoint=endpoint, method="POST", http_status=str(status)
        )
        == 1
    )
    code = "none"
    if isinstance(happens, Answer) and happens.status < 600:
        code = str(happens.status)
    assert (
        await client.count(
            "downstream_service_calls_total",
            service="teacher",
            endpoint="/{path}",
            method="POST",
            status_code=code,
        )
        == 1
    )
    if isinstance(happens, Answer):
        assert happens.closed == 1


async def test_a_body_that_breaks_off_looks_broken(client: Client, downstream: Scripted) -> None:
    answer = Answer(
        200, [(b"Transfer-Encoding", b"chunked")], (b"hello", failure(Kind.BODY_TRUNCATED))
    )
    downstream.answers = [answer]
    result = await client.call("GET", "/v1/classes/7")
    assert (result.status, result.body) == (200, b"hello")
    assert result.raised is not None
    assert not result.complete
    assert answer.closed == 1
    assert (
        await client.count(
            "api_errors_total", endpoint="/v1/classes/{class-id}", error_type="connection_error"
        )
        == 1
    )


async def test_a_short_body_that_breaks_off_looks_broken_too(
    client: Client, downstream: Scripted
) -> None:
    downstream.answers = [
        Answer(200, [(b"Content-Length", b"10")], (b"abc", failure(Kind.BODY_TRUNCATED)))
    ]
    result = await client.call("GET", "/v1/classes/7")
    assert (result.status, result.body, result.complete) == (200, b"abc", False)
    assert result.raised is not None


async def test_204_has_neither_body_nor_length(client: Client, downstream: Scripted) -> None:
    downstream.answers = [Answer(204, [(b"Content-Length", b"5")], (b"hello",))]
    result = await client.call("DELETE", "/v1/classes/7")
    assert (result.status, result.body, result.complete) == (204, b"", True)
    assert result.values("content-length") == []


async def test_the_head_of_a_stream_leaves_before_its_body(
    client: Client, downstream: Scripted
) -> None:
    downstream.answers = [
        Answer(
            200,
            [(b"Content-Type", b"text/event-stream")],
            (0.05, b"data: 1\n\n"),
            at_hand=False,
        )
    ]
    result = await client.call("GET", "/v1/batches/7/events")
    assert result.body == b"data: 1\n\n"
    assert downstream.only.outbound.limits.idle is None
    assert result.messages[1].get("body") == b""


async def test_a_client_that_leaves_before_the_head_frees_the_downstream(
    client: Client, downstream: Scripted
) -> None:
    downstream.answers = [Answer(200, [], (), delay=30)]
    result = await client.call("GET", "/v1/classes/7", leaves_after=0.05)
    assert (result.messages, result.raised) == ([], None)
    assert downstream.only.cancelled
    labels = {"endpoint": "/v1/classes/{class-id}", "method": "GET"}
    assert await client.count("http_requests_total", **labels, http_status="499") == 1
    assert (
        await client.count(
            "downstream_service_calls_total", **labels, service="classes", status_code="none"
        )
        == 1
    )


async def test_a_client_that_leaves_in_mid_download_frees_the_downstream(
    client: Client, downstream: Scripted
) -> None:
    answer = Answer(200, [], (b"hello", 30.0, b"never"))
    downstream.answers = [answer]
    result = await client.call("GET", "/v1/classes/7", leaves_after=0.05)
    assert (result.body, result.complete, result.raised) == (b"hello", False, None)
    assert answer.closed == 1
    assert (
        await client.count(
            "http_requests_total",
            endpoint="/v1/classes/{class-id}",
            method="GET",
            http_status="200",
        )
        == 1
    )


async def test_one_series_for_many_paths(client: Client, downstream: Scripted) -> None:
    await client.call("GET", "/v1/classes/0")
    before = set(await client.metrics())
    for number in range(1, 30):
        await client.call("GET", f"/v1/classes/{number}")
    assert set(await client.metrics()) == before
    assert (
        await client.count(
            "http_requests_total",
            endpoint="/v1/classes/{class-id}",
            method="GET",
            http_status="200",
        )
        == 30
    )


async def test_the_correlation_id_comes_back_as_it_was_sent(
    client: Client, downstream: Scripted
) -> None:
    for target in ("/v1/classes/7", "/v1/classes?limit=x"):
        result = await client.call("GET", target, (b"x-correlation-id", b"abc"))
        assert result.values("x-correlation-id") == ["abc"]
    assert downstream.only.values("x-correlation-id") == [b"abc"]


async def test_a_whole_answer_that_is_there_is_two_messages(
    client: Client, downstream: Scripted
) -> None:
    result = await client.call("GET", "/v1/classes/7")
    assert [message["type"] for message in result.messages] == [
        "http.response.start",
        "http.response.body",
    ]
    assert result.complete


@pytest.mark.parametrize("length", [[(b"Content-Length", b"5")], []])
async def test_a_head_does_not_wait_for_its_body(
    client: Client, downstream: Scripted, length: list[tuple[bytes, bytes]]
) -> None:
    downstream.answers = [Answer(200, length, (30.0, b"never"), at_hand=False)]
    result = await client.call("GET", "/v1/classes/7", leaves_after=0.05)
    assert (result.status, result.body, result.complete) == (200, b"", False)


@pytest.mark.parametrize("at_hand", [False, True])
async def test_an_answer_without_a_byte_is_complete(
    client: Client, downstream: Scripted, at_hand: bool
) -> None:
    downstream.answers = [Answer(200, [(b"Content-Length", b"0")], at_hand=at_hand)]
    result = await client.call("GET", "/v1/classes/7")
    assert (result.status, result.body, result.complete) == (200, b"", True)


async def test_an_answer_shorter_than_its_length_looks_broken(
    client: Client, downstream: Scripted
) -> None:
    downstream.answers = [Answer(200, [(b"Content-Length", b"5")], (b"abc",))]
    result = await client.call("GET", "/v1/classes/7")
    assert (result.complete, result.raised is None) == (False, False)


@pytest.mark.parametrize(
    ("content", "kind"), [(b"abc", None), (b"ab", "client_disconnect_download")]
)
async def test_a_client_that_has_the_last_byte_has_not_left(
    client: Client,
    downstream: Scripted,
    caplog: pytest.LogCaptureFixture,
    content: bytes,
    kind: str | None,
) -> None:
    """It may close at once, while the downstream is still being let go."""
    caplog.set_level(logging.INFO, "proxygen.edge")
    downstream.answers = [Answer(200, [(b"Content-Length", b"3")], (content, 10.0))]
    await client.call("GET", "/v1/classes/7", leaves_after=0.2)
    last = caplog.records[-1]
    assert (last.getMessage(), last.__dict__["kind"]) == ("request finished", kind)
