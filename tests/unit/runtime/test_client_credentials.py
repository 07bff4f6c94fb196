"""The client-credentials token: when it is fetched, how long it is used, and what is no token."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from proxygen.runtime.errors import EdgeError
from proxygen.runtime.identity.credentials import ClientCredentials, TokenRequest
from proxygen.runtime.identity.issuer import IssuerResource
from proxygen.runtime.kinds import Kind
from proxygen.runtime.transport.seam import Inbound, Outbound
from tests.unit.runtime_core.scripted import Answer, failure, json_answer

REQUEST = TokenRequest(client_id="edge", client_secret="hunter2")
GOOD: dict[str, Any] = {"access_token": "t", "token_type": "Bearer", "expires_in": 100}


class Endpoint:
    """A token endpoint that counts, can be down, and a clock beside it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.asked: list[Outbound] = []
        self.down = False
        self.held: asyncio.Event | None = None
        self.answer: Answer | None = None
        self.lifetime: object = 100

    async def send(self, request: Outbound) -> Inbound:
        self.asked.append(request)
        if self.held is not None:
            await self.held.wait()
        await asyncio.sleep(0)
        if self.down:
            raise failure(Kind.CONNECT_REFUSED)
        if self.answer is not None:
            return self.answer
        number = len(self.asked)
        changed = {"access_token": f"token-{number}", "expires_in": self.lifetime}
        return json_answer(json.dumps({**GOOD, **changed}).encode())

    async def aclose(self) -> None:
        return

    def credential(self) -> ClientCredentials:
        resource = IssuerResource("https://issuer.test/token?x=1", seconds=5, transport=self)
        return ClientCredentials(resource, REQUEST, clock=lambda: self.now)


async def token(credential: ClientCredentials) -> bytes:
    name, value = await credential.line()
    assert name == b"Authorization"
    return value.removeprefix(b"Bearer ")


async def assert_unavailable(credential: ClientCredentials) -> None:
    with pytest.raises(EdgeError) as caught:
        await credential.line()
    assert (caught.value.status, caught.value.kind) == (503, Kind.CREDENTIAL_UNAVAILABLE)
    assert caught.value.detail == "Service unavailable"


async def test_a_token_is_fetched_when_it_is_needed_and_used_until_shortly_before_its_end() -> None:
    endpoint = Endpoint()
    own = endpoint.credential()
    assert endpoint.asked == []
    assert await token(own) == b"token-1"
    assert endpoint.asked[0].target == b"/token?x=1"
    endpoint.now += 79
    assert await token(own) == b"token-1"
    assert len(endpoint.asked) == 1


async def test_while_it_is_renewed_the_old_one_goes_on_and_nobody_waits() -> None:
    endpoint = Endpoint()
    own = endpoint.credential()
    await token(own)
    endpoint.held = asyncio.Event()
    endpoint.now += 80
    for _ in range(3):
        async with asyncio.timeout(1):
            assert await token(own) == b"token-1"
        await asyncio.sleep(0)
    assert len(endpoint.asked) == 2
    endpoint.held.set()
    await asyncio.sleep(0.01)
    assert await token(own) == b"token-2"


async def test_a_long_lifetime_is_renewed_thirty_seconds_before_its_end() -> None:
    endpoint = Endpoint()
    endpoint.lifetime = 3600
    own = endpoint.credential()
    await token(own)
    endpoint.now += 3569
    await token(own)
    assert len(endpoint.asked) == 1
    endpoint.now += 1
    await token(own)
    await asyncio.sleep(0.01)
    assert len(endpoint.asked) == 2


async def test_a_renewal_that_fails_costs_nothing_before_the_end() -> None:
    endpoint = Endpoint()
    own = endpoint.credential()
    await token(own)
    endpoint.down = True
    for _ in range(19):
        endpoint.now += 1
        assert await token(own) == b"token-1"
    endpoint.now += 81
    await assert_unavailable(own)
    endpoint.down = False
    endpoint.now += 1
    assert (await token(own)).startswith(b"token-")


async def test_one_fetch_is_for_all_and_a_caller_that_leaves_does_not_stop_it() -> None:
    endpoint = Endpoint()
    own = endpoint.credential()
    callers = [asyncio.create_task(token(own)) for _ in range(5)]
    await asyncio.sleep(0)
    callers.pop().cancel()
    assert await asyncio.gather(*callers) == [b"token-1"] * 4
    assert len(endpoint.asked) == 1


async def test_a_failed_fetch_is_not_repeated_at_once() -> None:
    endpoint = Endpoint()
    endpoint.down = True
    own = endpoint.credential()
    for _ in range(10):
        await assert_unavailable(own)
    assert len(endpoint.asked) == 1
    endpoint.now += 1.0
    await assert_unavailable(own)
    assert len(endpoint.asked) == 2


async def test_a_refused_token_is_replaced_once_in_thirty_seconds() -> None:
    endpoint = Endpoint()
    endpoint.lifetime = 3600
    own = endpoint.credential()
    seen = []
    for _ in range(5):
        seen.append(await token(own))
        own.refused()
    assert seen == [b"token-1", *[b"token-2"] * 4]
    endpoint.now += 30
    own.refused()
    assert await token(own) == b"token-3"


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 5},
        {"access_token": "a\r\nX-User-ID: root"},
        {"access_token": "a b"},
        {"access_token": "å"},
        {"access_token": "a" * 8193},
        {"token_type": "mac"},
        {"token_type": None},
    ],
    ids=str,
)
async def test_what_is_no_bearer_token_is_503(change: dict[str, object]) -> None:
    endpoint = Endpoint()
    endpoint.answer = json_answer(json.dumps({**GOOD, **change}).encode())
    await assert_unavailable(endpoint.credential())


@pytest.mark.parametrize(
    "reply",
    [
        json_answer(b"[]"),
        json_answer(b"no JSON"),
        json_answer(b"[" * 100_000),
        json_answer(json.dumps(GOOD).encode() + b" " * 2_000_000),
        json_answer(json.dumps(GOOD).encode(), 400),
        json_answer(json.dumps(GOOD).encode(), 201),
        Answer(302, [(b"Location", b"http://169.254.169.254/")]),
    ],
    ids=["list", "no JSON", "deep", "2 MB", "400", "201", "redirect"],
)
async def test_what_is_no_answer_of_the_grant_is_503(reply: Answer) -> None:
    endpoint = Endpoint()
    endpoint.answer = reply
    await assert_unavailable(endpoint.credential())
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize("lifetime", [None, "100", True, 0, -5, []], ids=str)
async def test_a_token_without_a_lifetime_is_used_for_a_minute(lifetime: object) -> None:
    endpoint = Endpoint()
    endpoint.lifetime = lifetime
    own = endpoint.credential()
    await token(own)
    endpoint.now += 47
    assert await token(own) == b"token-1"
    endpoint.now += 13
    assert await token(own) == b"token-2"


async def test_no_secret_is_shown() -> None:
    own = Endpoint().credential()
    await own.line()
    assert "hunter2" not in repr(REQUEST) + repr(own)
