"""`proxygen init`: where it writes, what it says, and what it never does."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.unit.cli.commands import run
from tests.unit.cli.test_command_line import PETS


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "pets.yaml").write_text(PETS, encoding="utf-8")
    return tmp_path


def test_init_writes_a_configuration_that_builds(project: Path) -> None:
    finished = run("init", "specs", cwd=project)
    assert (finished.returncode, finished.stdout) == (0, ""), finished.stderr
    assert "specs/proxygen.toml: written" in finished.stderr
    assert "  = read the file, then: proxygen build specs\n" in finished.stderr
    text = (project / "specs" / "proxygen.toml").read_text(encoding="utf-8")
    schema = text.splitlines()[0].removeprefix("#:schema ")
    assert "properties" in json.loads((project / "specs" / schema).read_text(encoding="utf-8"))
    built = run("build", "specs", cwd=project)
    assert built.returncode == 0, built.stderr
    assert "warning" not in built.stderr


def test_init_to_stdout_writes_nothing(project: Path) -> None:
    finished = run("init", "specs", "--stdout", cwd=project)
    assert finished.returncode == 0
    assert tomllib.loads(finished.stdout)["services"]["pets"]["spec"] == "pets.yaml"
    assert [path.name for path in (project / "specs").iterdir()] == ["pets.yaml"]


def test_init_leaves_a_configuration_alone_unless_forced(project: Path) -> None:
    file = project / "specs" / "proxygen.toml"
    file.write_text("# mine\n", encoding="utf-8")
    finished = run("init", "specs", cwd=project)
    assert finished.returncode == 2
    assert "error[configuration-exists]" in finished.stderr
    assert file.read_text(encoding="utf-8") == "# mine\n"
    assert run("init", "specs", "--force", cwd=project).returncode == 0
    assert "[services.pets]" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [("a.txt", "x", "empty-folder"), ("a.yaml", "openapi: [", "yaml-syntax")],
)
def test_init_refuses_what_a_build_would(tmp_path: Path, name: str, text: str, rule: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    finished = run("init", ".", cwd=tmp_path)
    assert finished.returncode == 2
    assert f"error[{rule}]" in finished.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]
