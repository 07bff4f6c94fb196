"""Where the CPU time of a typed GET goes: by thread from /proc, by module from samples (py-spy)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from benchmarks.edge import peers
from benchmarks.edge.bench import Bench
from benchmarks.edge.cases import CASES, TYPED
from benchmarks.edge.load import Aim, UnexpectedAnswerError, measure, warm
from benchmarks.edge.processes import LOAD_CORE, Unavailable, family
from benchmarks.edge.results import Key, Part
from benchmarks.edge.subjects import SUBJECTS

PART = "profile"
THREADS, MODULES, LIBRARIES = "thread", "module", "library"
_CONNECTIONS = 32
_SECONDS = 10
_RATE = 250
_TICKS = os.sysconf("SC_CLK_TCK")
_OURS = "proxygen/runtime/"


def run(bench: Bench, part: Part, _: int) -> None:
    """One round; `share` is of the process's CPU time for threads, of the Python thread's for the rest."""
    if part.rounds:
        return
    part.skipped.clear()
    subject = SUBJECTS[0]
    try:
        with bench.up(subject) as (port, process):
            aim = Aim(port=port, process=process, path=subject.paths[TYPED], case=CASES[TYPED])
            warm(aim, bench.load, every_token=True)
            worker = list(family(process))[-1]
            shares = {
                THREADS: _threads(worker, aim, bench),
                **_samples(worker, aim, bench),
            }
    except (Unavailable, UnexpectedAnswerError) as error:
        part.skipped["profile"] = str(error)
        sys.stderr.write(f"profile: {error}\n")
        return
    for case, found in shares.items():
        for name, share in sorted(found.items(), key=lambda pair: -pair[1]):
            bench.results.add(part, Key(subject=name, case=case, at=_CONNECTIONS), {"share": share})


def _threads(worker: int, aim: Aim, bench: Bench) -> Mapping[str, float]:
    before = _ticks(worker)
    measure(aim, bench.load, connections=_CONNECTIONS, seconds=_SECONDS)
    spent = _ticks(worker) - before
    return {name: count / spent.total() for name, count in spent.items()}


def _ticks(worker: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for task in Path(f"/proc/{worker}/task").iterdir():
        head, _, rest = (task / "stat").read_text(encoding="utf-8").rpartition(") ")
        fields = rest.split()
        name = (
            "Python" if int(task.name) == worker else head.partition("(")[2].rstrip("0123456789-")
        )
        found[name] += int(fields[11]) + int(fields[12])
    return found


def _samples(worker: int, aim: Aim, bench: Bench) -> Mapping[str, Mapping[str, float]]:
    """Shares of the samples that hold the interpreter's lock: by the edge's module, and by who ran."""
    program = peers.sampler()
    with tempfile.TemporaryDirectory() as place:
        output = Path(place) / "stacks"
        options = ["--rate", str(_RATE), "--duration", str(_SECONDS), "--format", "raw", "--gil"]
        target = ["--full-filenames", "--pid", str(worker), "--output", str(output)]
        load = Thread(
            target=measure,
            args=(aim, bench.load),
            kwargs={"connections": _CONNECTIONS, "seconds": _SECONDS + 1},
        )
        load.start()
        done = subprocess.run(  # noqa: S603 - py-spy, on a process of our own
            ["taskset", "-c", str(LOAD_CORE), str(program), "record", *options, *target],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        load.join()
        if done.returncode:
            raise Unavailable(f"py-spy: {done.stderr.strip()[-200:]}")
        return shares_of(output.read_text(encoding="utf-8"))


def shares_of(stacks: str) -> Mapping[str, Mapping[str, float]]:
    """Of py-spy's raw form: a line for each stack, its frames from the outermost on, and its count.

    A sample belongs to the innermost module of the edge on its stack, which called what ran, and to the
    package of the innermost frame, which ran.
    """
    modules: Counter[str] = Counter()
    libraries: Counter[str] = Counter()
    for line in stacks.splitlines():
        text, _, count = line.rpartition(" ")
        files = [frame.rpartition("(")[2].partition(":")[0] for frame in text.split(";")]
        ours = [file.rpartition(_OURS)[2] for file in files if _OURS in file]
        modules[_module(ours[-1]) if ours else "before and after the edge's code"] += int(count)
        libraries[_package(files[-1])] += int(count)
    return {
        MODULES: {name: count / modules.total() for name, count in modules.items()},
        LIBRARIES: {name: count / libraries.total() for name, count in libraries.items()},
    }


def _module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def _package(file: str) -> str:
    if "site-packages/" in file:
        return file.rpartition("site-packages/")[2].partition("/")[0]
    if "proxygen/" in file:
        return "proxygen"
    return "generated" if "generated/" in file else "Python's own library"
