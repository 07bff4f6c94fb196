"""What is done to one document, each step in a child of its own (`forked`), in a folder with `specs/`."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.corpus.fetch import ROOT

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "query", "trace")
_OPERATIONS = ("operation", "operation of an unread query")
"""What operations are called in a ledger."""
DOCUMENT = Path("specs/service.json")


def validate() -> tuple[int, Any]:
    """0 where openapi-spec-validator accepts the document; the value is its number of operations."""
    from openapi_spec_validator import validate as judge

    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    operations = operations_in(document)
    try:
        judge(document)
    except Exception as error:  # noqa: BLE001 - it raises all sorts
        print(type(error).__name__, str(error)[:300])
        return 1, operations
    return 0, operations


def operations_in(document: dict[str, Any]) -> int:
    """The operations that a document describes; a path item may be a reference to another."""
    paths = document.get("paths") or {}
    found = 0
    for item in paths.values():
        if not isinstance(item, dict):
            continue
        target = str(item.get("$ref", ""))
        named = at(document, target.removeprefix("#")) if target.startswith("#/") else {}
        found += sum(1 for method in {**named, **item} if method in METHODS)
    return found


def at(document: Any, pointer: str) -> Any:
    """What a JSON pointer points at."""
    for token in pointer.split("/")[1:]:
        key = unescaped(token)
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def unescaped(token: str) -> str:
    """A token of a JSON pointer as the key that it stands for (RFC 6901, 4)."""
    return token.replace("~1", "/").replace("~0", "~")


def build() -> tuple[int, Any]:
    """`proxygen build specs`, in this process."""
    from proxygen.cli import main

    sys.argv = ["proxygen", "build", "specs", "--no-cache"]
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0), None
    return 0, None


def create() -> tuple[int, Any]:
    """The application, imported and created; the value is what that took, and the ledger's operations."""
    sys.path.insert(0, str(Path.cwd()))
    from proxygen.runtime import EdgeSettings

    started = time.process_time()
    app = import_module("generated.app")
    services = {service.name: {"base_url": "http://127.0.0.1:9"} for service in app.EDGE.services}
    settings = {"token_secret": "s" * 32, "services": services}
    app.create_app(EdgeSettings.model_validate(settings))
    return 0, {"import_seconds": time.process_time() - started, **_ledger()}


def _ledger() -> dict[str, Any]:
    ledger = json.loads(Path("generated/ledger.json").read_text(encoding="utf-8"))
    counts = [row for row in ledger["counts"] if row["construct"] in _OPERATIONS]
    routed = sum(row["count"] for row in counts if row["outcome"] == "handled")
    reasons = Counter(
        entry["rule"]
        for entry in ledger["entries"]
        if entry["construct"] in _OPERATIONS and entry["outcome"] == "refused"
    )
    return {
        "routed": routed,
        "in_ledger": sum(row["count"] for row in counts) - routed,
        "reasons": dict(sorted(reasons.items())),
    }


def lint() -> tuple[int, Any]:
    """Ruff with the rules of this repository, less those about letters that only look alike."""
    from ruff import find_ruff_bin  # type: ignore[import-untyped]  # ruff ships no types

    rules = ["--config", str(ROOT / "pyproject.toml"), "--extend-ignore", "RUF001,RUF002,RUF003"]
    command = [find_ruff_bin(), "check", "--no-cache", *rules, "generated"]
    return subprocess.run(command, check=False).returncode, None  # noqa: S603 - our own ruff


_OPTIONS = (
    "-q",
    "--maxfail=20",
    "--tb=short",
    "-p",
    "no:cacheprovider",
    "--disable-plugin-autoload",
    "--assert=plain",
)
"""Plain assertions: the modules that state them are already imported, so pytest cannot explain them."""


def contracts_alone() -> tuple[int, Any]:
    """What datamodel-code-generator takes for the same document, formatted by ruff as ours is."""
    from datamodel_code_generator import generate
    from datamodel_code_generator.enums import DataModelType, InputFileType, OpenAPIScope
    from datamodel_code_generator.format import Formatter, PythonVersion

    # Else ruff would ask for the rules of whoever keeps the folder.
    Path("ruff.toml").touch()
    generate(
        DOCUMENT,
        input_file_type=InputFileType.OpenAPI,
        # Names with a dot are modules to it, which it writes into a folder only.
        output=Path("alone" if _has_dotted_names() else "alone.py"),
        output_model_type=DataModelType.PydanticV2BaseModel,
        openapi_scopes=[OpenAPIScope.Schemas, OpenAPIScope.Paths, OpenAPIScope.Parameters],
        target_python_version=PythonVersion.PY_311,
        formatters=[Formatter.RUFF_CHECK, Formatter.RUFF_FORMAT],
        use_annotated=True,
    )
    return 0, None


def _has_dotted_names() -> bool:
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return any("." in name for name in document.get("components", {}).get("schemas", {}))


def check_types() -> tuple[int, Any]:
    """Mypy, strict, on the whole output."""
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir=/dev/null", "generated"]
    return subprocess.run(command, check=False).returncode, None  # noqa: S603 - our own mypy


class _Outcomes:
    """A plugin of pytest's: how many tests passed, failed and had no example."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Each test once: where it was called, or where it was skipped or broke before."""
        if report.when == "call" or report.outcome != "passed":
            self.counts[report.outcome] += 1


def run_tests(most: int | None) -> tuple[int, Any]:
    """Pytest on the generated tests of up to `most` operations, spread over the document."""
    import pytest

    # The parent may have imported another edge of this name: its own tests, where they run in one process.
    for name in [name for name in sys.modules if name.partition(".")[0] == "generated"]:
        del sys.modules[name]
    classes = test_classes(Path.cwd())
    if most is not None:
        classes = classes[:: max(1, len(classes) // most)][:most]
    outcomes = _Outcomes()
    code = 0
    if classes:
        code = int(pytest.main([*_OPTIONS, *_arguments(classes, most)], plugins=[outcomes]))
    counts = outcomes.counts
    return code, {
        "tested": len(classes),
        "tests": counts["passed"] + counts["failed"],
        "no_example": counts["skipped"],
    }


def _arguments(classes: Sequence[str], most: int | None) -> Sequence[str]:
    return ["generated/tests"] if most is None else classes


def test_classes(folder: Path) -> list[str]:
    """The node id of the tests of each operation."""
    found = []
    for path in sorted((folder / "generated" / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
        found += [f"{path.relative_to(folder).as_posix()}::{name}" for name in names]
    return found
