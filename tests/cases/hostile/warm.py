"""A process that has imported proxygen once and forks for each job, so that a job is cheap and alone.

Reads one job per line of stdin as JSON (`folder`, `action`) and answers each with one line. What a job
opened, called and connected to is seen by an audit hook, which only a process of its own can have.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from proxygen.render.template_set import stock_folder

LONGEST = 60
"""Seconds after which a job is killed."""

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_MAKES = {"os.mkdir": 0, "os.link": 1, "os.rename": 1, "os.symlink": 1, "os.truncate": 0}
_RUNS = frozenset({"os.system", "os.exec", "os.posix_spawn", "os.spawn", "subprocess.Popen"})
_NETWORK = frozenset(
    {"socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
)


@dataclass(slots=True, kw_only=True)
class Done:
    """What a job did; seconds of processor time and peak memory in bytes, its children's included.

    Seconds are not the wall clock's, so that a busy machine does not fail a build that is quick.
    """

    exit_code: int
    seconds: float
    peak: int
    stdout: str
    stderr: str
    written: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    network: list[str] = field(default_factory=list)
    imported: list[str] = field(default_factory=list)


class Warm:
    """The tests' end of the process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-W", "error", "-m", __spec__.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, action: str, folder: Path) -> Done:
        """Do this in a fresh copy of the process: `build` as the command line, or an action of `ACTIONS`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"folder": str(folder), "action": action}) + "\n")
        self._process.stdin.flush()
        return Done(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(LONGEST)
        self._process.stdout.close()


class _Audit:
    """Notes what a job does to the world; `own` are folders whose files are the installation's."""

    def __init__(self, folder: Path) -> None:
        self.seen: dict[str, list[str]] = {
            name: [] for name in ("written", "read", "ran", "network", "imported")
        }
        self._here = str(folder.parent)
        packages = {str(Path(entry).resolve()) for entry in sys.path if entry}
        packages.add(str(stock_folder()))
        self._own = (sys.prefix, sys.base_prefix, "/proc/", "/dev/null", *packages)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            self._opened(arguments)
        elif event in _MAKES:
            self.seen["written"].append(self._path(arguments[_MAKES[event]]))
        elif event in _RUNS:
            self.seen["ran"].append(Path(os.fsdecode(arguments[0])).name)
        elif event in _NETWORK:
            self.seen["network"].append(f"{event} {arguments[1:]}")
        elif event == "import" and arguments[0].partition(".")[0].endswith("canary"):
            self.seen["imported"].append(arguments[0])

    def _opened(self, arguments: tuple[Any, ...]) -> None:
        path, _, flags = arguments
        if isinstance(path, int):
            return
        name = self._path(path)
        if flags & _WRITES:
            self.seen["written"].append(name)
        elif not name.startswith((self._here, *self._own)):
            self.seen["read"].append(name)

    @staticmethod
    def _path(path: Any) -> str:
        return (
            str(Path(os.fsdecode(path)).absolute()) if not isinstance(path, int) else f"fd {path}"
        )


def build(folder: Path) -> int:
    """`proxygen build specs` in this folder."""
    from proxygen.cli import main

    os.chdir(folder)
    sys.argv = ["proxygen", "build", "specs", "--no-cache"]
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def import_output(folder: Path) -> int:
    """Import every module of the output and make every model, as the first request for it would."""
    from importlib import import_module
    from pkgutil import walk_packages

    from pydantic import BaseModel

    sys.path.insert(0, str(folder))
    package = import_module("generated")
    for module in walk_packages(package.__path__, "generated."):
        if module.name.rpartition(".")[2] == "__main__":
            continue
        for value in vars(import_module(module.name)).values():
            own = getattr(value, "__module__", "").startswith("generated.")
            if own and isinstance(value, type) and issubclass(value, BaseModel):
                value.model_rebuild()
    return 0


def match_slowly(folder: Path) -> int:
    """Validate what a backtracking engine takes 2^40 steps for; exit 1 where that takes 50 ms."""
    sys.path.insert(0, str(folder))
    from importlib import import_module

    from pydantic import ValidationError

    item = import_module("generated.shop.contracts.requests").Item
    item.model_rebuild()
    started = time.perf_counter()
    refused = False
    try:
        item.model_validate({"name": "a" * 40 + "!"})
    except ValidationError:
        refused = True
    return 0 if refused and time.perf_counter() - started < 0.05 else 1


ACTIONS: dict[str, Callable[[Path], int]] = {
    "build": build,
    "import": import_output,
    "match_slowly": match_slowly,
}


def _work(folder: Path, action: str, report: Path) -> None:
    """The job itself, in the forked process; never returns."""
    signal.alarm(LONGEST)
    sys.dont_write_bytecode = True
    scratch = folder.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    os.environ["NO_COLOR"] = "1"
    for number, name in ((1, "stdout"), (2, "stderr")):
        handle = os.open(f"{report}.{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, number)
        stream = io.TextIOWrapper(io.FileIO(number, "wb"), "utf-8", write_through=True)
        setattr(sys, name, stream)
    audit = _Audit(folder)
    sys.addaudithook(audit)
    code = 70
    try:
        code = ACTIONS[action](folder)
    finally:
        if code == 70:
            import traceback

            traceback.print_exc()
        seen = json.dumps(audit.seen)
        Path(f"{report}.json").write_text(seen, encoding="utf-8")
        os._exit(code)


def _answer(job: dict[str, str]) -> Done:
    folder = Path(job["folder"])
    with tempfile.TemporaryDirectory(prefix="warm-") as reports:
        report = Path(reports) / "job"
        child = os.fork()
        if child == 0:
            _work(folder, job["action"], report)
        _, status, usage = os.wait4(child, 0)
        seen = Path(f"{report}.json")
        return Done(
            exit_code=os.waitstatus_to_exitcode(status),
            seconds=usage.ru_utime + usage.ru_stime,
            peak=usage.ru_maxrss * 1024,
            stdout=Path(f"{report}.stdout").read_text(encoding="utf-8"),
            stderr=Path(f"{report}.stderr").read_text(encoding="utf-8"),
            **(json.loads(seen.read_text(encoding="utf-8")) if seen.exists() else {}),
        )


def _warm_up() -> None:
    """Import what a build and its output import; the first of them would pay for it otherwise."""
    import proxygen.cli.app
    import proxygen.runtime
    import proxygen.testing  # noqa: F401 - the output's tests import it
    from proxygen.pipeline import Refused, build_specs
    from tests.cases.hostile.documents import BASE

    with tempfile.TemporaryDirectory() as folder:
        specs = Path(folder) / "specs"
        specs.mkdir()
        (specs / "shop.json").write_text(json.dumps(BASE), encoding="utf-8")
        built = build_specs(specs)
        assert not isinstance(built, Refused), built.diagnostics


def serve() -> None:
    """Answer jobs until stdin ends."""
    _warm_up()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(asdict(_answer(json.loads(line)))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
