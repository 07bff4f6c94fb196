"""A downstream, as the generated package names it and as the environment describes it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, field_validator

from proxygen.runtime.base_url import parse_origin
from proxygen.runtime.operation import Timeouts
from proxygen.runtime.settings.failures import BreakerSettings, ResponseLimits, RetrySettings
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

    @field_validator("base_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        parse_origin(value)
        return value

    @property
    def origin(self) -> Origin:
        """Where the service is."""
        return parse_origin(self.base_url)
