"""A downstream contract changes: the failing check, the cure, the reviewable change, the merge."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from tests.workflow.repository import Repository, new_repository


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_repository(tmp_path_factory.mktemp("shop") / "repository").root


@pytest.fixture
def repository(first: Path, tmp_path: Path) -> Repository:
    return Repository(shutil.copytree(first, tmp_path / "repository"))


def check_in_ci(repository: Repository, *arguments: str) -> tuple[int, str, str]:
    summary = repository.root.parent / "summary.md"
    done = repository.run(
        "proxygen", "check", "specs", *arguments,
        GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary),
    )  # fmt: skip
    return done.returncode, done.stderr, summary.read_text() if summary.exists() else ""


def test_from_a_change_downstream_to_the_merge(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "downstream-change")
    repository.replace(
        "specs/shop.yaml", "amount: {type: integer}", "amount: {type: integer, minimum: 1}"
    )
    repository.commit("Orders have at least one item")

    code, said, summary = check_in_ci(repository)
    assert code == 1
    assert "::error file=specs/shop.yaml,title=document-moved::" in said
    assert (
        "+    amount: Annotated[StrictInt, Field(ge=1)] | None = None" in summary
        or "ge=1" in summary
    )
    cure = said.rstrip().rpartition("  = ")[2]
    assert cure in summary

    assert repository.run(*shlex.split(cure)).returncode == 0
    changed = repository.changed_lines()
    assert {path.partition("/")[0] for path, _ in changed} == {"generated"}
    assert len(changed) < 40
    repository.commit("Write the edge again")
    assert check_in_ci(repository, "--full")[0] == 0

    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--ff-only", "downstream-change")
    assert check_in_ci(repository, "--full")[0] == 0
    assert repository.git("status", "--porcelain") == ""


def test_the_diff_says_what_the_change_means_for_callers(repository: Repository) -> None:
    repository.replace("specs/shop.yaml", "operationId: listOrders", "operationId: findOrders")
    renamed = repository.run("proxygen", "diff", "--against", "HEAD", "specs")
    assert renamed.returncode == 0, renamed.stderr
    repository.replace("specs/shop.yaml", "required: [item]", "required: [item, amount]")
    breaking = repository.run("proxygen", "diff", "--against", "HEAD", "specs")
    assert breaking.returncode == 1
    assert "breaking[" in breaking.stdout + breaking.stderr


def test_a_new_description_touches_only_lines_that_show_it(repository: Repository) -> None:
    repository.replace("specs/shop.yaml", "What is ordered", "What somebody orders")
    assert repository.run("proxygen", "build", "specs").returncode == 0
    changed = [line for line in repository.changed_lines() if line[0] != "generated/manifest.json"]
    assert len(changed) >= 4
    assert [
        line
        for line in changed
        if "What is ordered" not in line[1] and "What somebody orders" not in line[1]
    ] == []
    hashes = [line for line in repository.changed_lines() if line[0] == "generated/manifest.json"]
    files = {path for path, _ in changed}
    assert len(hashes) == 2 * len(files)


def test_what_is_not_in_the_manifest_is_nobody_elses(repository: Repository) -> None:
    mine = repository.root / "generated" / "shop" / "mine.py"
    mine.write_text("MINE = 1\n", encoding="utf-8")
    in_the_way = repository.root / "generated" / "zoo" / "operations.py"
    in_the_way.parent.mkdir()
    in_the_way.write_text("ALSO_MINE = 1\n", encoding="utf-8")
    shutil.copy(repository.root / "specs" / "shop.yaml", repository.root / "specs" / "zoo.yaml")
    repository.replace("specs/zoo.yaml", "/orders", "/zoo")
    refused = repository.run("proxygen", "build", "specs")
    assert refused.returncode == 2
    assert "output-not-owned" in refused.stderr
    assert repository.git("status", "--porcelain", "generated").split() == [
        "??", "generated/shop/mine.py", "??", "generated/zoo/",
    ]  # fmt: skip
    in_the_way.unlink()
    assert repository.run("proxygen", "build", "specs").returncode == 0
    (repository.root / "specs" / "shop.yaml").unlink()
    assert repository.run("proxygen", "build", "specs").returncode == 0
    assert mine.read_text(encoding="utf-8") == "MINE = 1\n"
    assert not (mine.parent / "operations.py").exists()


def test_two_people_on_different_machines_write_the_same_bytes(
    repository: Repository, tmp_path: Path
) -> None:
    repository.replace("specs/shop.yaml", "What is ordered", "What was ordered, naïvely")
    elsewhere = Repository(shutil.copytree(repository.root, tmp_path / "å b" / "clone"))
    places = {
        repository: {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        elsewhere: {
            "PYTHONHASHSEED": "77",
            "LC_ALL": "C",
            "TZ": "Asia/Kathmandu",
            "PYTHONUTF8": "0",
        },
    }
    trees = []
    for place, environment in places.items():
        assert place.run("proxygen", "build", "specs", **environment).returncode == 0
        place.git("add", "--all")
        trees.append(place.git("write-tree"))
    assert trees[0] == trees[1]
    assert elsewhere.run("proxygen", "check", "specs", "--full").returncode == 0


def test_a_route_that_opens_stops_the_build_until_somebody_signs(repository: Repository) -> None:
    config = repository.root / "specs" / "proxygen.toml"
    opened = '\n[services.shop.operations.placeOrder]\nauth = "public"\n'
    config.write_text(config.read_text(encoding="utf-8") + opened, encoding="utf-8")
    refused = repository.run("proxygen", "build", "specs")
    assert refused.returncode == 1
    assert "error[route-became-public] POST /orders" in refused.stderr
    assert repository.git("status", "--porcelain", "generated") == ""
    assert repository.run("proxygen", "audit", "specs").returncode == 1
    code, said, _ = check_in_ci(repository)
    assert code == 1
    assert "title=route-became-public POST /orders::" in said

    signed = opened + 'signed = { by = "shop team", reason = "guests may order" }\n'
    repository.replace("specs/proxygen.toml", opened, signed)
    assert repository.run("proxygen", "build", "specs").returncode == 0
    assert any(
        "guests may order" in text for _, text in repository.changed_lines("--", "generated")
    )
    repository.commit("Guests may order")
    assert repository.run("proxygen", "audit", "specs", "--against", "HEAD~1").returncode == 0
    repository.replace("specs/proxygen.toml", signed, opened)
    assert repository.run("proxygen", "audit", "specs", "--against", "HEAD").returncode == 0
    since = repository.run("proxygen", "audit", "specs", "--against", "HEAD~1")
    assert since.returncode == 1
    unknown = repository.run("proxygen", "audit", "specs", "--against", "no-such-branch")
    assert unknown.returncode == 2
    assert "has no commit 'no-such-branch'" in unknown.stderr
