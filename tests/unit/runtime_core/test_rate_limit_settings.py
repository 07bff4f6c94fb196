"""The settings of the rate limit: what is the default, and what stops a start."""

from __future__ import annotations

import pytest

from proxygen.runtime.operation import RateLimit
from proxygen.runtime.settings import EdgeSettings, SettingsError


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"BUCKETS": "10"}, None),
        ({"RATE": "10"}, RateLimit(rate=10.0, burst=10)),
        ({"RATE": "0.1"}, RateLimit(rate=0.1, burst=1)),
        ({"RATE": "2.5"}, RateLimit(rate=2.5, burst=3)),
        ({"RATE": "2.5", "BURST": "40"}, RateLimit(rate=2.5, burst=40)),
    ],
)
def test_nothing_is_limited_unless_a_rate_is_set(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], expected: RateLimit | None
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"EDGE_RATE_LIMIT__{name}", value)
    settings = EdgeSettings.load((), token=False).rate_limit
    assert settings.default == expected
    assert settings.buckets == int(given.get("BUCKETS", 65_536))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"RATE": "0"}, "EDGE_RATE_LIMIT__RATE: "),
        ({"RATE": "-1"}, "EDGE_RATE_LIMIT__RATE: "),
        ({"RATE": "nan"}, "EDGE_RATE_LIMIT__RATE: "),
        ({"RATE": "inf"}, "EDGE_RATE_LIMIT__RATE: "),
        ({"RATE": "often"}, "EDGE_RATE_LIMIT__RATE: "),
        ({"RATE": "1", "BURST": "0"}, "EDGE_RATE_LIMIT__BURST: "),
        ({"RATE": "1", "BURST": "1.5"}, "EDGE_RATE_LIMIT__BURST: "),
        ({"RATE": "1", "BUCKETS": "0"}, "EDGE_RATE_LIMIT__BUCKETS: "),
        ({"BURST": "5"}, "EDGE_RATE_LIMIT: BURST says nothing without RATE"),
        ({"RATES": "5"}, "EDGE_RATE_LIMIT__RATES: "),
    ],
)
def test_what_cannot_be_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"EDGE_RATE_LIMIT__{name}", value)
    with pytest.raises(SettingsError) as raised:
        EdgeSettings.load((), token=False)
    assert len(raised.value.problems) == 1
    assert raised.value.problems[0].startswith(named)
