"""The small edge under the pinned server: `python -m tests.unit.runtime_core.served`."""

from __future__ import annotations

from proxygen.runtime.app import EdgeApplication, create_edge
from proxygen.runtime.server.command import serve
from tests.unit.runtime_core.mini_edge import edge


def create_app() -> EdgeApplication:
    """The production application, with settings from the environment."""
    return create_edge(edge())


if __name__ == "__main__":
    serve(f"{__spec__.name}:create_app")
