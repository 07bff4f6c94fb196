"""`proxygen.runtime`: every name of the facade is there, and none is imported before it is asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import proxygen.runtime

FORBIDDEN = ("jinja2", "datamodel_code_generator", "typer", "openapi_spec_validator")


def test_every_name_of_the_facade_is_where_it_is_said_to_be() -> None:
    tree = ast.parse(Path(proxygen.runtime.__file__).read_text(encoding="utf-8"))
    typed = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("proxygen.")
        for alias in node.names
    }
    assert typed == set(proxygen.runtime.__all__)
    for name in proxygen.runtime.__all__:
        assert getattr(proxygen.runtime, name) is not None


def test_a_name_that_there_is_not_is_an_attribute_error() -> None:
    assert not hasattr(proxygen.runtime, "nothing")


def test_the_runtime_loads_nothing_of_the_generator() -> None:
    names = ", ".join(proxygen.runtime.__all__)
    program = f"import sys\nfrom proxygen.runtime import {names}\nprint(*sys.modules)"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not {module.split(".")[0] for module in done.stdout.split()} & set(FORBIDDEN)
