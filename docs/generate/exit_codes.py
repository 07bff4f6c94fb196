"""The exit codes of the command line, from the module that names them."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise

from proxygen.cli import exit_codes

from .table import sentence, table


def markdown() -> str:
    """A table of all of them."""
    rows = [("0", "Clean."), *((str(number), sentence(text)) for number, text in codes().items())]
    return table(("exit code", "meaning"), rows)


def codes() -> dict[int, str]:
    """Each number, with the text below its name."""
    body = ast.parse(inspect.getsource(exit_codes)).body
    return {
        node.value.value: below.value.value
        for node, below in pairwise(body)
        if isinstance(node, ast.Assign)
        if isinstance(node.value, ast.Constant)
        if isinstance(node.value.value, int)
        if isinstance(below, ast.Expr)
        if isinstance(below.value, ast.Constant)
        if isinstance(below.value.value, str)
    }
