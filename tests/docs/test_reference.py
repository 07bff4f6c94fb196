"""The generated reference has everything that the code has, and every page that asks for it gets it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from docs.generate import (
    change_rules,
    command_line,
    configuration,
    diagnostic_rules,
    exit_codes,
    files,
    formats,
    runtime_api,
    settings,
    telemetry,
)
from docs.generate.pages import MARK, PARTS, with_generated
from proxygen import runtime
from proxygen.changes.rules import RULES as CHANGE_RULES
from proxygen.cli import commands
from proxygen.cli import exit_codes as codes
from proxygen.cli.commands.diff import DiffFormat
from proxygen.config.keys import FileKeys
from proxygen.diagnostic_rules import RULES
from proxygen.runtime.settings import EdgeSettings, ServerSettings, ServiceSettings

from .project import ROOT

REFERENCE = ROOT / "docs" / "reference"


def test_every_generated_part_is_on_one_page() -> None:
    asked = [name for page in REFERENCE.glob("*.md") for name in MARK.findall(page.read_text())]
    assert sorted(asked) == sorted(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_a_mark_becomes_text(name: str) -> None:
    text = with_generated(f"# Page\n\n<!-- generated: {name} -->\n")
    assert "generated:" not in text
    assert len(text) > 100


def test_an_unknown_mark_is_an_error() -> None:
    with pytest.raises(KeyError):
        with_generated("<!-- generated: nothing -->")


def test_every_rule_is_there_once() -> None:
    text = diagnostic_rules.markdown()
    assert all(text.count(f"{{#{rule}}}") == 1 for rule in RULES)


def test_every_key_of_the_configuration_is_there() -> None:
    keys = keys_of(FileKeys)
    assert {"rate_limit", "absent_parent", "sha256", "scopes"} <= keys
    assert keys <= set(re.split(r"[^\w]+", configuration.markdown()))


def keys_of(model: type[BaseModel]) -> set[str]:
    """The names that a table of the file may have, and those of all tables in it."""
    inner = [one for field in model.model_fields.values() for one in nested(field.annotation)]
    return set(model.model_fields).union(*map(keys_of, inner))


def nested(annotation: Any) -> list[type[BaseModel]]:
    """The tables in an annotation, also those in a list or behind a name."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for part in get_args(annotation) for one in nested(part)]


def test_every_setting_has_a_variable_and_most_have_a_sentence() -> None:
    variables = [item for group in settings.groups() for item in group.variables]
    names = [item.name for item in variables]
    wanted = [
        *leaves(EdgeSettings.model_json_schema(), "EDGE_"),
        *leaves(ServerSettings.model_json_schema(), "EDGE_"),
        *leaves(ServiceSettings.model_json_schema(), "EDGE_SERVICES__<NAME>__"),
    ]
    of_its_own = {"EDGE_SERVICES", "EDGE_SERVICES__<NAME>__BASE_URL"}
    assert sorted(names) == sorted(set(wanted) - of_its_own)
    silent = {item.name for item in variables if not item.about}
    assert all(
        name.startswith("EDGE_SECURITY_HEADERS__") or "__TIMEOUTS__" in name for name in silent
    ), silent


def leaves(schema: dict[str, Any], prefix: str) -> Iterator[str]:
    """The variable of each setting that holds no others."""
    definitions = schema.get("$defs", {})
    for name, value in schema["properties"].items():
        inner = [
            definitions[option["$ref"].rpartition("/")[2]]
            for option in value.get("anyOf", [value])
            if "$ref" in option
        ]
        if not inner:
            yield prefix + name.upper()
        for one in inner:
            yield from leaves({**one, "$defs": definitions}, f"{prefix}{name.upper()}__")


def test_every_command_is_there() -> None:
    modules = {path.stem for path in Path(commands.__file__).parent.glob("[a-z]*.py")}
    own = {words.partition(" ")[0] for words in command_line.commands()}
    assert own == modules | {"dev"}
    text = command_line.markdown()
    assert all(f"## proxygen {words}\n" in text for words in command_line.commands())


