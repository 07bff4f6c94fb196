"""What an edge reads from its environment, checked before it starts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as UnreadableError

from proxygen.runtime.base_url import check_host, parse_origin, split_http
from proxygen.runtime.body.limits import BodyLimits
from proxygen.runtime.compact_jws import key_of_pem, key_of_secret
from proxygen.runtime.guard import GuardLimits
from proxygen.runtime.operation import Timeouts
from proxygen.runtime.transport.seam import Origin

PREFIX = "EDGE_"
_TOKEN_KEYS = ("token_secret", "token_public_key", "token_jwks_url")


class SettingsError(Exception):
    """Settings that are missing or cannot be: one line for each, which names it and never its value."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A downstream: its name in labels and settings, and the variable that holds its base URL."""

    name: str
    base_url_env: str


class RequestLimits(BaseModel):
    """What a client may send; a request beyond a limit is answered 408, 413, 414 or 431."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header_bytes: int = Field(default=16 * 1024, gt=0)
    """All field lines together, in bytes (431)."""
    header_count: int = Field(default=100, gt=0)
    """Field lines (431)."""
    target_bytes: int = Field(default=8 * 1024, gt=0)
    """Path and query, in bytes (414)."""
    json_bytes: int = Field(default=1024 * 1024, gt=0)
    """Bytes of a JSON body, which is held in memory (413)."""
    form_bytes: int = Field(default=1024 * 1024, gt=0)
    """Bytes of a form, or of the text parts of a multipart body, held in memory (413)."""
    upload_bytes: int = Field(default=100 * 1024 * 1024, gt=0)
    """Bytes of a body that is streamed (413)."""
    idle_seconds: float = Field(default=10.0, gt=0)
    """Silence in a streamed body (408)."""
    total_seconds: float = Field(default=30.0, gt=0)
    """Until the end of a body that is held in memory (408)."""
    upload_seconds: float = Field(default=600.0, gt=0)
    """Until the end of a body that is streamed (408)."""

    @property
    def body(self) -> BodyLimits:
        """Those that the readers of bodies keep."""
        return BodyLimits(
            json_bytes=self.json_bytes,
            form_bytes=self.form_bytes,
            upload_bytes=self.upload_bytes,
            idle_seconds=self.idle_seconds,
            total_seconds=self.total_seconds,
            upload_seconds=self.upload_seconds,
        )


class TimeoutOverrides(BaseModel):
    """Seconds that take the place of the contract's for every operation of one service; None keeps them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connect: float | None = Field(default=None, gt=0)
    pool: float | None = Field(default=None, gt=0)
    write: float | None = Field(default=None, gt=0)
    read: float | None = Field(default=None, gt=0)
    idle: float | None = Field(default=None, gt=0)
    total: float | None = Field(default=None, gt=0)

    def over(self, timeouts: Timeouts) -> Timeouts:
        """These where they are set, the others from `timeouts`."""
        return Timeouts(
            connect=self.connect or timeouts.connect,
            pool=self.pool or timeouts.pool,
            write=self.write or timeouts.write,
            read=self.read or timeouts.read,
            idle=self.idle or timeouts.idle,
            total=self.total or timeouts.total,
        )


class ServiceSettings(BaseModel):
    """One downstream: `EDGE_SERVICES__<NAME>__<SETTING>`; its base URL has a variable of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str
    """`http` or `https`, host, optional port and path; no user, query or fragment."""
    timeouts: TimeoutOverrides = TimeoutOverrides()
    connections: int = Field(default=256, gt=0)
    """Connections at most; a request that gets none in `timeouts.pool` seconds is answered 503."""
    keep_alive: float = Field(default=15.0, ge=0)
    """Seconds after which an idle connection is closed."""

    @field_validator("base_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        parse_origin(value)
        return value

    @property
    def origin(self) -> Origin:
        """Where the service is."""
        return parse_origin(self.base_url)


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
    token_issuer: str | None = None
    """The `iss` that a token must have; None does not look."""
    token_audience: Annotated[tuple[str, ...], NoDecode] = ()
    """Values of `aud`, comma-separated, of which a token must have one; none does not look."""
    token_leeway: float = Field(default=30.0, ge=0, le=300)
    """Seconds by which clocks may differ."""
    transport: Literal["fast", "httpx"] = "fast"
    """How downstreams are called; `docs/decisions/transport.md` compares the two."""
    trusted_hops: int = Field(default=0, ge=0)
    """Proxies in front whose `X-Forwarded-For` entries are believed."""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Values of `Host` that are answered, comma-separated; none: every well-formed one."""
    limits: RequestLimits = RequestLimits()
    services: dict[str, ServiceSettings] = Field(default_factory=dict)

    @field_validator("allowed_hosts", "token_audience", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(item.strip() for item in value.split(",") if item.strip())
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host in value:
            check_host(host)
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
            raise SettingsError([*problems, *_problems(error, services, missing)]) from None
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
            return []
        if present:
            return [f"{' and '.join(present)} are set: exactly one must be"]
        return [f"none of {', '.join(names)} is set: exactly one must be, to verify tokens"]


def unreadable(error: UnreadableError) -> str:
    """The line for a variable whose JSON cannot be read, without its text."""
    field = str(error).partition('field "')[2].partition('"')[0]
    return f"{PREFIX}{field.upper()}: is not JSON; set one variable for each setting, `__` between the levels"


def _problems(error: ValidationError, services: Sequence[Service], missing: set[str]) -> list[str]:
    """One line for each error, naming the variable; without values, which may be secret."""
    variables = {service.name: service.base_url_env for service in services}
    lines: list[str] = []
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        place = [str(part) for part in item["loc"]]
        message = item["msg"].removeprefix("Value error, ")
        if place[:1] == ["services"] and place[2:3] == ["base_url"]:
            if place[1] in missing:
                continue
            name = variables.get(place[1], PREFIX + "__".join(place).upper())
        else:
            name = PREFIX + "__".join(place).upper()
        lines.append(f"{name}: {message}")
    return lines
