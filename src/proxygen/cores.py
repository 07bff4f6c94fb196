"""Work in processes beside this one, on the cores that there are; whatever ends first, results are the same.

A process is forked from this one as it is, so that what a piece of work reads need not be sent; only its
result is. Work that fails there, for whatever reason, is done again here, where it can say why.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable
from types import TracebackType
from typing import IO, Any, Final, Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """What a piece of work comes to: call it, and wait."""

    def __init__(self, cores: Cores, make: Callable[[], T]) -> None:
        self._cores = cores
        self._make = make
        self._made: list[T] = []
        self._process = 0
        self._file: IO[bytes] | None = None

    def __call__(self) -> T:
        """The result; raises what the work raises."""
        if not self._made:
            self._cores.finish(self)
        if not self._made:
            self.make()
        return self._made[0]

    def make(self) -> None:
        """Do it here and now."""
        self._made.append(self._make())

    def fork(self) -> None:
        """Begin it in a process of its own."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `take`
        self._process = os.fork()
        if self._process == 0:
            self._end(self._file)

    def take(self, *, wait: bool) -> bool:
        """Whether its process has ended; its result is read where it came to one."""
        process, status = os.waitpid(self._process, 0 if wait else os.WNOHANG)
        if process == 0:
            return False
        if self._file is not None:
            with self._file:
                if status == 0:
                    self._file.seek(0)
                    self._made.append(pickle.load(self._file))  # noqa: S301 - our own process wrote it
        return True

    def kill(self) -> None:
        """End its process, whatever it has come to."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
        self.take(wait=True)

    def _end(self, file: IO[bytes]) -> None:
        """All that a process of its own does; it leaves nothing to the interpreter's end."""
        code = 1
        try:
            pickle.dump(self._make(), file, pickle.HIGHEST_PROTOCOL)
            file.flush()
            code = 0
        finally:
            os._exit(code)


class Cores:
    """At most `count` processes beside this one; with one core, work is done here when it is asked for."""

    def __init__(self, count: int = 1) -> None:
        self.count = count
        self._waiting: list[Later[Any]] = []
        self._running: list[Later[Any]] = []

    @classmethod
    def of_machine(cls) -> Cores:
        """As many as this process may use; one where forking is not safe (outside Linux)."""
        return cls(len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1)

    def __enter__(self) -> Cores:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Nothing goes on that nobody asks for any more."""
        self._waiting.clear()
        while self._running:
            self._running.pop().kill()

    def start(self, make: Callable[[], T]) -> Later[T]:
        """Begin this as soon as there is a core for it; its result must be picklable."""
        later = Later(self, make)
        if self.count > 1:
            self._waiting.append(later)
            self._go_on()
        return later

    def finish(self, wanted: Later[Any]) -> None:
        """Wait for the end of this work's process, if it has one, and do of what waits meanwhile."""
        while wanted in self._running:
            self._go_on()
            if wanted in self._running and self._waiting:
                with contextlib.suppress(Exception):  # It fails again for whoever asks for it.
                    self._waiting.pop(0).make()
            elif wanted in self._running:
                wanted.take(wait=True)
                self._running.remove(wanted)
        if wanted in self._waiting:
            self._waiting.remove(wanted)

    def _go_on(self) -> None:
        """Notice what has ended, and begin what waits."""
        self._running = [one for one in self._running if not one.take(wait=False)]
        while self._waiting and len(self._running) < self.count:
            later = self._waiting.pop(0)
            later.fork()
            self._running.append(later)


ONE_CORE: Final = Cores()
"""Does everything when it is asked for; it has nothing to remember."""
