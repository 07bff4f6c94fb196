"""`python -m benchmarks.edge.sink PORT`: reads a request's body to its end, however large, and answers 200.

The answer says how many bytes came on the wire after the head.
"""

from __future__ import annotations

import re
import socket
import sys
from threading import Thread

_PIECE = 1 << 20
_LAST_CHUNK = b"0\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


def main() -> int:
    """Never returns by itself."""
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            Thread(target=_serve, args=(connection,), daemon=True).start()


def _serve(connection: socket.socket) -> None:
    """Request after request, until the other side closes."""
    with connection:
        while _answered(connection):
            pass


def _answered(connection: socket.socket) -> bool:
    """One request; False where the other side has closed."""
    buffer = memoryview(bytearray(_PIECE))
    head = b""
    while b"\r\n\r\n" not in head:
        content = connection.recv(65536)
        if not content:
            return False
        head += content
    head, _, rest = head.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    received, end = len(rest), rest[-len(_LAST_CHUNK) :]
    while (received < int(length[1])) if length else (end != _LAST_CHUNK):
        count = connection.recv_into(buffer)
        if not count:
            return False
        received += count
        tail = bytes(buffer[max(0, count - len(_LAST_CHUNK)) : count])
        end = (end + tail)[-len(_LAST_CHUNK) :]
    text = str(received).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
    connection.sendall(answer % len(text) + text)
    return True


if __name__ == "__main__":
    sys.exit(main())
