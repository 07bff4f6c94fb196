"""The GitHub action and the pre-commit hooks, run in a repository as their hosts run them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflow.repository import Repository, new_repository

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / ".github/actions/proxygen/action.yml").read_text(encoding="utf-8"))
HOOKS = {one["id"]: one for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return new_repository(tmp_path / "repository")


def step(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in ACTION["runs"]["steps"] if one.get("name") == name)
    return found


def act(repository: Repository, **inputs: str) -> tuple[int, str]:
    """The action's last step, with its inputs and defaults, as the runner gives them to bash."""
    given = {name: inputs.get(name, one["default"]) for name, one in ACTION["inputs"].items()}
    wanted = step("proxygen")
    environment = {
        variable: given[expression.removeprefix("${{ inputs.").removesuffix(" }}")]
        for variable, expression in wanted["env"].items()
    }
    script = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", wanted["run"])
    done = repository.run(*script, GITHUB_ACTIONS="true", **environment)
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
