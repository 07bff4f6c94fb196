"""Mutants that no test can notice, each with the reason why it changes nothing that a user could see."""

from __future__ import annotations

EQUIVALENT: dict[str, str] = {
    "transport/pool:Pool._queue: or: waiter.done() and not waiter.cancelled() and waiter.exceptio": (
        "a cancelled waiter raises the same CancelledError from `result()`; one that is given up in the very "
        "turn in which it is cancelled fails for a client that has left"
    ),
    "transport/exchange:Exchange.failed: no call: self._stop_upload()": (
        "whoever waits for the exchange is told of the failure and closes it, which stops the upload too"
    ),
}
"""Mutant id → reason. An entry that names no mutant, or one that is killed, fails the run."""
