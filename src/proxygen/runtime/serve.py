"""`python -m generated`: the pinned server, its options, and how it starts and stops."""

from __future__ import annotations

import gc
import importlib
import math
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Any, Final, Literal

from granian.constants import HTTPModes, Interfaces, TaskImpl
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from proxygen.runtime.drain import BEGIN, Application, Drain
from proxygen.runtime.settings import PREFIX, SettingsError

_HEAD_BUFFER: Final = 80 * 1024
"""Bytes that the server reads of a head: more than it lets a target have, so that 414 and 431 stay apart."""
_EXIT_UNUSABLE: Final = 2
_EXIT_FAULT: Final = 3
_WALL: Final = 2.0
"""Seconds after the grace, when a worker is killed that did not end by itself."""

Factory = Callable[[], Application]


class ServerSettings(BaseSettings):
    """How the edge is served: `EDGE_` and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", min_length=1)
    """The address to listen at; `0.0.0.0` or `::` in a container."""
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=1, ge=1, le=256)
    """Processes; each has its own connections to the downstreams, and its own metrics."""
    backlog: int = Field(default=1024, ge=128)
    """Connections that wait to be accepted."""
    connections: int = Field(default=1024, ge=1)
    """Requests that one worker serves at a time; those beyond wait to be accepted."""
    header_timeout: float = Field(default=10.0, ge=0.1, le=60)
    """Seconds until a request's head has come, also of silence between requests; then closed."""
    drain_delay: float = Field(default=0.0, ge=0)
    """Seconds after SIGTERM in which requests are accepted still, while /readyz says 503."""
    grace: float = Field(default=30.0, ge=0)
    """Seconds after that in which open requests may end; then they are cut."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text"] = "json"

    @field_validator("host")
    @classmethod
    def _is_address(cls, value: str) -> str:
        try:
            ip_address(value)
        except ValueError:
            raise ValueError("is no IP address (`127.0.0.1`, `::`)") from None
        return value

    @classmethod
    def load(cls) -> ServerSettings:
        """From the environment; raises `SettingsError` with everything that is wrong."""
        try:
            return cls()
        except ValidationError as error:
            items = error.errors(include_url=False, include_input=False)
            raise SettingsError([_problem(item["loc"], item["msg"]) for item in items]) from None


def _problem(place: tuple[int | str, ...], message: str) -> str:
    name = PREFIX + "__".join(map(str, place)).upper()
    return f"{name}: {message.removeprefix('Value error, ')}"


def serve(target: str, settings: ServerSettings | None = None) -> None:
    """Serves the application that the factory `module:function` makes, until SIGTERM or SIGINT.

    Exits 2, before anything is bound, where a setting is missing or cannot be.
    """
    problems: list[str] = []
    if settings is None:
        try:
            settings = ServerSettings.load()
        except SettingsError as error:
            problems += error.problems
    factory = _factory(target)
    problems += _trial(factory)
    if problems or settings is None:
        sys.stderr.write("".join(f"{problem}\n" for problem in problems))
        sys.exit(_EXIT_UNUSABLE)
    server = _Server(target, settings)
    server.serve(target_loader=_loader(factory, settings), wrap_loader=False)


def _factory(target: str) -> Factory:
    module, _, function = target.partition(":")
    factory: Factory = getattr(importlib.import_module(module), function)
    return factory


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


def _loader(factory: Factory, settings: ServerSettings) -> Callable[[], Application]:
    """What a worker calls, once, for its application."""

    def load() -> Application:
        application = Drain(settings.drain_delay + settings.grace).around(factory())
        gc.collect()
        gc.freeze()
        return application

    return load


class _Server(MPServer):
    """Granian with the options of `docs/decisions/server.md`, and a drain before its shutdown."""

    def __init__(self, target: str, settings: ServerSettings) -> None:
        super().__init__(
            target,
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
            log_dictconfig=_logging(settings),
            respawn_failed_workers=True,
            workers_kill_timeout=math.ceil(settings.grace + _WALL),
        )
        self._drain_delay = settings.drain_delay

    def startup(self, spawn_target: object, target_loader: object) -> None:
        """A worker that is still starting when it is told to drain has nothing to drain."""
        signal.signal(BEGIN, signal.SIG_IGN)
        start: Callable[[object, object], None] = super().startup
        start(spawn_target, target_loader)

    def shutdown(self, exit_code: int = 0) -> None:
        """Tells the workers, waits for who looks at readiness to notice, and stops."""
        for worker in self.wrks:
            if worker.inner.pid is not None and worker.inner.is_alive():
                os.kill(worker.inner.pid, BEGIN)
        if self.interrupt_signal:
            time.sleep(self._drain_delay)
        stop: Callable[[int], None] = super().shutdown
        stop(exit_code)

    def signal_handler_interrupt(self, *_: object) -> None:
        """The first signal drains, a second ends at once."""
        if self.interrupt_signal:
            for worker in self.wrks:
                worker.inner.kill()
        self.interrupt_signal = True
        self.main_loop_interrupt.set()


def _logging(settings: ServerSettings) -> dict[str, Any]:
    """Events to stderr. Libraries only warn: what they inform of has URLs with queries in it."""
    level = settings.log_level.upper()
    console = {"handlers": ["console"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "proxygen.runtime.logs.JsonFormatter"},
            "text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": settings.log_format,
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "_granian": console,
            # A line for each chunk that is sent after its client has left.
            "_granian.asgi": {"level": "WARNING"},
            # The text of exceptions; `Drain` logs what leaves the application without it.
            "_granian.utils": {"level": "CRITICAL"},
            "granian.access": console,
            "proxygen": {**console, "level": level},
        },
    }
