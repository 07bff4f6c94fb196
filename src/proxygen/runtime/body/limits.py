"""How large and how slow a request body may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    """Bytes and seconds.

    `json_bytes` and `form_bytes` bound what is held in memory (of a multipart body its text parts),
    `upload_bytes` what is streamed. `idle_seconds` is the longest silence of a streamed body,
    `total_seconds` the time for a body that is read whole, `upload_seconds` for a streamed one.
    """

    json_bytes: int = 1024 * 1024
    form_bytes: int = 1024 * 1024
    upload_bytes: int = 100 * 1024 * 1024
    idle_seconds: float = 10.0
    total_seconds: float = 30.0
    upload_seconds: float = 600.0
