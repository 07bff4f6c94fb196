"""Where the catalogue breaks something, and which tests must notice."""

from __future__ import annotations

from dataclasses import dataclass

from tests.mutants.mutant import Mutant, Suite


@dataclass(frozen=True, slots=True)
class Where:
    """The tests of one suite that must kill a mutant."""

    suite: Suite
    select: tuple[str, ...]


def generated(*select: str) -> Where:
    """Tests of `generated/tests`, by service or by file."""
    return Where(Suite.GENERATED, tuple(f"generated/tests/{path}" for path in select))


def wire(*names: str) -> Where:
    """Tests of `tests/wire`, by the name of their file or as a node id."""
    return Where(Suite.WIRE, tuple(_node("tests/wire", name) for name in names))


def unit(*names: str) -> Where:
    """Tests of `tests/unit`, as `area/name` or as a node id."""
    return Where(Suite.UNIT, tuple(_node("tests/unit", name) for name in names))


def _node(folder: str, name: str) -> str:
    path, colons, rest = name.partition("::")
    head, slash, stem = path.rpartition("/")
    return f"{folder}/{head}{slash}test_{stem}.py{colons}{rest}"


def broken(id: str, rule: str, file: str, find: str, replace: str, where: Where) -> Mutant:  # noqa: A002
    """A mutant, in the order in which it is read."""
    return Mutant(
        id=id,
        rule=rule,
        file=file,
        find=find,
        replace=replace,
        suite=where.suite,
        select=where.select,
    )


def runtime(module: str) -> str:
    """The file of a module of the runtime."""
    return f"src/proxygen/runtime/{module}.py"


def lower(module: str) -> str:
    """The file of a module of `lower`."""
    return f"src/proxygen/lower/{module}.py"


BATCHES = generated("batch_orchestrator")
CLASSES = generated("class_management")
FILES = generated("file_service")
ACCOUNTS = generated("identity")
RESULTS = generated("result_aggregator")
BFF = generated("bff_teacher")
