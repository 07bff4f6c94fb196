"""Which generator this is: its own source, and the packages that have a say in what it writes."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Final

from proxygen.cache import key_of

_PACKAGES: Final = (
    "datamodel-code-generator",
    "jinja2",
    "jsonschema",
    "jsonschema-rs",
    "openapi-spec-validator",
    "pydantic",
    "python-jsonpath",
    "pyyaml",
    "ruff",
)
_WITHOUT: Final = frozenset({"cli", "runtime", "testing"})
"""Parts of `proxygen` that no build runs."""


@cache
def generator_digest() -> str:
    """The same wherever the same files and packages are; a change of either changes it.

    The version alone would not do: in a checkout the source moves and the version stays.
    """
    root = Path(__file__).parent
    files = {
        path.relative_to(root).as_posix(): path
        for path in root.rglob("*.py")
        if path.relative_to(root).parts[0] not in _WITHOUT
    }
    source = (part for name in sorted(files) for part in (name, files[name].read_bytes()))
    return key_of([*source, *(f"{name} {_version(name)}" for name in _PACKAGES)])


@cache
def is_released() -> bool:
    """Whether this is an installed package, whose source its version says; in a checkout nothing does."""
    try:
        installed = Path(str(distribution("proxygen").locate_file("proxygen")))
    except PackageNotFoundError:
        return False
    return installed.resolve() == Path(__file__).parent.resolve()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
