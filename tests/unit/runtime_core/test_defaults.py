"""Every default that is documented, said a second time: to change one is a change for who relies on it."""

from __future__ import annotations

import os

import pytest

from proxygen.runtime.body import BodyLimits
from proxygen.runtime.guard import GuardLimits
from proxygen.runtime.operation import Retry, Timeouts
from proxygen.runtime.settings import (
    EdgeSettings,
    RequestLimits,
    ServerSettings,
    ServiceSettings,
    TimeoutOverrides,
)

REQUESTS = {
    "header_bytes": 16_384,
    "header_count": 100,
    "target_bytes": 8_192,
    "query_count": 10_000,
    "json_bytes": 1_048_576,
    "form_bytes": 1_048_576,
    "upload_bytes": 104_857_600,
    "idle_seconds": 10.0,
    "total_seconds": 30.0,
    "upload_seconds": 600.0,
}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("EDGE_")]:
        monkeypatch.delenv(name)


def test_of_requests() -> None:
    assert RequestLimits().model_dump() == REQUESTS
    assert GuardLimits() == GuardLimits(
        header_bytes=16_384,
        header_count=100,
        target_bytes=8_192,
        query_count=10_000,
        body_bytes=104_857_600,
    )
    body = {name: REQUESTS[name] for name in BodyLimits.__slots__}
    assert BodyLimits() == BodyLimits(**body)  # type: ignore[arg-type]  # int and float
    assert RequestLimits().body == BodyLimits()
    assert EdgeSettings().guard == GuardLimits()


def test_of_services() -> None:
    service = ServiceSettings(base_url="http://s.test")
    assert (service.connections, service.keep_alive) == (256, 15.0)
    assert service.timeouts.over(Timeouts()) == Timeouts(
        connect=2.0, pool=1.0, write=30.0, read=30.0, idle=30.0, total=60.0
    )
    assert set(TimeoutOverrides().model_dump().values()) == {None}
    assert Retry() == Retry(attempts=2)


def test_of_tokens_and_the_rest() -> None:
    settings = EdgeSettings()
    assert settings.token_leeway == 30.0
    assert (settings.token_issuer, settings.token_audience) == (None, ())
    assert (settings.trusted_hops, settings.allowed_hosts) == (0, ())
    assert settings.transport == "fast"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limits", {"header_count": 0}),
        ("limits", {"idle_seconds": 0.0}),
        ("limits", {"unknown": 1}),
        ("token_leeway", -1.0),
        ("token_leeway", 301.0),
        ("trusted_hops", -1),
    ],
)
def test_impossible_ones_are_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        EdgeSettings(**{name: value})  # type: ignore[arg-type]  # what an environment says


def test_of_the_server() -> None:
    assert ServerSettings().model_dump() == {
        "host": "127.0.0.1",
        "port": 8000,
        "operations_port": None,
        "operations_host": None,
        "workers": 1,
        "backlog": 1024,
        "connections": 1024,
        "header_timeout": 10.0,
        "write_timeout": 300.0,
        "drain_delay": 1.0,
        "grace": 30.0,
        "log_level": "info",
        "log_format": "json",
    }
