"""Resolves what may be said in three places: operation before service before gateway."""

from __future__ import annotations

from dataclasses import fields
from math import ceil

from proxygen.config.model import RateLimitConfig, TimeoutsConfig
from proxygen.ir.gateway import RateLimit, Retry, Timeouts


def timeouts_of(*said: TimeoutsConfig) -> Timeouts:
    """Each time-out by its last saying; `said` goes from the gateway's to the operation's."""
    values: dict[str, float] = {}
    for one in said:
        for field in fields(TimeoutsConfig):
            value = getattr(one, field.name)
            if value is not None:
                values[field.name] = value
    return Timeouts(**values)


def retry_of(*said: int | None) -> Retry:
    """The number of further attempts by its last saying."""
    values = [attempts for attempts in said if attempts is not None]
    return Retry(attempts=values[-1]) if values else Retry()


def rate_limit_of(*said: RateLimitConfig | None) -> RateLimit | None:
    """The limit by its last saying, as a whole; None leaves it to the settings of the running edge."""
    values = [limit for limit in said if limit is not None]
    if not values:
        return None
    return RateLimit(rate=values[-1].rate, burst=values[-1].burst or ceil(values[-1].rate))
