"""A layer imports what lies below it, and nothing else: read from the imports of every module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
PACKAGE = SOURCE / "proxygen"

MAY_IMPORT = {
    "diagnostics": set(),
    "diagnostic_rules": set(),
    "report": {"diagnostics"},
    "repository": set(),
    "audit": {"diagnostics", "ir", "report", "repository"},
    "ir": {"diagnostics"},
    "source": {"diagnostics"},
    "config": {"diagnostics", "source"},
    "openapi": {"cache", "cores", "generator", "diagnostics", "ir", "source"},
    "lower": {"cache", "config", "diagnostics", "generator", "ir", "openapi", "source"},
    "contracts": {"cache", "cores", "diagnostics", "generator", "ir"},
    "render": {
        "cache", "contracts", "cores", "diagnostic_rules", "diagnostics", "generator", "ir",
    },
    "output": {"diagnostics"},
    "cache": set(),
    "cores": set(),
    "generator": {"cache"},
    "standing": {"config", "output", "render", "source"},
    "drift": {"config", "diagnostics", "output", "report"},
    "scaffold": {"config", "diagnostics", "ir", "lower", "openapi", "report", "source"},
    "reading": {"cache", "config", "cores", "diagnostics", "openapi", "source"},
    "pipeline": {
        "audit", "cache", "config", "contracts", "cores", "diagnostics", "ir", "lower", "openapi", "output",
        "reading", "render", "source", "standing",
    },
    "incremental": {
        "cache", "config", "cores", "diagnostics", "generator", "output", "pipeline", "source",
        "standing",
    },
    "explain": {"config", "diagnostics", "ir"},
    "changes": {"config", "diagnostics", "ir", "lower", "openapi", "report", "repository", "source"},
    "supply": {"config", "diagnostics", "openapi", "source"},
    "upgrade": {"diagnostics", "output", "pipeline", "render", "report"},
    "cli": {
        "audit", "cache", "changes", "config", "contracts", "cores", "diagnostic_rules", "diagnostics",
        "drift", "explain", "incremental", "output", "pipeline", "render", "report", "repository", "scaffold",
        "standing", "supply", "upgrade",
    },
    "__main__": {"cli"},
    "runtime": set(),
    "testing": {"runtime"},
}  # fmt: skip
"""Each part of `proxygen`, and the other parts that it may import."""

GENERATOR_ONLY = (
    "click",
    "datamodel_code_generator",
    "jinja2",
    "openapi_spec_validator",
    "platformdirs",
    "ruff",
    "typer",
)
RUNTIME_ONLY = ("dishka", "fastapi", "granian", "httptools", "httpx", "prometheus_client", "uvloop")
SHARED = {"supply": {"httpx"}}
"""Documents are fetched with the client that an installation has anyway."""


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Every module that this one imports, also inside functions and for type checking only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parts_imported(path: Path) -> set[str]:
    return {
        part
        for name in imported(path)
        if name.startswith("proxygen.") and (part := name.split(".")[1]) in MAY_IMPORT
    } - {part_of(path)}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_lies_below_its_layer(path: Path) -> None:
    assert parts_imported(path) <= MAY_IMPORT[part_of(path)]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_generator_and_runtime_share_no_foreign_library_of_theirs(path: Path) -> None:
    roots = {name.partition(".")[0] for name in imported(path)}
    forbidden = GENERATOR_ONLY if part_of(path) in ("runtime", "testing") else RUNTIME_ONLY
    assert not roots & (set(forbidden) - SHARED.get(part_of(path), set()))


def test_the_layers_have_no_cycle() -> None:
    below = {part: set(others) for part, others in MAY_IMPORT.items()}
    while below:
        lowest = {part for part, others in below.items() if not others}
        assert lowest, f"a cycle among {sorted(below)}"
        below = {part: others - lowest for part, others in below.items() if part not in lowest}


def test_importing_the_whole_runtime_loads_nothing_of_the_generator() -> None:
    names = [
        ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        for path in modules()
        if part_of(path) == "runtime"
    ]
    script = f"import importlib, sys\n[importlib.import_module(name) for name in {names!r}]\n"
    script += "print('\\n'.join(sys.modules))"
    finished = subprocess.run(  # noqa: S603 - this interpreter, a script of this test
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(SOURCE)},
    )
    loaded = {name.partition(".")[0] for name in finished.stdout.split()}
    assert not loaded & {"jinja2", "datamodel_code_generator", "typer"}
    parts = {name.split(".")[1] for name in finished.stdout.split() if name.startswith("proxygen.")}
    assert parts == {"runtime"}
