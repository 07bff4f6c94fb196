"""The bare application where processes are spawned and not forked: `python -m tests.wire.spawned`."""

from __future__ import annotations

import multiprocessing

from proxygen.runtime.server.command import serve

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    serve("tests.wire.bare:create_app")
