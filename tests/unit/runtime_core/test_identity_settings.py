"""Settings of keys, credentials and TLS: what cannot be is named by its variable, without its value."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from proxygen.runtime.settings import EdgeSettings, Service, SettingsError, TlsSettings
from proxygen.runtime.transport.tls import client_context
from tests.unit.runtime_core.mini_edge import SECRET
from tests.wire.certificates import Authority, Certificate

SERVICES = (Service(name="files", base_url_env="FILES_URL"),)
FILES = "EDGE_SERVICES__FILES__"
GRANT = f"{FILES}CLIENT_CREDENTIALS__"
STATIC = f"{FILES}STATIC_HEADER__"
TLS = f"{FILES}TLS__"
GRANTED = {
    f"{GRANT}TOKEN_URL": "https://issuer.test/token",
    f"{GRANT}CLIENT_ID": "edge",
    f"{GRANT}CLIENT_SECRET": "hunter2",
}
FIXED = {f"{STATIC}NAME": "X-Api-Key", f"{STATIC}VALUE": "hunter2"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("FILES_URL", "https://files")
    monkeypatch.setenv("EDGE_TOKEN_SECRET", SECRET)
    return monkeypatch


def problems(environment: pytest.MonkeyPatch, **variables: str) -> list[str]:
    """What is said of these variables; none may have a secret in it."""
    for name, value in variables.items():
        environment.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        EdgeSettings.load(SERVICES)
    assert "hunter" not in str(raised.value)
    return list(raised.value.problems)


def test_a_service_has_no_credential_and_the_systems_authorities_by_default(
    environment: pytest.MonkeyPatch,
) -> None:
    service = EdgeSettings.load(SERVICES).services["files"]
    assert service.credential() is None
    assert service.tls is None


@pytest.mark.parametrize(
    ("variables", "header"),
    [(FIXED, "X-Api-Key"), (GRANTED, "Authorization")],
    ids=["fixed", "grant"],
)
def test_a_credential_is_named_by_its_header_and_not_shown(
    environment: pytest.MonkeyPatch, variables: dict[str, str], header: str
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    settings = EdgeSettings.load(SERVICES)
    credential = settings.services["files"].credential()
    assert credential is not None
    assert credential.header == header
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("X Api Key", "is not a header name"),
        ("", "is not a header name"),
        ("Host", "a meaning of its own"),
        ("Cookie", "a meaning of its own"),
        ("Content-Length", "a meaning of its own"),
        ("x_user_id", "a meaning of its own"),
        ("X-Forwarded-For", "a meaning of its own"),
        ("Transfer-Encoding", "a meaning of its own"),
        ("If-Match", "a meaning of its own"),
    ],
)
def test_a_credential_cannot_take_a_header_with_a_meaning(
    environment: pytest.MonkeyPatch, name: str, said: str
) -> None:
    (line,) = problems(environment, **{**FIXED, f"{STATIC}NAME": name})
    assert line.startswith(f"{STATIC}NAME: ")
    assert said in line


@pytest.mark.parametrize(
    "value", ["", " hunter2", "hunter2 ", "hunter\t2", "hunter2\r\nX: y", "hunter\u00e5"]
)
def test_a_value_is_one_that_a_header_may_have(environment: pytest.MonkeyPatch, value: str) -> None:
    (line,) = problems(environment, **{**FIXED, f"{STATIC}VALUE": value})
    assert line.startswith(f"{STATIC}VALUE: ")


@pytest.mark.parametrize("missing", GRANTED)
def test_a_grant_is_whole(environment: pytest.MonkeyPatch, missing: str) -> None:
    given = {name: value for name, value in GRANTED.items() if name != missing}
    (line,) = problems(environment, **given)
    assert line.startswith(f"{missing}: ")


@pytest.mark.parametrize(
    "url", ["ftp://issuer.test/", "https://edge:hunter2@issuer.test/", "/token"]
)
def test_a_token_endpoint_is_an_http_url(environment: pytest.MonkeyPatch, url: str) -> None:
    (line,) = problems(environment, **{**GRANTED, f"{GRANT}TOKEN_URL": url})
    assert line.startswith(f"{GRANT}TOKEN_URL: ")


def test_a_service_has_one_credential(environment: pytest.MonkeyPatch) -> None:
    (line,) = problems(environment, **GRANTED, **FIXED)
    assert line == "EDGE_SERVICES__FILES: " + (
        "STATIC_HEADER and CLIENT_CREDENTIALS are set: at most one can be"
    )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "authority")


@pytest.fixture
def client(authority: Authority) -> Certificate:
    return authority.issue("client", password="hunter2")


def test_certificates_are_files_that_fit(
    environment: pytest.MonkeyPatch, authority: Authority, client: Certificate
) -> None:
    environment.setenv(f"{TLS}CA_FILE", str(authority.ca_file))
    environment.setenv(f"{TLS}CERT_FILE", str(client.cert_file))
    environment.setenv(f"{TLS}KEY_FILE", str(client.key_file))
    environment.setenv(f"{TLS}KEY_PASSWORD", "hunter2")
    tls = EdgeSettings.load(SERVICES).services["files"].tls
    assert tls is not None
    assert [found["subject"] for found in tls.context().get_ca_certs()] == [
        ((("commonName", "authority"),),)
    ]


def test_every_context_verifies_and_begins_at_tls_1_2() -> None:
    for context in (client_context(), TlsSettings().context()):
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("name", ["CA_FILE", "CERT_FILE", "KEY_FILE"])
def test_a_file_that_is_not_there_is_named_by_its_variable(
    environment: pytest.MonkeyPatch, client: Certificate, tmp_path: Path, name: str
) -> None:
    given = {"CERT_FILE": str(client.cert_file), name: str(tmp_path / "hunter" / "missing.pem")}
    (line,) = problems(environment, **{f"{TLS}{one}": value for one, value in given.items()})
    assert line == f"{TLS}{name}: is no file that can be read"


def test_a_file_without_authorities_is_named(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("hunter2")
    (line,) = problems(environment, **{f"{TLS}CA_FILE": str(empty)})
    assert line == f"{TLS}CA_FILE: has no PEM certificate in it"


@pytest.mark.parametrize("password", ["", "hunter3"])
def test_a_key_that_cannot_be_opened_is_a_problem_and_no_prompt(
    environment: pytest.MonkeyPatch, client: Certificate, password: str
) -> None:
    (line,) = problems(
        environment,
        **{
            f"{TLS}CERT_FILE": str(client.cert_file),
            f"{TLS}KEY_FILE": str(client.key_file),
            f"{TLS}KEY_PASSWORD": password,
        },
    )
    assert line.startswith("EDGE_SERVICES__FILES__TLS: CERT_FILE and KEY_FILE are no")


def test_a_key_of_another_certificate_is_a_problem(
    environment: pytest.MonkeyPatch, authority: Authority, client: Certificate
) -> None:
    other = authority.issue("other")
    given = {f"{TLS}CERT_FILE": str(client.cert_file), f"{TLS}KEY_FILE": str(other.key_file)}
    (line,) = problems(environment, **given)
    assert line.startswith("EDGE_SERVICES__FILES__TLS: CERT_FILE and KEY_FILE are no")


def test_a_key_needs_a_certificate(environment: pytest.MonkeyPatch, client: Certificate) -> None:
    (line,) = problems(environment, **{f"{TLS}KEY_FILE": str(client.key_file)})
    assert line == "EDGE_SERVICES__FILES__TLS: has a key and no CERT_FILE"


def test_tls_needs_https(environment: pytest.MonkeyPatch, authority: Authority) -> None:
    environment.setenv("FILES_URL", "http://files")
    (line,) = problems(environment, **{f"{TLS}CA_FILE": str(authority.ca_file)})
    assert line == "EDGE_SERVICES__FILES: TLS is set, and the base URL is not https"


def test_tls_of_the_issuer_needs_https(
    environment: pytest.MonkeyPatch, authority: Authority
) -> None:
    environment.delenv("EDGE_TOKEN_SECRET")
    environment.setenv("EDGE_TOKEN_JWKS_URL", "http://issuer.test/keys")
    (line,) = problems(environment, EDGE_TOKEN_JWKS__TLS__CA_FILE=str(authority.ca_file))
    assert line == "EDGE_TOKEN_JWKS__TLS is set, and EDGE_TOKEN_JWKS_URL is no https URL"
