"""How often a caller may call an operation that does not say it itself."""

from __future__ import annotations

from math import ceil
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from proxygen.runtime.operation import RateLimit


class RateLimitSettings(BaseModel):
    """A token bucket for each caller and operation, in each worker; a caller beyond it is answered 429.

    A caller is a `user_id` or, without a token, a client's address.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate: float | None = Field(default=None, gt=0, le=1_000_000, allow_inf_nan=False)
    """Requests a second; None: no limit but for the operations that have one of their own."""
    burst: int | None = Field(default=None, ge=1, le=1_000_000)
    """Requests at once; None: those of one second, and at least one."""
    buckets: int = Field(default=65_536, ge=1)
    """Buckets that a worker remembers, some 400 bytes each; beyond it the longest idle is full again."""

    @model_validator(mode="after")
    def _burst_has_a_rate(self) -> Self:
        if self.burst is not None and self.rate is None:
            raise ValueError("BURST says nothing without RATE")
        return self

    @property
    def default(self) -> RateLimit | None:
        """The limit of every operation without one of its own."""
        if self.rate is None:
            return None
        return RateLimit(rate=self.rate, burst=self.burst or ceil(self.rate))
