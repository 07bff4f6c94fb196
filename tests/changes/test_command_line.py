"""`proxygen diff` as a person or a CI calls it: arguments, streams, exit codes, formats."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.changes.test_git_version import git
from tests.changes.versions import BASE, merged

Json = Any
SOURCE = Path(__file__).parents[2] / "src"
BREAKING = {"paths": {"/things": {"get": None}}}
COMPATIBLE = {"paths": {"/things": {"get": {"deprecated": True}}}}


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-m", "proxygen", "diff", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"], **environment},
    )


def write(folder: Path, fragment: Json) -> None:
    folder.mkdir(exist_ok=True)
    document = yaml.safe_dump(merged(BASE, fragment), sort_keys=False)
    (folder / "things.yaml").write_text(document, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the documents committed and, beside them, an older folder that is the same."""
    write(tmp_path / "specs", {})
    write(tmp_path / "old", {})
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "one")
    return tmp_path


@pytest.mark.parametrize("against", ["main", "HEAD", "old", "old/things.yaml"])
def test_nothing_changed(project: Path, against: str) -> None:
    done = run("--against", against, cwd=project)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"nothing changed since {against}\n"


@pytest.mark.parametrize("against", ["main", "old"])
def test_a_breaking_change_fails_with_both_places(project: Path, against: str) -> None:
    write(project / "specs", BREAKING)
    done = run("--against", against, cwd=project)
    assert (done.returncode, done.stdout) == (1, "")
    assert "breaking[operation-removed] GET /things" in done.stderr
    assert "specs/things.yaml:" in done.stderr
    assert f"base {'specs' if against == 'main' else 'old'}/things.yaml:" in done.stderr
    assert "1 breaking" in done.stderr


@pytest.mark.parametrize(
    ("fail_on", "fragment", "code"),
    [
        ("breaking", BREAKING, 1),
        ("breaking", COMPATIBLE, 0),
        ("dangerous", COMPATIBLE, 0),
        ("compatible", COMPATIBLE, 1),
        ("never", BREAKING, 0),
    ],
)
def test_fail_on_says_what_fails(project: Path, fail_on: str, fragment: Json, code: int) -> None:
    write(project / "specs", fragment)
    done = run("--against", "main", "--fail-on", fail_on, cwd=project)
    assert done.returncode == code
    assert "operation-" in done.stderr


def test_a_change_of_the_services_alone_does_not_fail(project: Path) -> None:
    config = 'services.things.exclude.operations = ["listThings"]\n'
    for folder in ("specs", "old"):
        (project / folder / "proxygen.toml").write_text(config, encoding="utf-8")
    write(project / "specs", {"paths": {"/things/{thing_id}": {"delete": {"security": []}}}})
    done = run("--against", "old", cwd=project)
    assert done.returncode == 0
    assert "Only downstream" in done.stderr


@pytest.mark.parametrize(
    ("form", "begin"),
    [
        ("json", '{\n  "format": 1'),
        ("github", "::error "),
        ("gitlab", "["),
        ("sarif", '{\n  "$schema"'),
        ("junit", "<?xml"),
        ("markdown", "### proxygen diff: 1 breaking"),
        ("html", "<!doctype html>"),
    ],
)
def test_formats_go_to_stdout_or_a_file(project: Path, form: str, begin: str) -> None:
    write(project / "specs", BREAKING)
    done = run("--against", "main", "--format", form, cwd=project)
    assert done.returncode == 1
    assert done.stdout.startswith(begin)
    assert done.stderr == ""
    filed = run("--against", "main", "-f", form, "--output-file", "out", cwd=project)
    assert (filed.returncode, filed.stdout) == (1, "")
    assert (project / "out").read_text(encoding="utf-8") == done.stdout


def test_json_has_what_tools_ask_for(project: Path) -> None:
    write(project / "specs", BREAKING)
    (found,) = json.loads(run("--against", "main", "-f", "json", cwd=project).stdout)["findings"]
    properties = found["properties"]
    assert (found["rule"], found["severity"]) == ("operation-removed", "breaking")
    assert found["related"][0]["role"] == "base"
    assert found["related"][0]["pointer"] == "/paths/~1things/get"
    assert properties["audience"] == "callers"
    assert properties["operations"] == ["GET /things"]
    assert properties["before"]["operationId"] == "listThings"
    assert "after" not in properties


def test_the_ignore_file_is_beside_the_documents(project: Path) -> None:
    write(project / "specs", BREAKING)
    entry = '[[ignore]]\nrule = "operation-removed"\nuntil = 2999-01-01\nreason = "unused"\n'
    (project / "specs" / "proxygen.ignore.toml").write_text(entry, encoding="utf-8")
    done = run("--against", "main", cwd=project)
    assert done.returncode == 0
    assert "1 more in the ignore file" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--against"),
        (("--against", "nonesuch"), "git-unknown-revision"),
        (("nowhere", "--against", "main"), "missing-folder"),
    ],
)
def test_usage_and_input_exit_with_2(project: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments, cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("against", ["main", "old"])
def test_a_document_that_was_broken_is_refused(project: Path, against: str) -> None:
    broken = project / ("specs" if against == "main" else "old") / "things.yaml"
    broken.write_text("openapi: [\n", encoding="utf-8")
    git(project, "commit", "--quiet", "-am", "two")
    write(project / "specs", {})
    done = run("--against", against, cwd=project)
    assert done.returncode == 2
    assert "yaml-syntax" in done.stderr


def test_a_new_service_is_compatible(project: Path) -> None:
    other = merged(BASE, {"paths": {"/things": None, "/things/{thing_id}": None, "/new": {}}})
    other["paths"] = {"/new": {"get": {"responses": {"200": {"description": "Ok."}}}}}
    text = yaml.safe_dump(other)
    (project / "specs" / "other.yaml").write_text(text, encoding="utf-8")
    done = run("--against", "main", "--fail-on", "dangerous", cwd=project)
    assert done.returncode == 0
    assert "compatible[operation-added] GET /new" in done.stderr


def test_rules_are_listed(tmp_path: Path) -> None:
    text = run("--list-rules", cwd=tmp_path)
    listed = json.loads(run("--list-rules", "--format", "json", cwd=tmp_path).stdout)
    assert text.returncode == 0
    assert len(listed) == len(text.stdout.splitlines())
    for rule in listed:
        assert rule["severity"] in ("breaking", "dangerous", "compatible")
        assert f"{rule['id']} " in text.stdout
        assert rule["title"]
        assert rule["cure"]
