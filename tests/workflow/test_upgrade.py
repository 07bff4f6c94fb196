"""A new version of proxygen is looked at before it is installed: what it would write, and why."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from proxygen import __version__
from tests.workflow.repository import Repository, new_repository

ROOT = Path(__file__).resolve().parents[2]
NEW = "9.0.0"
ROUTES = "service/routers/tag_routes.py.jinja"
SETTINGS = "settings.py.jinja"
OVERRIDES = ("--templates", "own templates")


@pytest.fixture(scope="module")
def new_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the path of Python with another version: its number, the runtime's contract, a template, a
    word of the generator, a key of the configuration and a default are others.
    """
    site = tmp_path_factory.mktemp("site")
    package = site / "proxygen"
    shutil.copytree(
        ROOT / "src" / "proxygen", package, ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(ROOT / "templates", package / "templates")
    replace(package / "__init__.py", f'"{__version__}"', f'"{NEW}"')
    replace(package / "__init__.py", "RUNTIME_CONTRACT = 1", "RUNTIME_CONTRACT = 2")
    replace(package / "runtime" / "contract.py", "Final = 1", "Final = 2")
    replace(package / "pipeline.py", "takes", "accepts")
    replace(package / "templates" / ROUTES, "router = ", "# One router.\nrouter = ")
    known = package / "upgrade" / "known"
    keys = json.loads((known / f"{__version__}.json").read_text(encoding="utf-8"))
    keys["configuration"]["gateway.motto"] = '"none"'
    keys["settings"]["EDGE_PORT"] = "9000"
    del keys["settings"]["EDGE_GRACE"]
    (known / f"{NEW}.json").write_text(json.dumps(keys), encoding="utf-8")
    return site


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_repository(tmp_path_factory.mktemp("shop") / "repository").root


@pytest.fixture
def repository(first: Path, tmp_path: Path) -> Repository:
    return Repository(shutil.copytree(first, tmp_path / "repository"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def preview(repository: Repository, site: Path | None, *arguments: str) -> tuple[int, str, str]:
    environment = {} if site is None else {"PYTHONPATH": str(site)}
    done = repository.run("proxygen", "upgrade", "--preview", "specs", *arguments, **environment)
    assert repository.git("status", "--porcelain", "generated") == ""
    return done.returncode, done.stdout, done.stderr


def test_the_same_version_would_change_nothing(repository: Repository) -> None:
    assert preview(repository, None) == (
        0,
        "",
        f"generated: proxygen {__version__} writes the same\n",
    )


def test_files_stand_under_their_causes(repository: Repository, new_version: Path) -> None:
    code, table, said = preview(repository, new_version)
    assert code == 1
    causes: dict[str, list[str]] = {}
    cause = ""
    for line in table.splitlines():
        if line.startswith(" "):
            causes[cause].append(" ".join(line.split()))
        else:
            cause = line
            causes[cause] = []
    assert list(causes) == ["runtime contract 1 to 2", f"template {ROUTES}", "generator"]
    assert causes["runtime contract 1 to 2"] == ["__init__.py +1 -1"]
    assert causes[f"template {ROUTES}"] == ["shop/routers/orders_routes.py +1 -0"]
    assert causes["generator"][0] == "shop/contracts/requests.py +1 -1"
    assert causes["generator"][-1].startswith("manifest.json ")
    assert f"proxygen {__version__} wrote it, and {NEW} would change" in said


def test_keys_and_variables_that_are_new_gone_or_mean_something_else_are_named(
    repository: Repository, new_version: Path
) -> None:
    _, _, said = preview(repository, new_version)
    assert "note[key-new]\n  The key of the configuration `gateway.motto` is new" in said
    assert "warning[key-gone]\n  The variable of the environment `EDGE_GRACE` is gone." in said
    assert (
        "warning[default-moved]\n  The variable of the environment `EDGE_PORT` had the default 8000"
        in said
    )


def test_what_the_preview_shows_is_what_the_upgrade_then_writes(
    repository: Repository, new_version: Path
) -> None:
    _, stdout, said = preview(repository, new_version, "--format", "json")
    files = {
        one["properties"]["file"]
        for one in json.loads(stdout)["findings"]
        if one["rule"] == "output-would-change"
    }
    cure = said.rstrip().rpartition("then: ")[2]
    assert repository.run(*shlex.split(cure), PYTHONPATH=str(new_version)).returncode == 0
    changed = repository.git("diff", "--name-only").split()
    assert {f"generated/{name}" for name in files} == set(changed)
    done = repository.run("proxygen", "upgrade", "--preview", PYTHONPATH=str(new_version))
    assert (done.returncode, done.stdout) == (0, "")


def test_the_diff_is_there_on_demand(repository: Repository, new_version: Path) -> None:
    _, stdout, _ = preview(repository, new_version, "--diff")
    assert "\n+++ b/shop/routers/orders_routes.py\n" in stdout
    assert "\n+# One router.\n" in stdout
    assert "\n-require_contract(1)\n+require_contract(2)\n" in stdout


def test_an_override_that_falls_behind_is_named_and_the_rest_is_shown(
    repository: Repository, new_version: Path
) -> None:
    for name in (ROUTES, SETTINGS):
        assert repository.run("proxygen", "templates", "eject", name, *OVERRIDES).returncode == 0
    replace(repository.root / "own templates" / ROUTES, "router = ", "# Ours.\nrouter = ")
    assert repository.run("proxygen", "build", "specs", *OVERRIDES).returncode == 0
    repository.commit("Templates of our own")
    code, table, said = preview(repository, new_version, *OVERRIDES)
    assert code == 1
    assert f"own templates/{ROUTES}:1:1: error[stale-template]" in said
    assert f"templates diff {ROUTES} --templates 'own templates'" in said
    assert SETTINGS not in said
    assert "orders_routes.py" not in table
    assert "runtime contract 1 to 2" in table


def test_what_the_upgrade_has_no_part_in_is_told_apart(
    repository: Repository, new_version: Path
) -> None:
    routes = "generated/shop/routers/orders_routes.py"
    repository.replace(routes, '"""', '"""Edited. ')
    repository.replace("specs/shop.yaml", "What is ordered", "What was ordered")
    repository.commit("An edit by hand, and a document that moved")
    code, table, said = preview(repository, new_version)
    assert code == 1
    assert f"template {ROUTES} and edited by hand\n  shop/routers/orders_routes.py" in table
    assert f"{routes}: warning[edited-by-hand]" in said
    assert "warning[document-moved]\n  The document `specs/shop.yaml` changed." in said


@pytest.mark.parametrize(
    ("form", "begins"),
    [("json", "{"), ("sarif", "{"), ("junit", "<?xml"), ("markdown", "### "), ("gitlab", "[")],
)
def test_every_format_has_it(
    repository: Repository, new_version: Path, form: str, begins: str
) -> None:
    code, stdout, _ = preview(repository, new_version, "--format", form)
    assert code == 1
    assert stdout.startswith(begins)
    assert "shop/routers/orders_routes.py" in stdout


def test_a_key_that_is_gone_and_used_is_refused_as_by_a_build(
    repository: Repository, new_version: Path
) -> None:
    config = repository.root / "specs" / "proxygen.toml"
    config.write_text(config.read_text(encoding="utf-8") + "\n[gate]\n", encoding="utf-8")
    code, stdout, said = preview(repository, new_version)
    assert (code, stdout) == (2, "")
    assert "error[unknown-key]" in said


def test_without_preview_nothing_is_done(repository: Repository) -> None:
    done = repository.run("proxygen", "upgrade", "specs")
    assert done.returncode == 2
    assert "say --preview" in done.stderr


def test_an_output_that_was_never_built_is_refused(repository: Repository) -> None:
    done = repository.run("proxygen", "upgrade", "--preview", "specs", "--output", "elsewhere")
    assert done.returncode == 2
    assert "proxygen build specs" in done.stderr


def test_an_override_that_the_new_version_cannot_print_is_left_out_and_named(
    repository: Repository, new_version: Path
) -> None:
    assert repository.run("proxygen", "templates", "eject", SETTINGS, *OVERRIDES).returncode == 0
    own = repository.root / "own templates" / SETTINGS
    own.write_text(
        own.read_text(encoding="utf-8") + "{{ view.gone | literal }}\n", encoding="utf-8"
    )
    code, table, said = preview(repository, new_version, *OVERRIDES)
    assert code == 1
    assert f"own templates/{SETTINGS}:" in said
    assert "error[template-error]" in said
    assert "runtime contract 1 to 2" in table
