"""What was before, out of a real repository: read as git has it, the work tree untouched."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from proxygen.changes.git_version import restored
from proxygen.diagnostics import InputRefused

IDENTITY = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - git
        ["git", *arguments],  # noqa: S607 - as it is found
        cwd=folder,
        env={**os.environ, **IDENTITY},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose first commit has the document `one`, and the work tree `two`."""
    root = tmp_path / "team"
    (root / "specs").mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch", "main")
    (root / "specs" / "things.yaml").write_text("one\n", encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "one")
    (root / "specs" / "things.yaml").write_text("two\n", encoding="utf-8")
    return root


def refusal(ref: str, specs: Path, config: Path | None = None) -> str:
    with pytest.raises(InputRefused) as refused, restored(ref, specs, config):
        pass
    (found,) = refused.value.diagnostics
    assert found.location.file == ref
    assert found.cure
    return found.rule


def test_a_folder_is_as_it_was_and_the_work_tree_as_it_is(repository: Path) -> None:
    before = git(repository, "status", "--porcelain")
    with restored("main", repository / "specs", None) as there:
        assert there.specs.name == "specs"
        assert (there.specs / "things.yaml").read_text(encoding="utf-8") == "one\n"
        kept = there.specs
    assert not kept.exists()
    assert (repository / "specs" / "things.yaml").read_text(encoding="utf-8") == "two\n"
    assert git(repository, "status", "--porcelain") == before


def test_one_document_is_as_it_was(repository: Path) -> None:
    with restored("HEAD", repository / "specs" / "things.yaml", None) as there:
        assert there.specs.read_text(encoding="utf-8") == "one\n"


def test_a_configuration_elsewhere_comes_along(repository: Path) -> None:
    config = repository / "edge.toml"
    config.write_text("# one\n", encoding="utf-8")
    git(repository, "add", "edge.toml")
    git(repository, "commit", "--quiet", "-m", "two")
    config.write_text("# two\n", encoding="utf-8")
    with restored("HEAD", repository / "specs", config) as there:
        assert there.config is not None
        assert there.config.read_text(encoding="utf-8") == "# one\n"


def test_attributes_and_filters_of_the_repository_change_nothing(repository: Path) -> None:
    attributes = repository / ".gitattributes"
    attributes.write_text("specs/* export-ignore filter=evil\n", encoding="utf-8")
    git(repository, "add", ".gitattributes")
    git(repository, "commit", "--quiet", "-m", "two")
    git(repository, "config", "filter.evil.smudge", "touch smudged")
    with restored("HEAD", repository / "specs", None) as there:
        assert (there.specs / "things.yaml").read_text(encoding="utf-8") == "one\n"
    assert not list(repository.rglob("smudged"))


@pytest.mark.parametrize("ref", ["nonesuch", "--upload-pack=x", "HEAD~9", ""])
def test_no_such_revision(repository: Path, ref: str) -> None:
    assert refusal(ref, repository / "specs") == "git-unknown-revision"


def test_documents_that_were_not_there_yet(repository: Path) -> None:
    (repository / "new").mkdir()
    assert refusal("HEAD", repository / "new") == "git-no-documents"
    (repository / "specs" / "new.yaml").touch()
    assert refusal("HEAD", repository / "specs" / "new.yaml") == "git-no-documents"


def test_no_repository(tmp_path: Path) -> None:
    assert refusal("HEAD", tmp_path) == "git-no-repository"


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal("HEAD", repository / "specs") == "git-missing"


def test_a_configuration_outside_the_repository(repository: Path, tmp_path: Path) -> None:
    outside = tmp_path / "edge.toml"
    outside.touch()
    assert refusal("HEAD", repository / "specs", outside) == "git-outside"


def test_a_pointer_of_lfs_is_no_document(repository: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    (repository / "specs" / "things.yaml").write_text(pointer, encoding="utf-8")
    git(repository, "commit", "--quiet", "-am", "two")
    assert refusal("HEAD", repository / "specs") == "git-lfs"


def test_a_link_is_not_followed(repository: Path) -> None:
    (repository / "specs" / "link.yaml").symlink_to("/etc/passwd")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "two")
    assert refusal("HEAD", repository / "specs") == "git-link"


def test_a_submodule_has_its_files_elsewhere(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD").strip()
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{commit},specs/sub")
    git(repository, "commit", "--quiet", "-m", "two")
    assert refusal("HEAD", repository / "specs") == "git-submodule"
