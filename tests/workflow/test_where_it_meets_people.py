"""The GitHub action, the pre-commit hooks and the GitLab job, run in a repository as their hosts run them."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.blocks import read_page
from tests.workflow.repository import BIN, Repository, new_repository

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / ".github/actions/proxygen/action.yml").read_text(encoding="utf-8"))
HOOKS = {one["id"]: one for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
"""How GitHub's runner calls bash."""
PIP_SAYS = ROOT / "tests" / "docs" / "pip_says.py"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return new_repository(tmp_path / "repository")


def step(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in ACTION["runs"]["steps"] if one.get("name") == name)
    return found


def installed(repository: Repository, **inputs: str) -> str:
    """What the action's first step gives to pip, which installs nothing here."""
    wanted = step("install")
    given = {name: inputs.get(name, one["default"]) for name, one in ACTION["inputs"].items()}
    python = executable(repository, "python", 'printf "%s" "$*" > asked')
    done = repository.run(
        *BASH, wanted["run"],
        REQUIREMENT=given["requirement"],
        ACTION=str(ROOT / ".github/actions/proxygen"),
        PATH=f"{python.parent}{os.pathsep}{os.environ['PATH']}",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return (repository.root / "asked").read_text(encoding="utf-8")


def executable(repository: Repository, name: str, script: str) -> Path:
    """A program of this name beside the repository."""
    path = repository.root.parent / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def job_of(page: str) -> list[str]:
    """The lines of the GitLab job that a page shows."""
    for block in read_page(ROOT / page).blocks:
        value = yaml.safe_load(block.text) if block.language == "yaml" else None
        for job in value.values() if isinstance(value, dict) else ():
            if isinstance(job, dict) and "script" in job:
                lines: list[str] = job["script"]
                return lines
    raise AssertionError(f"{page} shows no job of GitLab")


def run_job(repository: Repository, lines: list[str]) -> tuple[int, str]:
    """The lines in one bash, as the runner of GitLab does it; pip only looks at what is asked for."""
    pip = executable(repository, "pip", f'exec "{sys.executable}" "{PIP_SAYS}" "$@"')
    path = f"{pip.parent}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}"
    script = "set -eo pipefail\n" + "\n".join(lines)
    done = repository.run("bash", "-c", script, PATH=path, GITLAB_CI="true", CI="true")
    return done.returncode, done.stdout + done.stderr


def act(repository: Repository, **inputs: str) -> tuple[int, str]:
    """The action's last step, with its inputs and defaults, as the runner gives them to bash."""
    given = {name: inputs.get(name, one["default"]) for name, one in ACTION["inputs"].items()}
    wanted = step("proxygen")
    environment = {
        variable: given[expression.removeprefix("${{ inputs.").removesuffix(" }}")]
        for variable, expression in wanted["env"].items()
    }
    done = repository.run(*BASH, wanted["run"], GITHUB_ACTIONS="true", **environment)
    return done.returncode, done.stderr + done.stdout


def test_no_input_is_written_into_a_script() -> None:
    assert [one for one in ACTION["runs"]["steps"] if "${{" in one.get("run", "")] == []
    assert ACTION["runs"]["using"] == "composite"


def test_the_action_passes_where_the_edge_is_up_to_date_and_fails_where_it_drifted(
    repository: Repository,
) -> None:
    assert act(repository)[0] == 0
    assert act(repository, arguments="--full")[0] == 0
    assert act(repository, command="audit", arguments="--against HEAD -f json")[0] == 0
    repository.replace("specs/shop.yaml", "What is ordered", "What was ordered")
    code, said = act(repository)
    assert code == 1
    assert "::error file=specs/shop.yaml" in said


def test_the_action_installs_its_own_version_unless_told_another(repository: Repository) -> None:
    own = installed(repository).removeprefix("-m pip install --quiet ")
    folder, extra = own.removesuffix("]").rsplit("[", 1)
    assert (Path(folder).resolve(), extra) == (ROOT, "cli")
    assert installed(repository, requirement="proxygen[cli]==1.2.0").endswith(
        " proxygen[cli]==1.2.0"
    )


def test_the_action_shows_what_changes_for_callers_and_what_an_upgrade_would_change(
    repository: Repository,
) -> None:
    repository.replace("specs/shop.yaml", "required: [item]", "required: [item, amount]")
    code, said = act(repository, command="diff", arguments="--against HEAD")
    assert code == 1
    assert "::error file=specs/shop.yaml" in said
    repository.git("checkout", "--quiet", ".")
    assert act(repository, command="upgrade", arguments="--preview")[0] == 0


@pytest.mark.parametrize("command", ["$(touch pwned)", "build", "check; touch pwned", ""])
def test_the_action_runs_nothing_but_its_commands(command: str, repository: Repository) -> None:
    assert act(repository, command=command, specs="$(touch pwned)")[0] == 2
    assert not (repository.root / "pwned").exists()


def test_the_hook_stops_a_commit_that_forgot_to_build(repository: Repository) -> None:
    hook = HOOKS["proxygen-check"]
    assert hook["pass_filenames"] is False
    script = repository.root / ".git" / "hooks" / "pre-commit"
    script.write_text(
        f"#!/bin/sh\nexec {hook['entry']} {' '.join(hook['args'])}\n", encoding="utf-8"
    )
    script.chmod(0o755)
    repository.replace("specs/shop.yaml", "What is ordered", "What was ordered")
    with pytest.raises(AssertionError, match=r"  = proxygen build specs\n"):
        repository.commit("Forgot to build")
    build = HOOKS["proxygen-build"]
    assert repository.run(*build["entry"].split(), *build["args"]).returncode == 0
    repository.commit("Built")
    assert "Built" in repository.git("log", "-1", "--format=%s")


def test_the_job_of_gitlab_passes_and_fails_as_it_should(repository: Repository) -> None:
    lines = job_of("docs/how-to/ci.md")
    assert lines[0].startswith("pip install ")
    code, said = run_job(repository, lines)
    assert code == 0, said
    repository.replace("specs/shop.yaml", "What is ordered", "What was ordered")
    code, said = run_job(repository, lines)
    assert code == 1
    assert "error[document-moved]" in said
    (quality,) = json.loads((repository.root / "gl-code-quality-report.json").read_text())
    assert quality["location"]["path"] == "specs/shop.yaml"
    assert {"description", "check_name", "fingerprint", "severity"} <= set(quality)


def test_what_a_reader_must_replace_is_said_where_it_stands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"uses: (\S+)/proxygen/", text))
    assert named == {"OWNER"}
    assert "`OWNER` is" in text


def test_the_example_of_github_runs_its_commands(repository: Repository) -> None:
    steps = [
        one["run"]
        for block in read_page(ROOT / "docs/how-to/ci.md").blocks
        if block.language == "yaml" and "jobs:" in block.text
        for job in yaml.safe_load(block.text)["jobs"].values()
        for one in job["steps"]
        if "run" in one
    ]
    assert any(one.startswith("pytest") for one in steps)
    repository.git("remote", "add", "origin", ".")  # as a checkout of the runner's has one
    repository.git("fetch", "--quiet", "origin")
    for line in steps:
        code, said = run_job(repository, [line])
        assert code == 0, said
