"""What `render_gateway` writes for the sample, and that no text of a document changes its form."""

from __future__ import annotations

import ast
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxygen.render.gateway import gateway_pages, render_gateway
from proxygen.render.skeleton import (
    Skeleton,
    UnexpectedSourceError,
    check_skeleton,
    read_skeleton,
)
from proxygen.render.template_set import TemplateSet
from tests.unit.render.gateway_sample import contracts, gateway

EXPECTED = Path(__file__).parent / "golden"
RUFF = str(import_module("ruff").find_ruff_bin())
REPOSITORY = Path(__file__).parents[3]
TEMPLATES = TemplateSet.load()
HOSTILE = [
    'X"""\nCODE()\n"""',
    '\\"""\nCODE()\n#',
    "ends in \\",
    "text\rCODE()\r#",
    'x");CODE()#',
    "{{ 7*7 }}{% set x = 1 %}{{ ''.__class__ }}",
    "get\u202eItem\u2066\x00\x85\u2028",
    "\ud800",
    "coding: utf-7",
    "import os\nos.system('x')",
    "| a | b\n# heading <script>",
    " ",
]


def rendered(text: str = "plain") -> dict[str, str]:
    return render_gateway(gateway(text), contracts, templates=TEMPLATES)


def shapes(files: dict[str, str]) -> dict[str, list[str]]:
    """The kinds of nodes of each module in order: all but constants and layout."""
    return {
        path: [type(node).__name__ for node in ast.walk(ast.parse(text))]
        for path, text in files.items()
        if path.endswith(".py")
    }


def test_the_sample_is_written_as_expected(golden: bool) -> None:
    files = rendered()
    if golden:
        for path, text in files.items():
            target = EXPECTED / f"{path}.txt"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    expected = {
        path.relative_to(EXPECTED).as_posix().removesuffix(".txt"): path.read_text(encoding="utf-8")
        for path in EXPECTED.rglob("*.txt")
    }
    assert files == expected


def test_the_same_input_gives_the_same_bytes() -> None:
    assert rendered() == rendered()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_changes_constants_only(text: str) -> None:
    assert shapes(rendered(text)) == shapes(rendered())


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1))
def test_any_text_changes_constants_only(text: str) -> None:
    assert shapes(rendered(text)) == shapes(rendered())


def test_every_string_of_a_document_is_a_constant() -> None:
    marker = "MARKER_7f3a"
    for path, text in rendered(marker).items():
        if path.endswith(".py"):
            names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            assert not [name for name in names if marker in name]


def test_what_is_written_is_clean_under_ruff(tmp_path: Path) -> None:
    for path, text in rendered("Räksmörgås, med majonnäs").items():
        target = tmp_path / "generated" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    config = ["--config", str(REPOSITORY / "pyproject.toml"), "--no-cache"]
    for command in (["check", *config, "."], ["format", "--check", *config, "."]):
        finished = subprocess.run(  # noqa: S603 - the ruff of this environment
            [RUFF, *command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert finished.returncode == 0, finished.stdout


def test_a_handler_is_a_typed_signature_and_one_call() -> None:
    module = ast.parse(rendered()["batches/routers/batches_routes.py"])
    handlers = [node for node in module.body if isinstance(node, ast.AsyncFunctionDef)]
    assert [handler.name for handler in handlers] == ["register_batch", "list_batches"]
    for handler in handlers:
        assert len(handler.body) == 2
        assert isinstance(handler.body[1], ast.Return)
        assert all(argument.annotation for argument in handler.args.args)


def test_a_public_handler_has_no_identity() -> None:
    text = rendered()["batches/routers/batches_routes.py"]
    public = text.partition("async def list_batches")[2]
    assert "identity" not in public
    assert "forward(operations.LIST_BATCHES, request, None)" in public


def test_an_operation_without_an_example_says_what_is_missing() -> None:
    text = rendered()["tests/batches/test_batches_routes.py"]
    listing = text.partition("class TestListBatches")[2]
    assert 'missing = ("query parameter limit",)' in listing
    assert "request = None" in listing


@pytest.mark.parametrize(
    "injected",
    [
        "import os\n",
        "print('x')\n",
        "x = 1\n",
        "def f() -> None:\n    pass\n",
        "[x for x in ()]\n",
    ],
)
def test_a_statement_that_no_view_meant_is_found(injected: str) -> None:
    files = rendered()
    for page in gateway_pages(gateway()):
        if page.skeleton is not None:
            with pytest.raises(UnexpectedSourceError):
                check_skeleton(page.path, files[page.path] + injected, page.skeleton)


def test_a_call_inside_an_expression_that_no_view_meant_is_found() -> None:
    expected = Skeleton(outline=("x =",), calls=frozenset({"f"}))
    check_skeleton("x.py", "x = f(1)", expected)
    with pytest.raises(UnexpectedSourceError, match="calls g"):
        check_skeleton("x.py", "x = f(g(1))", expected)


def test_a_lambda_or_comprehension_is_found() -> None:
    for source in ("x = [y for y in z]", "x = lambda: 1", 'x = f"{y}"', "x = (y := 1)"):
        with pytest.raises(UnexpectedSourceError):
            check_skeleton("x.py", source, read_skeleton(ast.parse(source)))
