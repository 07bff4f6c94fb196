"""Settings for browsers: what could never be, or would allow everything, stops the start."""

from __future__ import annotations

import pytest

from proxygen.runtime.headers.cors import CorsPolicy
from proxygen.runtime.settings import CorsSettings, EdgeSettings, SettingsError
from proxygen.runtime.settings.security_headers import PUBLISHED

KEPT = {
    "https://app.example",
    "http://localhost:3000",
    "http://[::1]:3000",
    "capacitor://localhost",
    "*",
}


@pytest.mark.parametrize("value", sorted(KEPT))
def test_an_origin_is_as_browsers_send_it(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_CORS__ORIGINS", value)
    policy = EdgeSettings.load((), token=False).cors.policy
    assert policy is not None
    assert policy.origins == (value,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORIGINS", "app.example"),
        ("ORIGINS", "https://app.example/"),
        ("ORIGINS", "https://App.example"),
        ("ORIGINS", "HTTPS://app.example"),
        ("ORIGINS", "https://app.example:443"),
        ("ORIGINS", "http://app.example:80"),
        ("ORIGINS", "https://app.example:0"),
        ("ORIGINS", "https://user@app.example"),
        ("ORIGINS", "https://*.example"),
        ("ORIGINS", "https://\u00e5.example"),
        ("ORIGINS", "null"),
        ("ORIGINS", "https://app.example, null"),
        ("ORIGINS", "*, https://app.example"),
        ("METHODS", "GET, TRACE"),
        ("METHODS", "get"),
        ("HEADERS", "*"),
        ("HEADERS", "X-A, X B"),
        ("EXPOSE", "X-A\r\nX-B: 1"),
        ("MAX_AGE", "-1"),
        ("CREDENTIALS", "perhaps"),
    ],
)
def test_what_no_browser_sends_or_reads_is_refused_without_its_text(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"EDGE_CORS__{name}", value)
    with pytest.raises(SettingsError) as raised:
        EdgeSettings.load((), token=False)
    (problem,) = raised.value.problems
    assert problem.startswith(f"EDGE_CORS__{name}: ")
    assert "example" not in problem


def test_every_origin_with_credentials_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_CORS__ORIGINS", "*")
    monkeypatch.setenv("EDGE_CORS__CREDENTIALS", "true")
    with pytest.raises(SettingsError, match=r"^EDGE_CORS__CREDENTIALS: cannot be true where"):
        EdgeSettings.load((), token=False)


def test_without_an_origin_there_is_no_policy() -> None:
    assert CorsSettings(credentials=True).policy is None
    assert CorsSettings(origins=("*",)).policy == CorsPolicy(
        origins=("*",), headers=CorsSettings().headers, expose=CorsSettings().expose
    )


@pytest.mark.parametrize(
    "value", ["a\r\nX-B: 1", "caf\u00e9", " DENY", "DENY ", "a\x00b"], ids=ascii
)
def test_a_security_header_is_one_line(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="is no header value"):
        EdgeSettings(security_headers={"x_frame_options": value})  # type: ignore[arg-type]


def test_each_security_header_replaces_or_leaves_or_joins_the_published() -> None:
    def lines(**given: object) -> dict[bytes, bytes]:
        settings = EdgeSettings(security_headers=given)  # type: ignore[arg-type]
        return dict(settings.security_headers.lines)

    assert lines() == {}
    published = {name.replace("_", "-").encode(): v.encode() for name, v in PUBLISHED.items()}
    assert lines(defaults=True) == published
    assert lines(x_frame_options="DENY") == {b"x-frame-options": b"DENY"}
    changed = lines(defaults=True, x_frame_options="", cross_origin_opener_policy="same-origin")
    del published[b"x-frame-options"]
    assert changed == {**published, b"cross-origin-opener-policy": b"same-origin"}
