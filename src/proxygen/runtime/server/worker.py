"""What one worker of the pinned server runs: the application, and around it what its process needs."""

from __future__ import annotations

import importlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from proxygen.runtime.server.answer_first import AnswerFirst
from proxygen.runtime.server.collector import collect_rarely
from proxygen.runtime.server.drain import Application, Drain
from proxygen.runtime.server.operations_port import OperationsPort
from proxygen.runtime.server.turns import Turns
from proxygen.runtime.server.write_limit import WriteLimit
from proxygen.runtime.telemetry.shared_metrics import share_metrics

Factory = Callable[[], Application]


def factory_of(target: str) -> Factory:
    """The factory `module:function`."""
    module, _, function = target.partition(":")
    factory: Factory = getattr(importlib.import_module(module), function)
    return factory


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Called once in each worker, for its application; can be pickled, since not every platform forks.

    `cut_after` are the seconds from the begin of a drain until open requests are cut, `write_timeout` those
    in which a client must take something of its answer. `parent` is the id of the process that starts and
    stops workers, `metrics` the folder that several share.
    """

    target: str
    cut_after: float
    write_timeout: float
    parent: int
    metrics: Path | None = None
    operations: socket.socket | None = None

    def __call__(self) -> Application:
        """The application that the server calls."""
        if self.metrics is not None:
            share_metrics()
        drain = Drain(self.cut_after, parent=self.parent)
        limit = WriteLimit(self.write_timeout)
        answering = AnswerFirst(drain).around(limit.around(factory_of(self.target)()))
        application = drain.around(answering, at_start=Turns().begin)
        if self.operations is not None:
            application = OperationsPort(self.operations).around(application)
        collect_rarely()
        return application
