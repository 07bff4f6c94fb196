"""How the edge calls downstreams: one seam, two transports."""

from __future__ import annotations

from proxygen.runtime.transport.fast import FastTransport
from proxygen.runtime.transport.httpx_adapter import HttpxTransport

__all__ = ["FastTransport", "HttpxTransport"]
