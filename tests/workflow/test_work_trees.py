"""Work trees as people have them: other line ends, lost manifests, odd places, older revisions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.workflow.repository import Repository, new_repository


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_repository(tmp_path_factory.mktemp("shop") / "repository").root


@pytest.fixture
def repository(first: Path, tmp_path: Path) -> Repository:
    return Repository(shutil.copytree(first, tmp_path / "ä repository"))


def said(repository: Repository, *command: str) -> tuple[int, str]:
    done = repository.run("proxygen", *command)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_line_ends_that_git_made_are_no_drift(repository: Repository) -> None:
    repository.git("config", "core.autocrlf", "true")
    for folder in ("specs", "generated"):
        shutil.rmtree(repository.root / folder)
    repository.git("checkout", "--quiet", ".")
    app = repository.root / "generated" / "app.py"
    assert b"\r\n" in app.read_bytes()
    assert said(repository, "check", "specs")[0] == 0
    assert said(repository, "check", "specs", "--full")[0] == 0
    assert said(repository, "diff", "specs", "--against", "HEAD")[0] == 0
    assert "nothing changed" in said(repository, "build", "specs")[1]
    assert repository.git("status", "--porcelain") == ""
    app.write_bytes(app.read_bytes() + b"# edited\r\n")
    assert "error[edited-by-hand]" in said(repository, "check", "specs")[1]


def test_an_output_whose_manifest_is_gone_gets_it_back_where_nothing_moved(
    repository: Repository,
) -> None:
    (repository.root / "generated" / "manifest.json").unlink()
    code, text = said(repository, "check", "specs")
    assert code == 1
    assert "There is no manifest: it is gone" in text
    assert said(repository, "build", "specs")[0] == 0
    assert repository.git("status", "--porcelain") == ""


def test_without_a_manifest_nothing_that_differs_is_replaced(repository: Repository) -> None:
    (repository.root / "generated" / "manifest.json").unlink()
    repository.replace("specs/shop.yaml", "What is ordered", "What was ordered")
    code, text = said(repository, "build", "specs")
    assert code == 2
    assert text.count("output-not-owned") == 1
    assert "generated/manifest.json: error" in text
    assert "restore it from version control" in text
    assert repository.git("status", "--porcelain", "generated") == " D generated/manifest.json\n"


@pytest.mark.parametrize("left", [0, 200])
def test_half_a_manifest_is_refused_by_its_place(repository: Repository, left: int) -> None:
    path = repository.root / "generated" / "manifest.json"
    path.write_bytes(path.read_bytes()[:left])
    for command in (["check"], ["build"], ["upgrade", "--preview"]):
        code, text = said(repository, *command)
        assert code == 2
        assert text.startswith("generated/manifest.json: error[bad-manifest]")


def test_a_document_that_is_renamed_is_told_as_that(repository: Repository) -> None:
    shutil.copy(repository.root / "specs" / "shop.yaml", repository.root / "specs" / "zoo.yaml")
    repository.replace("specs/zoo.yaml", "/orders", "/zoo")
    assert said(repository, "build", "specs")[0] == 0
    repository.commit("Two services")
    repository.git("mv", "specs/zoo.yaml", "specs/park.yaml")
    text = said(repository, "check", "specs")[1]
    assert "The document `specs/zoo.yaml` is now `specs/park.yaml`." in text
    assert "1 error\n" in text
    assert said(repository, "diff", "specs", "--against", "HEAD") == (
        0,
        "nothing changed since HEAD\n",
    )


def test_a_folder_below_the_repository_says_where_the_documents_are(repository: Repository) -> None:
    inside = Repository(repository.root / "specs")
    code, text = said(inside, "check")
    assert code == 2
    assert "such as `.`" in text
    assert said(inside, "check", ".")[0] == 0
    assert said(inside, "diff", ".", "--against", "HEAD")[0] == 0


def test_a_worktree_and_a_shallow_clone_are_repositories_like_any(
    repository: Repository, tmp_path: Path
) -> None:
    repository.replace("specs/shop.yaml", "What is ordered", "What was ordered")
    assert said(repository, "build", "specs")[0] == 0
    repository.commit("Another word")
    repository.git("worktree", "add", "--quiet", str(tmp_path / "work tree"), "HEAD~1")
    repository.git("clone", "--quiet", "--depth=1", repository.root.as_uri(), str(tmp_path / "c"))
    for place in (Repository(tmp_path / "work tree"), Repository(tmp_path / "c")):
        assert said(place, "check", "specs", "--full")[0] == 0
        assert said(place, "diff", "specs", "--against", "HEAD")[0] == 0
    older = said(Repository(tmp_path / "c"), "diff", "specs", "--against", "HEAD~1")
    assert older[0] == 2
    assert "a shallow clone has few revisions" in older[1]


def test_an_output_behind_a_link_is_refused(repository: Repository) -> None:
    (repository.root / "generated").rename(repository.root / "real")
    (repository.root / "generated").symlink_to("real")
    for command in ("check", "build"):
        code, text = said(repository, command, "specs")
        assert code == 2
        assert text.startswith("generated: error[output-symlink]")


def test_a_command_whose_streams_are_closed_still_decides(repository: Repository) -> None:
    for redirected in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        assert repository.run("sh", "-c", f"proxygen check specs {redirected}").returncode == 0


def test_a_hook_of_git_changes_nothing(repository: Repository) -> None:
    hook = {"GIT_DIR": str(repository.root / ".git"), "GIT_INDEX_FILE": "/nowhere"}
    for command in (["diff"], ["audit"]):
        done = repository.run("proxygen", *command, "specs", "--against", "HEAD", **hook)
        assert done.returncode == 0, done.stderr


def test_what_is_wrong_with_a_revision_is_said_of_the_revision(repository: Repository) -> None:
    repository.replace("specs/shop.yaml", "openapi: 3.1.0", "openapi: [")
    repository.commit("Broken")
    repository.git("checkout", "--quiet", "HEAD~1", "--", "specs")
    code, text = said(repository, "diff", "specs", "--against", "HEAD")
    assert code == 2
    assert text.startswith("HEAD:specs/shop.yaml:")


def test_nothing_to_compare_with_is_a_usage_error(repository: Repository) -> None:
    for against in ([], ["--against", ""], ["--against", " "]):
        code, text = said(repository, "diff", "specs", *against)
        assert code == 2
        assert "say with --against what was before" in text
    assert "nope: error[git-unknown-revision]" in said(repository, "audit", "--against", "nope")[1]


def test_a_document_from_the_repository_itself_is_fetched_again(repository: Repository) -> None:
    added = ["--git", ".", "--path", "specs/shop.yaml", "--as", "copy.yaml"]
    assert said(repository, "specs", "add", *added)[0] == 0
    assert said(repository, "specs", "update")[0] == 0
