"""`proxygen specs`: what it fetches and writes, what it asks, and what it leaves alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.commands import run
from tests.unit.cli.test_command_line import PETS
from tests.unit.supply.test_fetch_http import says, server

CHANGED = PETS.replace("operationId: getPet", "operationId: getPet\n      deprecated: true")
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "pets.yaml").write_text(PETS, encoding="utf-8")
    finished = run("specs", "add", "service/pets.yaml", cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
    return tmp_path


def lock(project: Path) -> dict[str, Any]:
    documents: dict[str, Any] = json.loads((project / "specs" / "specs.lock").read_bytes())[
        "documents"
    ]
    return documents


def written(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project / "specs").iterdir()}


def test_add_writes_the_document_and_where_it_came_from(project: Path) -> None:
    assert sorted(written(project)) == ["pets.yaml", "specs.lock"]
    assert (project / "specs" / "pets.yaml").read_text(encoding="utf-8") == PETS
    assert lock(project)["pets.yaml"]["origin"] == "../service/pets.yaml"
    assert run("build", "specs", cwd=project).returncode == 0


def test_add_from_a_running_service_is_named_by_the_title(tmp_path: Path) -> None:
    with server(says(200, PETS.encode())) as url:
        finished = run("specs", "add", f"{url}/openapi.json", cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
    (name,) = lock(tmp_path)
    assert name.endswith(".yaml")
    assert name != "openapi.json"


def test_add_from_git_keeps_the_commit(project: Path) -> None:
    repository = project / "service"
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "One")):
        subprocess.run((*GIT, *command), cwd=repository, check=True)  # noqa: S603
    commit = subprocess.run(  # noqa: S603
        (*GIT, "rev-parse", "HEAD"), cwd=repository, check=True, capture_output=True, text=True
    ).stdout.strip()
    asked = ("--git", "service", "--path", "pets.yaml", "--as", "animals.yaml")
    assert run("specs", "add", *asked, cwd=project).returncode == 0
    assert lock(project)["animals.yaml"]["revision"] == commit
    missing = run("specs", "add", "git+service@HEAD#none.yaml", cwd=project)
    assert missing.returncode == 2
    assert "error[fetch-failed]" in missing.stderr


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"<!doctype html><p>Sign in", "error["),
        (b"\xff\xfe\x00not utf-8", "error["),
        (b"openapi: [", "error[yaml-syntax]"),
        (b"{}", "error["),
    ],
)
def test_what_is_no_document_changes_nothing(project: Path, body: bytes, rule: str) -> None:
    before = written(project)
    with server(says(200, body)) as url:
        finished = run("specs", "add", f"{url}/other.yaml", cwd=project)
    assert finished.returncode == 2
    assert rule in finished.stderr
    assert "Traceback" not in finished.stderr
    assert written(project) == before


def test_a_token_is_sent_and_never_kept(project: Path) -> None:
    with server(says(200, PETS.encode())) as url:
        asked = ("specs", "add", f"{url}/own.yaml", "--token-env", "PETS_TOKEN")
        missing = run(*asked, cwd=project)
        finished = run(*asked, cwd=project, PETS_TOKEN="s3cret")
    assert missing.returncode == 2
    assert "error[token-missing]" in missing.stderr
    assert finished.returncode == 0, finished.stderr
    assert lock(project)["own.yaml"]["token_env"] == "PETS_TOKEN"
    assert b"s3cret" not in b"".join(written(project).values())


def test_update_shows_the_change_and_writes_only_when_told(project: Path) -> None:
    assert run("specs", "update", cwd=project).returncode == 0
    (project / "service" / "pets.yaml").write_text(CHANGED, encoding="utf-8")
    before = written(project)
    for option in ((), ("--dry-run",), ("--dry-run", "--yes")):
        shown = run("specs", "update", *option, cwd=project)
        assert shown.returncode == 1
        assert "[operation-deprecated]" in shown.stderr
        assert written(project) == before
    done = run("specs", "update", "--yes", cwd=project)
    assert done.returncode == 0, done.stderr
    assert (project / "specs" / "pets.yaml").read_text(encoding="utf-8") == CHANGED
    assert run("specs", "verify", cwd=project).returncode == 0


def test_update_keeps_everything_where_one_document_cannot_be_fetched(project: Path) -> None:
    assert run("specs", "add", "service/pets.yaml", "--as", "b.yaml", cwd=project).returncode == 0
    (project / "service" / "pets.yaml").unlink()
    before = written(project)
    finished = run("specs", "update", "--yes", cwd=project)
    assert finished.returncode == 2
    assert finished.stderr.count("error[fetch-failed]") == 2
    assert written(project) == before


def test_verify_says_what_was_edited_or_is_gone(project: Path) -> None:
    document = project / "specs" / "pets.yaml"
    document.write_text(CHANGED, encoding="utf-8")
    edited = run("specs", "verify", cwd=project)
    document.unlink()
    gone = run("specs", "verify", cwd=project)
    assert (edited.returncode, gone.returncode) == (1, 1)
    assert "pets.yaml: error[document-edited]" in edited.stderr
    assert "pets.yaml: error[document-missing]" in gone.stderr
    assert "proxygen specs update pets.yaml" in gone.stderr


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"format": 2, "documents": {}}', '{"format": 1, "documents": {"../x.yaml": {}}}'],
)
def test_a_lock_that_is_none_is_refused(project: Path, text: str) -> None:
    (project / "specs" / "specs.lock").write_text(text, encoding="utf-8")
    finished = run("specs", "verify", cwd=project)
    assert finished.returncode == 2
    assert "error[bad-lock]" in finished.stderr


def test_an_own_file_is_not_replaced_by_another(project: Path) -> None:
    (project / "specs" / "mine.yaml").write_text("mine", encoding="utf-8")
    finished = run("specs", "add", "service/pets.yaml", "--as", "mine.yaml", cwd=project)
    assert finished.returncode == 2
    assert "error[document-exists]" in finished.stderr
    assert (project / "specs" / "mine.yaml").read_text(encoding="utf-8") == "mine"
