"""A gigabyte through a subject in either direction, and how far its memory grows meanwhile."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread

from benchmarks.edge.bench import Bench
from benchmarks.edge.downstream import GIGABYTE
from benchmarks.edge.load import Load, UnexpectedAnswerError
from benchmarks.edge.peers import ROOT
from benchmarks.edge.processes import (
    LOAD_CORE,
    SUBJECT_CORE,
    Command,
    Unavailable,
    cpu_seconds,
    free_port,
    resident_megabytes,
    running,
)
from benchmarks.edge.results import Key, Part
from benchmarks.edge.subjects import SUBJECTS

PART = "bulk"
DOWN, UP = "download", "upload"
_SUBJECTS = {
    "proxygen": {DOWN: "/v1/files/file-gigabyte", UP: "/bff/v1/teacher/uploads"},
    "fastify": {DOWN: "/v1/files/file-gigabyte", UP: "/uploads"},
    "nginx": {DOWN: "/v1/files/file-gigabyte", UP: "/uploads"},
}
_WARM = GIGABYTE // 16
_PIECE = 1 << 20
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One direction through one subject; `at` in its key is the bytes."""

    key: Key
    port: int
    process: int
    path: str


def run(bench: Bench, part: Part, _: int) -> None:
    """In each round every subject carries it down and up, after a sixteenth has warmed it."""
    with ExitStack() as stack:
        turns = []
        for turn in _turns(bench, part, stack):
            try:
                _carry(turn, bench.load, _WARM)
            except (UnexpectedAnswerError, OSError) as error:
                part.skipped[f"{turn.key.subject} {turn.key.case}"] = str(error)
            else:
                turns.append(turn)
        for number in range(bench.rounds):
            for turn in turns:
                if len(part.rounds.get(turn.key, ())) <= number:
                    bench.results.add(part, turn.key, _measured(turn, bench.load))


def _turns(bench: Bench, part: Part, stack: ExitStack) -> Iterator[_Turn]:
    sink = free_port()
    command = Command(
        arguments=[sys.executable, "-m", "benchmarks.edge.sink", str(sink)],
        environment={},
        folder=ROOT,
    )
    stack.enter_context(running(command, LOAD_CORE, sink))
    for subject in SUBJECTS:
        if subject.key not in _SUBJECTS or not bench.wants(subject.key):
            continue
        for case, path in _SUBJECTS[subject.key].items():
            place = bench.place(free_port())
            if case == UP:
                place = replace(place, strict=sink, lax=sink)
            try:
                wanted = subject.command(place)
                limit = {"EDGE_LIMITS__UPLOAD_BYTES": str(2 * GIGABYTE)}
                command = replace(wanted, environment={**wanted.environment, **limit})
                process = stack.enter_context(running(command, SUBJECT_CORE, place.port))
            except Unavailable as error:
                part.skipped[subject.key] = str(error)
                continue
            key = Key(subject=subject.key, case=case, at=GIGABYTE)
            yield _Turn(key=key, port=place.port, process=process, path=path)


def _measured(turn: _Turn, load: Load) -> dict[str, float]:
    before, spent = resident_megabytes(turn.process), cpu_seconds(turn.process)
    with _peak(turn.process) as peak:
        started = time.perf_counter()
        _carry(turn, load, GIGABYTE)
        seconds = time.perf_counter() - started
    return {
        "rate": GIGABYTE / (1 << 20) / seconds,
        "cpu": cpu_seconds(turn.process) - spent,
        "before": before,
        "peak": max(peak),
    }


@contextmanager
def _peak(process: int) -> Iterator[list[float]]:
    """The list fills with what the process holds in memory, twenty times a second."""
    found = [resident_megabytes(process)]
    done = Event()

    def watch() -> None:
        while not done.wait(0.05):
            found.append(resident_megabytes(process))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        done.set()
        watcher.join()


def _carry(turn: _Turn, load: Load, size: int) -> None:
    """Raises `UnexpectedAnswerError` unless every byte of it arrives."""
    line = load.tokens.read_text(encoding="ascii").partition("\n")[0]
    user, token = line.split()
    fields = f"Host: x\r\nAuthorization: Bearer {token}\r\nX-Correlation-ID: {user}\r\nConnection: close\r\n"
    with socket.create_connection(("127.0.0.1", turn.port), _PATIENCE) as connection:
        if turn.key.case == DOWN:
            # The file has one size; a part of it is as good for warming.
            connection.sendall(f"GET {turn.path} HTTP/1.1\r\n{fields}\r\n".encode())
            _receive(connection, size)
        else:
            kind = f"Content-Type: application/octet-stream\r\nContent-Length: {size}\r\n"
            connection.sendall(f"POST {turn.path} HTTP/1.1\r\n{fields}{kind}\r\n".encode())
            _send(connection, load.body.with_name("gigabyte"), size)
            _check_upload(connection, size)


def _receive(connection: socket.socket, size: int) -> None:
    buffer = memoryview(bytearray(_PIECE))
    head = b""
    while b"\r\n\r\n" not in head:
        content = connection.recv(65536)
        if not content:
            break
        head += content
    head, _, rest = head.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise UnexpectedAnswerError(f"a gigabyte down: {head[:100]!r}")
    received = len(rest)
    while received < size:
        count = connection.recv_into(buffer)
        if not count:
            raise UnexpectedAnswerError(f"{received:,} bytes of a gigabyte came down")
        received += count


def _send(connection: socket.socket, file: Path, size: int) -> None:
    with file.open("rb") as content:
        connection.sendfile(content, count=size)


def _check_upload(connection: socket.socket, size: int) -> None:
    """The sink counts what came after the head: the body, and the framing where it is chunked."""
    answer = b""
    while content := connection.recv(65536):
        answer += content
    head, _, body = answer.partition(b"\r\n\r\n")
    digits = bytes(character for character in body.split(b"\r\n")[-1] if character in b"0123456789")
    if not head.startswith(b"HTTP/1.1 200") or not digits or int(digits) < size:
        raise UnexpectedAnswerError(f"a gigabyte up: {head[:100]!r} {body[:100]!r}")