def test_every_variable_that_a_command_looks_at_is_there() -> None:
    looked_at = set(variables_of(ROOT / "src" / "proxygen"))
    assert {"NO_COLOR", "PROXYGEN_CACHE"} <= looked_at
    assert looked_at == set(command_line.ENVIRONMENT)


def variables_of(package: Path) -> Iterator[str]:
    """Names that the generator reads from the environment, as texts or as constants of their module."""
    for path in package.rglob("*.py"):
        if path.relative_to(package).parts[0] in {"runtime", "testing"}:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr == "get" and ast.unparse(node.func.value).endswith("environ"):
                name: Any = node.args[0]
                name = constants.get(name.id, name) if isinstance(name, ast.Name) else name
                if isinstance(name, ast.Constant):
                    yield str(name.value)
            if ast.unparse(node.func) == "environment.get":
                yield "GITHUB_STEP_SUMMARY"


def test_every_exit_code_is_there() -> None:
    named = {value for name, value in vars(codes).items() if name.isupper()}
    assert set(exit_codes.codes()) == named


def test_every_rule_of_a_change_is_there_once() -> None:
    text = change_rules.markdown()
    assert all(text.count(f"{{#{rule}}}") == 1 for rule in CHANGE_RULES)


def test_every_format_is_there_and_says_what_it_is() -> None:
    said = [formats.about(form) for form in DiffFormat]
    assert len(set(said)) == len(DiffFormat)
    assert all(said)
    assert all(f"| `{form.value}` |" in formats.markdown() for form in DiffFormat)


@pytest.mark.parametrize("name", ["report", "audit"])
def test_every_key_of_a_report_is_there(name: str) -> None:
    schema = json.loads((ROOT / "docs" / f"{name}.schema.json").read_text())
    text = formats.report_keys() + formats.audit_keys()
    objects = [schema, *schema["$defs"].values()]
    assert all(f"| `{key}` |" in text for one in objects for key in one.get("properties", ()))


def test_every_file_of_an_output_is_there_and_no_other() -> None:
    manifest = json.loads((ROOT / "generated" / "manifest.json").read_text())
    written = {placed(PurePosixPath(name)) for name in [*manifest["outputs"], "manifest.json"]}
    assert written == set(files.OUTPUT)


def placed(path: PurePosixPath) -> str:
    """A path of an output with `<service>` and `<tag>` in the place of names."""
    *folders, name = path.parts
    known = {"contracts", "routers", "tests"}
    name = re.sub(r"^(test_)?\w+_routes\.py$", r"\g<1><tag>_routes.py", name)
    return "/".join([folder if folder in known else "<service>" for folder in folders] + [name])


@pytest.mark.parametrize("name", ["manifest.json", "audit.json", "ledger.json"])
def test_every_part_of_a_written_json_is_named(name: str) -> None:
    keys = json.loads((ROOT / "generated" / name).read_text())
    assert all(f"`{key}`" in files.OUTPUT[name] for key in keys)


def test_every_metric_is_there() -> None:
    made = set(metric_names(ROOT / "src" / "proxygen" / "runtime"))
    assert {"http_requests_total", "circuit_breaker_state"} <= made
    text = telemetry.metrics()
    assert all(f"`{name}`" in text for name in made), made


def metric_names(package: Path) -> Iterator[str]:
    """The names of the metrics that are made anywhere below, without their prefix."""
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "Counter",
                "Gauge",
                "Histogram",
            }:
                name = node.args[0]
                last = name.values[-1] if isinstance(name, ast.JoinedStr) else name
                assert isinstance(last, ast.Constant), ast.unparse(node)
                yield str(last.value)


def test_every_exported_name_is_there() -> None:
    text = runtime_api.for_teams() + runtime_api.for_generated_code()
    assert all(text.count(f"### `{name}`\n") == 1 for name in runtime.__all__)
