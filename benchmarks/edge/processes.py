"""Processes on a core of their own: started, waited for, measured from /proc, ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SUBJECT_CORE, LOAD_CORE = 0, 1
"""What is measured has the first to itself; the load and the service behind share the second."""

_TICKS = os.sysconf("SC_CLK_TCK")


class Unavailable(Exception):  # noqa: N818 - a reason to skip, no error
    """Something that is measured or measures is not installed; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program with its arguments, and what it needs in its environment."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def start(command: Command, core: int) -> subprocess.Popen[bytes]:
    """The process, and all that it starts, on one core; what it says goes to /dev/null."""
    return subprocess.Popen(  # noqa: S603 - commands of our own
        ["taskset", "-c", str(core), *command.arguments],  # noqa: S607 - util-linux, wherever it is
        cwd=command.folder,
        env={**os.environ, **command.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def running(command: Command, core: int, port: int) -> Iterator[int]:
    """The process id of what listens at `port`; it is ended with everything that it has started."""
    process = start(command, core)
    try:
        _wait_for(port, process)
        yield process.pid
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and SIGKILL for the whole family where that takes longer than 10 s."""
    members = list(family(process.pid))
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        for member in members:
            os.kill(member, signal.SIGKILL)
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 120.0) -> None:
    """Returns when somebody listens there; raises `Unavailable` where the process ends or never does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise Unavailable(f"it does not listen; exit code {process.poll()}")


def cpu_seconds(process: int) -> float:
    """User and system time of a process and of all that it has started, so far."""
    total = 0
    for one in family(process):
        fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def resident_megabytes(process: int) -> float:
    """What a process and all that it has started hold in memory; shared pages count once for each."""
    return sum(_kilobytes(one, "VmRSS:") for one in family(process)) / 1024


def proportional_megabytes(process: int) -> float:
    """As `resident_megabytes`, but a page that several share counts once."""
    return sum(_kilobytes(one, "Pss:", "smaps_rollup") for one in family(process)) / 1024


def largest_megabytes(process: int) -> float:
    """What the largest of them holds in memory."""
    return max(_kilobytes(one, "VmRSS:") for one in family(process)) / 1024


def family(process: int) -> Iterator[int]:
    """The process, and all that it has started."""
    yield process
    children = Path(f"/proc/{process}/task/{process}/children")
    if children.exists():
        for child in children.read_text(encoding="ascii").split():
            yield from family(int(child))


def _kilobytes(process: int, field: str, file: str = "status") -> int:
    for line in Path(f"/proc/{process}/{file}").read_text(encoding="ascii").splitlines():
        if line.startswith(field):
            return int(line.split()[1])
    return 0
