"""Every setting of a running edge, read from its environment and checked before it starts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as UnreadableError

from proxygen.runtime.base_url import check_host, split_http
from proxygen.runtime.guard import GuardLimits
from proxygen.runtime.headers.names import check_own_name
from proxygen.runtime.identity.compact_jws import key_of_pem, key_of_secret
from proxygen.runtime.settings.comma_separated import CommaSeparated
from proxygen.runtime.settings.cors import CorsSettings
from proxygen.runtime.settings.jwks import JwksSettings
from proxygen.runtime.settings.problems import PREFIX, SettingsError, problems_of, unreadable
from proxygen.runtime.settings.rate_limit import RateLimitSettings
from proxygen.runtime.settings.request_limits import RequestLimits
from proxygen.runtime.settings.security_headers import SecurityHeaderSettings
from proxygen.runtime.settings.services import Service, ServiceSettings

_TOKEN_KEYS = ("token_secret", "token_public_key", "token_jwks_url")


class EdgeSettings(BaseSettings):
    """Every setting of a running edge: `EDGE_` and its name in capitals, `__` between the levels."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    token_secret: SecretStr | None = None
    """The shared secret of HS256, 32 bytes or more (RFC 7518, 3.2)."""
    token_public_key: str | None = None
    """A PEM public key: RS256 or ES256. `\\n` may stand for a line end."""
    token_jwks_url: str | None = None
    """Where the issuer publishes its keys (RFC 7517)."""
    token_jwks: JwksSettings = JwksSettings()
    token_issuer: str | None = None
    """The `iss` that a token must have; None does not look."""
    token_audience: CommaSeparated = ()
    """Values of `aud`, comma-separated, of which a token must have one; none does not look."""
    token_leeway: float = Field(default=30.0, ge=0, le=300)
    """Seconds by which clocks may differ."""
    token_max_lifetime: float | None = Field(default=None, gt=0)
    """Seconds that a token may still be good for; one whose `exp` is further away is refused. None: until the
    year 9999."""
    transport: Literal["fast", "httpx"] = "fast"
    """How downstreams are called; `docs/decisions/transport.md` compares the two."""
    trusted_hops: int = Field(default=0, ge=0)
    """Proxies in front whose `X-Forwarded-For` entries are believed."""
    allowed_hosts: CommaSeparated = ()
    """Values of `Host` that are answered, comma-separated; none: every well-formed one."""
    tracing: Literal["off", "otlp", "application"] = "off"
    """Where spans go: nowhere; by OTLP to what `OTEL_EXPORTER_OTLP_ENDPOINT` names, with `proxygen[tracing]`;
    or to the `TracerProvider` of the application, which is OpenTelemetry's global one or its container's."""
    deadline_header: str = "X-Request-Timeout-Ms"
    """The header by which a downstream learns how many milliseconds the edge waits for its answer's head
    (Envoy's is `X-Envoy-Expected-Rq-Timeout-Ms`); empty: none."""
    limits: RequestLimits = RequestLimits()
    rate_limit: RateLimitSettings = RateLimitSettings()
    cors: CorsSettings = CorsSettings()
    security_headers: SecurityHeaderSettings = SecurityHeaderSettings()
    services: dict[str, ServiceSettings] = Field(default_factory=dict)

    @field_validator("allowed_hosts")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host in value:
            check_host(host)
        return value

    @field_validator("tracing")
    @classmethod
    def _is_installed(cls, value: str) -> str:
        if value == "otlp" and not _can_export():
            raise ValueError("needs proxygen[tracing]: pip install 'proxygen[tracing]'")
        return value

    @field_validator("deadline_header")
    @classmethod
    def _is_free(cls, value: str) -> str:
        if value:
            check_own_name(value)
        return value

    @field_validator("token_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            key_of_secret(value.get_secret_value())
        return value

    @field_validator("token_public_key")
    @classmethod
    def _is_pem(cls, value: str | None) -> str | None:
        if value is None:
            return None
        pem = value.replace("\\n", "\n").strip()
        key_of_pem(pem)
        return pem

    @field_validator("token_jwks_url")
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        if value is not None:
            split_http(value)
        return value

    @classmethod
    def load(
        cls,
        services: Sequence[Service],
        *,
        token: bool = True,
    ) -> Self:
        """The settings for these services; raises `SettingsError` with everything that is wrong.

        `token` says whether this edge verifies tokens itself, so that a key must be there.
        """
        found = {
            service.name: {"base_url": os.environ[service.base_url_env]}
            for service in services
            if os.environ.get(service.base_url_env)
        }
        given: dict[str, Any] = {"services": found}
        problems = [
            f"{service.base_url_env} is not set: the base URL of {service.name}, such as http://{service.name}:8000"
            for service in services
            if service.name not in found
        ]
        try:
            settings = cls(**given)
        except ValidationError as error:
            missing = {service.name for service in services} - found.keys()
            raise SettingsError([*problems, *problems_of(error, services, missing)]) from None
        except UnreadableError as error:
            raise SettingsError([*problems, unreadable(error)]) from None
        known = {service.name for service in services}
        problems += [
            f"{PREFIX}SERVICES__{name.upper()}: there is no service {name}"
            for name in settings.services
            if name not in known
        ]
        if token:
            problems += settings.token_problems()
        if problems:
            raise SettingsError(problems)
        return settings

    @property
    def guard(self) -> GuardLimits:
        """What the guard in front of all routes keeps."""
        return GuardLimits(
            header_bytes=self.limits.header_bytes,
            header_count=self.limits.header_count,
            target_bytes=self.limits.target_bytes,
            query_count=self.limits.query_count,
            body_bytes=self.limits.upload_bytes,
            allowed_hosts=tuple(host.lower() for host in self.allowed_hosts),
        )

    def require_token(self) -> None:
        """Raises `SettingsError` unless these settings can verify a token."""
        problems = self.token_problems()
        if problems:
            raise SettingsError(problems)

    def token_problems(self) -> list[str]:
        """What keeps these settings from verifying a token: exactly one of three keys must be set."""
        names = [PREFIX + name.upper() for name in _TOKEN_KEYS]
        present = [
            name
            for name, key in zip(names, _TOKEN_KEYS, strict=True)
            if getattr(self, key) is not None
        ]
        if len(present) == 1:
            return self._jwks_problems()
        if present:
            return [f"{' and '.join(present)} are set: exactly one must be"]
        return [f"none of {', '.join(names)} is set: exactly one must be, to verify tokens"]

    def _jwks_problems(self) -> list[str]:
        url = self.token_jwks_url
        if self.token_jwks.tls is None or url is None or split_http(url).scheme == "https":
            return []
        return [f"{PREFIX}TOKEN_JWKS__TLS is set, and {PREFIX}TOKEN_JWKS_URL is no https URL"]


def _can_export() -> bool:
    """Whether `proxygen[tracing]` is installed."""
    try:
        return all(map(find_spec, ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")))
    except ModuleNotFoundError:
        return False
