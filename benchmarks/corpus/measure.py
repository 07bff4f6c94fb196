"""One document: built, imported, linted and tested, each in a process of its own."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus.fetch import ROOT, name_of

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "query")
TESTED = 20
BUILD_SECONDS = 600.0
TEST_SECONDS = 900.0
_CREATE = """
import time
started = time.perf_counter()
from generated.app import EDGE, create_app
from proxygen.runtime import EdgeSettings
services = {service.name: {"base_url": "http://127.0.0.1:9"} for service in EDGE.services}
create_app(EdgeSettings.model_validate({"token_secret": "s" * 32, "services": services}))
print(time.perf_counter() - started)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of one document; seconds and megabytes are of whole processes.

    `valid` is openapi-spec-validator's word, `refused` the rule ids of a refused build. `failed` names the
    first step that does not hold (build, import, ruff, tests), or is empty.
    """

    name: str
    bytes: int
    valid: bool
    exit_code: int
    operations: int
    routed: int = 0
    in_ledger: int = 0
    build_seconds: float = 0.0
    build_megabytes: float = 0.0
    import_seconds: float = 0.0
    tested: int = 0
    no_example: int = 0
    refused: tuple[str, ...] = ()
    failed: str = ""
    said: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the report."""
        return asdict(self)


def measure(document: Path, *, tested: int = TESTED) -> Measured:
    """Everything about one document of the corpus, in a folder that is gone afterwards."""
    return judge(document, name_of(document), valid=_valid(document), tested=tested)


def judge(document: Path, name: str, *, valid: bool, tested: int) -> Measured:
    """As `measure`, for any document of which the validator's word is known."""
    text = document.read_text(encoding="utf-8")
    content = json.loads(text)
    known: dict[str, Any] = {
        "name": name,
        "bytes": len(text),
        "valid": valid,
        "operations": operations_in(content),
    }
    with tempfile.TemporaryDirectory(prefix="corpus-") as place:
        folder = Path(place)
        (folder / "specs").mkdir()
        (folder / "specs" / "service.json").write_text(text, encoding="utf-8")
        code, seconds, megabytes, said = _build(folder)
        known |= {"exit_code": code, "build_seconds": seconds, "build_megabytes": megabytes}
        if code != 0:
            return Measured(**known, refused=rules_in(said), failed="build", said=said[-1500:])
        return Measured(**known, **_ledger(folder), **_judge(folder, tested))


def operations_in(document: dict[str, Any]) -> int:
    """The operations that a document describes."""
    paths = document.get("paths") or {}
    return sum(1 for item in paths.values() for method in item if method in METHODS)


def rules_in(said: str) -> tuple[str, ...]:
    """The rule ids of the errors among these diagnostics."""
    found = [
        line.partition("error[")[2].partition("]")[0]
        for line in said.splitlines()
        if "error[" in line
    ]
    return tuple(sorted(set(found)))


def _judge(folder: Path, tested: int) -> dict[str, Any]:
    created = _run([sys.executable, "-c", _CREATE], folder, 120.0)
    if created.returncode != 0:
        return {"failed": "import", "said": created.stdout[-1500:]}
    result: dict[str, Any] = {"import_seconds": float(created.stdout.split()[-1])}
    rules = ["--config", str(ROOT / "pyproject.toml"), "--extend-ignore", "RUF001,RUF002,RUF003"]
    ruff = _run(["ruff", "check", *rules, "generated"], folder, 300.0)
    if ruff.returncode != 0:
        return {**result, "failed": "ruff", "said": ruff.stdout[-1500:]}
    classes = test_classes(folder)
    chosen = classes[:: max(1, len(classes) // tested)][:tested]
    if not chosen:
        return result
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen]
    done = _run(command, folder, TEST_SECONDS)
    result |= {"tested": len(chosen), "no_example": done.stdout.count("no example")}
    if done.returncode != 0:
        return {**result, "failed": "tests", "said": done.stdout[-1500:]}
    return result


def test_classes(folder: Path) -> list[str]:
    """The node id of the tests of each operation."""
    found = []
    for path in sorted((folder / "generated" / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
        found += [f"{path.relative_to(folder).as_posix()}::{name}" for name in names]
    return found


def _ledger(folder: Path) -> dict[str, Any]:
    ledger = json.loads((folder / "generated" / "ledger.json").read_text(encoding="utf-8"))
    counts = [row for row in ledger["counts"] if row["construct"] == "operation"]
    routed = sum(row["count"] for row in counts if row["outcome"] == "handled")
    return {"routed": routed, "in_ledger": sum(row["count"] for row in counts) - routed}


def _build(folder: Path) -> tuple[int, float, float, str]:
    """Exit code, seconds, peak megabytes and what was said."""
    started = time.perf_counter()
    with (folder / "said.txt").open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "proxygen", "build", "specs"],
            cwd=folder,
            env=_environment(),
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        said.seek(0)
        text = said.read()
    # Reaped here for its memory, so that Popen need not ask for it again.
    code = process.returncode = os.waitstatus_to_exitcode(status)
    return code, time.perf_counter() - started, usage.ru_maxrss / 1024, text


def _valid(document: Path) -> bool:
    code = (
        "import json, sys; from openapi_spec_validator import validate; "
        "validate(json.load(open(sys.argv[1], encoding='utf-8')))"
    )
    return _run([sys.executable, "-c", code, str(document)], ROOT, BUILD_SECONDS).returncode == 0


def _run(command: Sequence[str], folder: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - our own tools
            command,
            cwd=folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, f"longer than {seconds:.0f} s", "")


def _environment() -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
