"""Ports that the kernel gives to nobody, for those who name a port before they listen on it.

A port of the ephemeral range may go to another test's listener, or to any connection, between the moment it
is chosen and the moment it is bound; then one test asks another one's server.
"""

from __future__ import annotations

import random
import socket

_BELOW_THE_EPHEMERAL = range(20_000, 32_768)
"""Linux assigns from 32768 on, others from 49152 (RFC 6335, section 6)."""


def unassigned_port() -> int:
    """A port of the loopback on which nobody listens, and that only who names it can get."""
    chosen = random.SystemRandom()
    for _ in range(100):
        port = chosen.choice(_BELOW_THE_EPHEMERAL)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("a hundred ports in a row were taken")
