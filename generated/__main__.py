"""Serves api-gateway-service."""

from __future__ import annotations

from proxygen.runtime import serve

from . import app

if __name__ == "__main__":
    serve(app.__name__ + ":create_app")
