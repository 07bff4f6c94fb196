"""A downstream, as the generated package names it and as the environment describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from proxygen.runtime.base_url import parse_origin
from proxygen.runtime.identity.credentials import Credential
from proxygen.runtime.operation import Timeouts
from proxygen.runtime.settings.credentials import ClientCredentialsSettings, StaticHeaderSettings
from proxygen.runtime.settings.failures import BreakerSettings, ResponseLimits, RetrySettings
from proxygen.runtime.settings.tls import TlsSettings
from proxygen.runtime.transport.seam import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A downstream: its name in labels and settings, and the variable that holds its base URL."""

    name: str
    base_url_env: str


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
    waiting: int = Field(default=256, ge=0)
    """Requests that may wait for a connection; the next is answered 503 at once."""
    retries: RetrySettings = RetrySettings()
    breaker: BreakerSettings = BreakerSettings()
    limits: ResponseLimits = ResponseLimits()
    tls: TlsSettings | None = None
    """With an https base URL; None: the system's authorities, no certificate of the edge's."""
    static_header: StaticHeaderSettings | None = None
    client_credentials: ClientCredentialsSettings | None = None
    """How the edge says that it is the edge: at most one of the two."""

    @field_validator("base_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        parse_origin(value)
        return value

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if self.static_header is not None and self.client_credentials is not None:
            raise ValueError("STATIC_HEADER and CLIENT_CREDENTIALS are set: at most one can be")
        if self.tls is not None and self.origin.scheme != "https":
            raise ValueError("TLS is set, and the base URL is not https")
        return self

    @property
    def origin(self) -> Origin:
        """Where the service is."""
        return parse_origin(self.base_url)

    def credential(self) -> Credential | None:
        """The edge's own for this service."""
        chosen = self.static_header or self.client_credentials
        return None if chosen is None else chosen.credential()
