"""Bare ASGI that answers at once with 460 bytes: what a server costs."""

from __future__ import annotations

from benchmarks.server import application

app = application
