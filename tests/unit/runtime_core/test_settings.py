"""Settings: everything that is wrong is said at once, by the variable's name and without its value."""

from __future__ import annotations

import pytest

from proxygen.runtime.base_url import parse_origin
from proxygen.runtime.operation import Timeouts
from proxygen.runtime.settings import EdgeSettings, Service, SettingsError
from tests.unit.runtime_core.mini_edge import SECRET

SERVICES = (
    Service(name="batches", base_url_env="BATCHES_URL"),
    Service(name="classes", base_url_env="CLASSES_URL"),
)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("BATCHES_URL", "http://batches:8000/base/")
    monkeypatch.setenv("CLASSES_URL", "https://classes")
    monkeypatch.setenv("EDGE_TOKEN_SECRET", SECRET)
    return monkeypatch


def test_each_service_is_found_by_its_own_variable(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("EDGE_SERVICES__BATCHES__TIMEOUTS__READ", "1.5")
    environment.setenv("EDGE_ALLOWED_HOSTS", "a.test, b.test")
    settings = EdgeSettings.load(SERVICES)
    batches = settings.services["batches"]
    assert (batches.origin.host, batches.origin.port, batches.origin.base_path) == (
        "batches",
        8000,
        "/base",
    )
    assert settings.services["classes"].origin.port == 443
    assert batches.timeouts.over(Timeouts(connect=7.0)) == Timeouts(connect=7.0, read=1.5)
    assert settings.guard.allowed_hosts == ("a.test", "b.test")


def test_everything_that_is_wrong_is_said_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("BATCHES_URL")
    environment.setenv("CLASSES_URL", "ftp://classes")
    environment.setenv("EDGE_TOKEN_LEEWAY", "many")
    environment.setenv("EDGE_SERVICES__CLASSES__TIMEOUTS__READ", "-1")
    with pytest.raises(SettingsError) as raised:
        EdgeSettings.load(SERVICES)
    lines = {line.split(":")[0].split(" ")[0] for line in raised.value.problems}
    assert lines == {
        "BATCHES_URL",
        "CLASSES_URL",
        "EDGE_TOKEN_LEEWAY",
        "EDGE_SERVICES__CLASSES__TIMEOUTS__READ",
    }


def test_exactly_one_key_verifies_tokens(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("EDGE_TOKEN_JWKS_URL", "https://issuer.test/keys")
    with pytest.raises(SettingsError, match="EDGE_TOKEN_SECRET and EDGE_TOKEN_JWKS_URL are set"):
        EdgeSettings.load(SERVICES)
    environment.delenv("EDGE_TOKEN_JWKS_URL")
    environment.delenv("EDGE_TOKEN_SECRET")
    with pytest.raises(SettingsError, match="none of EDGE_TOKEN_SECRET, EDGE_TOKEN_PUBLIC_KEY"):
        EdgeSettings.load(SERVICES)
    assert EdgeSettings.load(SERVICES, token=False).token_secret is None


def test_no_message_has_a_value_in_it(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("EDGE_TOKEN_SECRET", "hunter2")
    environment.setenv("EDGE_TOKEN_PUBLIC_KEY", "hunter3")
    environment.setenv("CLASSES_URL", "http://user:hunter4@classes")
    with pytest.raises(SettingsError) as raised:
        EdgeSettings.load(SERVICES)
    assert len(raised.value.problems) == 3
    assert "hunter" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_service_that_there_is_not_is_named(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("EDGE_SERVICES__CLASES__BASE_URL", "http://classes")
    with pytest.raises(SettingsError, match="EDGE_SERVICES__CLASES: there is no service"):
        EdgeSettings.load(SERVICES)


@pytest.mark.parametrize(
    "url",
    [
        "classes:8000",
        "ftp://classes",
        "http://",
        "http://user@classes",
        "http://u:p@classes",
        "http://classes?x=1",
        "http://classes?",
        "http://classes#x",
        "http://classes:0",
        "http://classes:99999",
        "http://cla sses",
        "http://classes/a\tb",
        " http://classes",
        "http://klåsses",
        "http://[::1",
    ],
)
def test_a_base_url_is_an_origin_and_a_path(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(has|is|names|Port|Invalid)"):
        parse_origin(url)


def test_an_ipv6_origin_keeps_its_brackets_in_host() -> None:
    origin = parse_origin("http://[::1]:8080")
    assert (origin.host, origin.port, origin.authority) == ("::1", 8080, "[::1]:8080")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EDGE_TOKEN_SECRET", "-----BEGIN PUBLIC KEY----- a PEM is no secret"),
        ("EDGE_TOKEN_PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\\nabc\\n-----END PUBLIC KEY-----"),
        ("EDGE_ALLOWED_HOSTS", "a.test,\u00e5.test"),
        ("EDGE_ALLOWED_HOSTS", "a.test,b.test:80"),
        ("EDGE_SERVICES", '{"classes":'),
        ("EDGE_LIMITS", "no JSON"),
        ("CLASSES_URL", "http://a\\evil.test"),
        ("CLASSES_URL", 'http://a"b'),
    ],
)
def test_what_could_never_work_stops_the_start_and_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.delenv("EDGE_TOKEN_SECRET")
    environment.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        EdgeSettings.load(SERVICES)
    assert any(problem.startswith(f"{name}: ") for problem in caught.value.problems)
    assert value not in str(caught.value)
