"""How lines reach the log: whole, in order, together where an event loop runs, and never in its way."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from proxygen.runtime.telemetry.log_lines import LineHandler


class Writes(io.StringIO):
    """Keeps each write apart."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def write(self, text: str) -> int:
        self.pieces.append(text)
        return len(text)


class Full(io.StringIO):
    """A disk that takes no more."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.fixture
def stream() -> Writes:
    return Writes()


@pytest.fixture
def log(stream: Writes) -> Callable[[str], None]:
    return logging_to(stream)


def logging_to(stream: io.StringIO) -> Callable[[str], None]:
    handler = LineHandler(stream)

    def log(text: str) -> None:
        handler.handle(logging.makeLogRecord({"msg": text}))

    return log


def test_without_a_loop_a_line_is_written_at_once(
    log: Callable[[str], None], stream: Writes
) -> None:
    log("a")
    log("b")
    assert stream.pieces == ["a\n", "b\n"]


async def test_the_lines_of_one_turn_are_one_write(
    log: Callable[[str], None], stream: Writes
) -> None:
    log("a")
    log("b")
    assert stream.pieces == []
    await asyncio.sleep(0)
    assert stream.pieces == ["a\nb\n"]
    log("c")
    await asyncio.sleep(0)
    assert stream.pieces[1:] == ["c\n"]


async def test_a_write_has_whole_lines_and_4096_characters_at_most(
    log: Callable[[str], None], stream: Writes
) -> None:
    lines = [str(number) * 300 for number in range(10)] * 5 + ["x" * 9000, "y"]
    for line in lines:
        log(line)
    await asyncio.sleep(0)
    assert "".join(stream.pieces) == "".join(f"{line}\n" for line in lines)
    assert all(piece.endswith("\n") for piece in stream.pieces)
    assert [len(piece) for piece in stream.pieces if len(piece) > 4096] == [9001]


async def test_a_line_of_another_thread_is_not_lost(
    log: Callable[[str], None], stream: Writes
) -> None:
    log("loop")
    thread = threading.Thread(target=log, args=("thread",))
    thread.start()
    thread.join()
    await asyncio.sleep(0)
    assert "".join(stream.pieces) == "loop\nthread\n"


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns wherever they may."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
async def test_of_many_threads_each_line_is_written_once(stream: Writes) -> None:
    handler = LineHandler(stream)
    lines = [[f"{thread} {number}" for number in range(2000)] for thread in range(4)]

    def speak(own: list[str]) -> None:
        for line in own:
            handler.write_line(line)

    threads = [threading.Thread(target=speak, args=(own,)) for own in lines]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        handler.write_line("loop")
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    written = [line for line in "".join(stream.pieces).splitlines() if line != "loop"]
    assert sorted(written) == sorted(line for own in lines for line in own)
    for number, own in enumerate(lines):
        assert [line for line in written if line.startswith(f"{number} ")] == own


def test_where_nothing_waits_nothing_is_written(stream: Writes) -> None:
    LineHandler(stream).flush()
    assert stream.pieces == []


def test_a_loop_that_has_ended_keeps_no_line(log: Callable[[str], None], stream: Writes) -> None:
    async def speak() -> None:
        asyncio.get_running_loop().stop()
        log("a")

    loop = asyncio.new_event_loop()
    task = loop.create_task(speak())
    loop.run_forever()
    assert task.done()
    loop.close()
    log("b")
    assert "".join(stream.pieces) == "a\nb\n"


async def test_many_lines_do_not_wait_for_the_turn_to_end(
    log: Callable[[str], None], stream: Writes
) -> None:
    for _ in range(1000):
        log("a")
    assert len("".join(stream.pieces)) > 1000


async def test_what_a_full_disk_does_not_take_stops_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = logging_to(Full())
    log("a")
    await asyncio.sleep(0)
    log("b")
    await asyncio.sleep(0)
    assert capsys.readouterr().err == ""
