"""Resolves what may be said in three places: operation before service before gateway."""

from __future__ import annotations

from dataclasses import fields

from proxygen.config.model import TimeoutsConfig
from proxygen.ir.gateway import Retry, Timeouts


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
