"""The service behind every subject: nginx, which answers at once and refuses a wrong identity.

A request with the correlation id `probe` goes on to a recorder, unless for a file: it says what arrived.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from benchmarks.edge.processes import LOAD_CORE, Command, Unavailable, free_port, running

PROBE = "probe"
SMALL = json.dumps({"x": "y" * 452}, separators=(",", ":"))
"""460 bytes."""
MEGABYTE = 1024 * 1024
GIGABYTE = 1024 * MEGABYTE
EVENTS = "".join(
    f'id: {number}\nevent: progress\ndata: {{"completed_essay_count": {number}}}\n\n'
    for number in range(100, 200)
)
"""A hundred events of 62 bytes, sent in chunks of up to 512."""
_CONFIGURATION = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; tcp_nodelay on;
  client_max_body_size 0; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;
  fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  default_type application/json; error_page 418 = @probe;
  # The load sends each token with its user's name as the correlation id; the edge must say the same user.
  map "$http_x_user_id:$http_x_correlation_id" $foreign {{ default 1; "~^([^:]+):\\1$" 0; }}
  map "$uri:$http_x_correlation_id" $to_recorder {{ default 0; "~(/v1/files/|/events:)" 0; "~:probe$" 1; }}
  server {{
    listen 127.0.0.1:{strict} backlog=4096;
    if ($foreign) {{ return 409; }}
    if ($to_recorder) {{ return 418; }}
    {locations}
  }}
  server {{
    listen 127.0.0.1:{lax} backlog=4096;
    if ($to_recorder) {{ return 418; }}
    {locations}
  }}
}}
"""
_LOCATIONS = """
    location / {{ return 200 '{small}'; }}
    location ~ /v1/files/file-gigabyte$ {{ types {{}} root {folder}; sendfile on; try_files /gigabyte =404; }}
    location ~ /v1/files/ {{ types {{}} root {folder}; try_files /megabyte =404; }}
    location ~ /events$ {{
      types {{}} default_type text/event-stream; root {folder}; try_files /events =404;
      # A filter that finds nothing takes the length away, so that the answer is chunked.
      sub_filter_types text/event-stream; sub_filter "no event has this" ""; sub_filter_once off;
      sendfile off; output_buffers 1 512; postpone_output 0;
    }}
    location @probe {{ proxy_pass http://127.0.0.1:{recorder}; }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A request as the recorder received it; names of fields in lower case."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    body: bytes

    def values(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for found, value in self.fields if found == name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Downstream:
    """`strict` and `lax` are ports: the first refuses a wrong identity. `arrived` are probes."""

    strict: int
    lax: int
    arrived: list[Arrived]


@contextmanager
def downstream(folder: Path) -> Iterator[Downstream]:
    """It runs on the load's core, and goes ahead of the load there where the machine allows that.

    A service waits for no client of the edge's. Where it had to, until the load's slice of the core is over,
    the milliseconds would be counted as the edge's.
    """
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        raise Unavailable("nginx is not installed: it is the service behind every subject")
    (folder / "megabyte").write_bytes(b"x" * MEGABYTE)
    with (folder / "gigabyte").open("wb") as sparse:
        sparse.truncate(GIGABYTE)
    (folder / "events").write_text(EVENTS, encoding="ascii")
    strict, lax = free_port(), free_port()
    with _recorder() as (recorder, arrived):
        locations = _LOCATIONS.format(folder=folder, small=SMALL, recorder=recorder)
        text = _CONFIGURATION.format(folder=folder, strict=strict, lax=lax, locations=locations)
        configuration = folder / "downstream.conf"
        configuration.write_text(text, encoding="utf-8")
        arguments = [*_ahead(), found, "-c", str(configuration), "-p", str(folder)]
        command = Command(arguments=arguments, environment={}, folder=folder)
        with running(command, LOAD_CORE, lax):
            yield Downstream(strict=strict, lax=lax, arrived=arrived)


def _ahead() -> Sequence[str]:
    """What begins a command that is to run as soon as it can, before all that shares its core."""
    words = ("chrt", "--fifo", "1")
    try:
        allowed = subprocess.run([*words, "true"], capture_output=True, check=False)  # noqa: S603 - our own
    except FileNotFoundError:
        return ()
    return () if allowed.returncode else words


@contextmanager
def _recorder() -> Iterator[tuple[int, list[Arrived]]]:
    """The port of a server that answers `SMALL`, and the list of what it has received."""
    arrived: list[Arrived] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            fields = tuple((name.lower(), value) for name, value in self.headers.items())
            body = self.rfile.read(length)
            arrived.append(Arrived(method=self.command, target=self.path, fields=fields, body=body))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(SMALL)))
            self.end_headers()
            self.wfile.write(SMALL.encode())

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1], arrived
        finally:
            server.shutdown()
            thread.join()
