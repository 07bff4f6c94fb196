"""Whatever text a document has in whatever slot, the form of what is built from it is the same.

The sample of `make test`; `make hostile` checks 50,000 documents (`long_run.py`).
"""

from __future__ import annotations

import socket

import pytest

from tests.cases.hostile.any_text import check_many
from tests.cases.hostile.skeleton import outline, shape

PARTS = 4
DOCUMENTS = 25


@pytest.mark.parametrize("part", range(PARTS))
def test_the_form_of_the_output_is_a_function_of_the_operations_only(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_: object) -> None:
        raise AssertionError("a build opened a connection")

    monkeypatch.setattr(socket.socket, "connect", connect)
    outcomes = check_many(part, DOCUMENTS)
    assert outcomes.total() >= DOCUMENTS
    assert outcomes["built"] > outcomes["refused"]


BENIGN = """\
import os
from .a import b


@b.c
def f(x: int) -> str:
    return os.path.join("a", x)
"""


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(BENIGN + "canary()\n", id="a call"),
        pytest.param(BENIGN.replace("import os", "import os, canary"), id="an import"),
        pytest.param(BENIGN.replace("@b.c", "@b.c\n@b.d"), id="a decorator"),
        pytest.param(BENIGN.replace("x: int", "x: int, y: int"), id="an argument"),
        pytest.param(BENIGN.replace('"a"', 'f"{x}"'), id="an f-string"),
        pytest.param(BENIGN + "def g() -> None:\n    pass\n", id="a function"),
    ],
)
def test_code_that_a_text_brought_changes_the_form(hostile: str) -> None:
    assert shape({"a.py": hostile}) != shape({"a.py": BENIGN})


def test_names_and_constants_do_not_change_the_form() -> None:
    renamed = BENIGN.replace("def f", "def g").replace('"a"', '"canary()"').replace(".a", ".z")
    assert shape({"a.py": renamed}) == shape({"b.py": BENIGN})
    assert outline({"a.py": renamed}) == outline({"b.py": BENIGN})
