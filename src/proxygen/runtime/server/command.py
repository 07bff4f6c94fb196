"""`python -m generated`: the pinned server, its options, and how it starts and stops."""

from __future__ import annotations

import gc
import math
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Final, NoReturn

from granian.constants import HTTPModes, Interfaces, TaskImpl
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from proxygen.runtime.server.drain import BEGIN
from proxygen.runtime.server.worker import Factory, Worker, factory_of
from proxygen.runtime.settings import PREFIX, ServerSettings, SettingsError
from proxygen.runtime.telemetry.log_setup import log_setup, unbuffered
from proxygen.runtime.telemetry.shared_metrics import VARIABLE, forget_gauges, shared_folder

_HEAD_BUFFER: Final = 80 * 1024
"""Bytes that the server reads of a head: more than it lets a target have, so that 414 and 431 stay apart."""
_EXIT_UNUSABLE: Final = 2
_EXIT_FAULT: Final = 3
_WALL: Final = 2.0
"""Seconds after the grace, when a worker is killed that did not end by itself."""
_TICK: Final = 0.02
"""How often, in seconds, somebody looks for a second signal while others notice the first."""


def serve(target: str, settings: ServerSettings | None = None) -> None:
    """Serves the application that the factory `module:function` makes, until SIGTERM or SIGINT.

    Exits 2, before anything is bound, where a setting is missing or cannot be.
    """
    sys.stderr = unbuffered(sys.stderr)
    problems: list[str] = []
    if settings is None:
        try:
            settings = ServerSettings.load()
        except SettingsError as error:
            problems += error.problems
    problems += _trial(factory_of(target))
    if problems or settings is None:
        _refuse(problems)
    with ExitStack() as stack:
        listener = None
        if settings.operations_port is not None:
            listener = stack.enter_context(_listen(settings, settings.operations_port))
        metrics = None
        if settings.workers > 1 or VARIABLE in os.environ:
            metrics = stack.enter_context(shared_folder())
        worker = Worker(
            target=target,
            cut_after=settings.drain_delay + settings.grace,
            write_timeout=settings.write_timeout,
            parent=os.getpid(),
            metrics=metrics,
            operations=listener,
        )
        # What is there now stays: forks share it, and the end need not look through it.
        gc.collect()
        gc.freeze()
        _Server(worker, settings).serve(target_loader=worker, wrap_loader=False)


def _refuse(problems: Sequence[str]) -> NoReturn:
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    sys.exit(_EXIT_UNUSABLE)


def _listen(settings: ServerSettings, port: int) -> socket.socket:
    """The socket of the operations port, from which all workers accept."""
    host = settings.operations_host or settings.host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        _refuse([f"{PREFIX}OPERATIONS_PORT: cannot listen there: {error.strerror}"])


def _trial(factory: Factory) -> Sequence[str]:
    """What is wrong with the settings of the application, made once in a process that ends with it.

    Its clients may start threads, which the workers, forked from here, would not have.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os._exit(_try_out(factory, writer))
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        problems = pipe.read().splitlines()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, _EXIT_UNUSABLE):
        sys.exit(_EXIT_FAULT)
    return problems


def _try_out(factory: Factory, writer: int) -> int:
    try:
        factory()
    except SettingsError as error:
        os.write(writer, "\n".join(error.problems).encode())
        return _EXIT_UNUSABLE
    except BaseException:  # noqa: BLE001 - a fork must end here, whatever it ends with
        traceback.print_exc()
        return _EXIT_FAULT
    return 0


class _Server(MPServer):
    """Granian with the options of `docs/decisions/server.md`, and a drain before its shutdown."""

    def __init__(self, worker: Worker, settings: ServerSettings) -> None:
        super().__init__(
            worker.target,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            task_impl=TaskImpl.asyncio,
            http=HTTPModes.http1,
            websockets=False,
            backlog=settings.backlog,
            backpressure=settings.connections,
            http1_settings=HTTP1Settings(
                header_read_timeout=math.ceil(settings.header_timeout * 1000),
                max_buffer_size=_HEAD_BUFFER,
            ),
            log_level=LogLevels(settings.log_level),
            log_dictconfig=log_setup(settings.log_level, settings.log_format),
            respawn_failed_workers=True,
            workers_kill_timeout=math.ceil(settings.grace + _WALL),
        )
        self._drain_delay = settings.drain_delay
        self._shared = worker.metrics
        self._hurried = False

    def startup(self, spawn_target: object, target_loader: object) -> None:
        """A worker that is still starting when it is told to drain has nothing to drain."""
        signal.signal(BEGIN, signal.SIG_IGN)
        start: Callable[[object, object], None] = super().startup
        start(spawn_target, target_loader)

    def shutdown(self, exit_code: int = 0) -> None:
        """Tells the workers, waits for who looks at readiness to notice, and stops."""
        self._tell(range(len(self.wrks)))
        until = time.monotonic() + self._drain_delay
        while self.interrupt_signal and not self._hurried and time.monotonic() < until:
            time.sleep(_TICK)
        stop: Callable[[int], None] = super().shutdown
        stop(exit_code)

    def _respawn_workers(self, workers: Sequence[int], *where: object, delay: float = 0) -> None:
        """Workers that stop for others (SIGHUP) drain; what lost ones left in gauges is forgotten."""
        old = [self.wrks[index].inner.pid for index in workers]
        self._tell(workers)
        respawn: Callable[..., None] = super()._respawn_workers
        respawn(workers, *where, delay=delay)
        if self._shared is not None:
            for pid in old:
                forget_gauges(self._shared, pid)

    def _tell(self, workers: Iterable[int]) -> None:
        for index in workers:
            process = self.wrks[index].inner
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, BEGIN)

    def signal_handler_interrupt(self, number: int, _: object) -> None:
        """The first signal drains, without a delay where it came from a terminal; a second ends at once."""
        if self.interrupt_signal:
            for worker in self.wrks:
                worker.inner.kill()
        if self.interrupt_signal or number == signal.SIGINT:
            self._hurried = True
        self.interrupt_signal = True
        self.main_loop_interrupt.set()
