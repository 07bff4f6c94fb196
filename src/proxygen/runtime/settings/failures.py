"""What the edge does about a service that fails: retries, circuit breaker, limits of an answer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from proxygen.runtime.calls.breaker import BreakerPolicy


class RetrySettings(BaseModel):
    """The retry budget of one service: how many calls may be added to the load that clients make."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    earned: float = Field(default=0.15, ge=0, le=1)
    """Retries that each request earns: where every call fails, the load is 1 and this part times as much."""
    reserve: float = Field(default=3.0, ge=0)
    """Retries that may be saved up; below 1, nothing is sent again."""


class BreakerSettings(BaseModel):
    """The circuit breaker of one service, in each worker."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    """Whether there is one."""
    window: float = Field(default=10.0, gt=0)
    """Seconds in which calls are counted."""
    calls: int = Field(default=20, gt=0)
    """Calls in the window before anything is judged by them."""
    failure_rate: float = Field(default=0.5, gt=0, le=1)
    """The part of them that must have failed: no connection, a time-out, no HTTP, or a 5xx."""
    pause: float = Field(default=5.0, gt=0)
    """Seconds from opening until one call is let through as a probe."""

    @property
    def policy(self) -> BreakerPolicy:
        """What the breaker keeps."""
        return BreakerPolicy(
            window=self.window,
            calls=self.calls,
            failure_rate=self.failure_rate,
            pause=self.pause,
        )


class ResponseLimits(BaseModel):
    """What a service may answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    response_body: int | None = Field(default=None, gt=0)
    """Bytes of a body, as they come; a longer one is cut off, or 503 where its length is known. None: any."""
