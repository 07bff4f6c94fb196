"""`proxygen templates`: an override keeps its base, and one that has fallen behind shows what moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxygen.render.template_set import BASES, TemplateSet, base_line
from tests.unit.cli.commands import run
from tests.unit.cli.test_command_line import PETS

NAME = "settings.py.jinja"
STOCK = TemplateSet.load().templates[NAME].text
OWN = ("--templates", "own")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "pets.yaml").write_text(PETS, encoding="utf-8")
    finished = run("templates", "eject", NAME, *OWN, cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
    return tmp_path


def fall_behind(project: Path) -> None:
    """As if this version's template had one line less than the one that was ejected."""
    then = STOCK + "THEN = 1\n"
    (project / "own" / NAME).write_text(f"{base_line(then)}\n{then}OWN = 2\n", encoding="utf-8")
    (project / "own" / BASES / NAME).write_text(then, encoding="utf-8")


def test_list_says_which_are_overridden(project: Path) -> None:
    finished = run("templates", "list", *OWN, cwd=project)
    assert finished.returncode == 0
    lines = {
        name: standing for standing, name in (line.split() for line in finished.stdout.splitlines())
    }
    assert set(lines) == set(TemplateSet.load().templates)
    assert {name for name, standing in lines.items() if standing == "overridden"} == {NAME}


def test_an_ejected_template_builds_as_before_and_is_not_replaced(project: Path) -> None:
    assert (project / "own" / BASES / NAME).read_text(encoding="utf-8") == STOCK
    built = run("build", "specs", "-o", "a", cwd=project)
    own = run("build", "specs", "-o", "b", *OWN, cwd=project)
    assert (built.returncode, own.returncode) == (0, 0), own.stderr
    assert (project / "a/settings.py").read_bytes() == (project / "b/settings.py").read_bytes()
    again = run("templates", "eject", NAME, *OWN, cwd=project)
    assert again.returncode == 2
    assert "error[template-exists]" in again.stderr


def test_an_override_that_has_fallen_behind_stops_the_build_and_names_the_cure(
    project: Path,
) -> None:
    fall_behind(project)
    built = run("build", "specs", *OWN, cwd=project)
    assert built.returncode == 2
    assert f"own/{NAME}:1:1: error[stale-template]" in built.stderr
    assert f"proxygen templates diff {NAME}" in built.stderr
    assert run("templates", "list", *OWN, cwd=project).returncode == 1


def test_diff_shows_what_moved_and_what_is_own(project: Path) -> None:
    assert run("templates", "diff", NAME, *OWN, cwd=project).stdout == ""
    fall_behind(project)
    shown = run("templates", "diff", NAME, *OWN, cwd=project)
    assert shown.returncode == 1
    moved, own = shown.stdout.split("--- base, then\n")[1:]
    assert "-THEN = 1\n" in moved
    assert "OWN" not in moved
    assert "+OWN = 2\n" in own
    (project / "own" / BASES / NAME).unlink()
    assert "is gone" in run("templates", "diff", NAME, *OWN, cwd=project).stderr


def test_accept_takes_the_base_of_this_version_and_leaves_the_rest(project: Path) -> None:
    fall_behind(project)
    assert run("templates", "accept", NAME, *OWN, cwd=project).returncode == 0
    text = (project / "own" / NAME).read_text(encoding="utf-8")
    assert text == f"{base_line(STOCK)}\n{STOCK}THEN = 1\nOWN = 2\n"
    assert run("templates", "list", *OWN, cwd=project).returncode == 0


@pytest.mark.parametrize("command", ["eject", "diff", "accept"])
def test_an_unknown_template_is_refused(tmp_path: Path, command: str) -> None:
    finished = run("templates", command, "setings.py.jinja", *OWN, cwd=tmp_path)
    assert finished.returncode == 2
    assert "nearest: settings.py.jinja" in finished.stderr


def test_the_configuration_names_the_overrides_for_every_command(project: Path) -> None:
    (project / "own" / NAME).write_text(f"{base_line(STOCK)}\n{STOCK}OWN = 2\n", encoding="utf-8")
    configured = project / "specs" / "proxygen.toml"
    configured.write_text('[gateway]\ntemplates = "../own"\n', encoding="utf-8")
    assert run("build", "specs", cwd=project).returncode == 0
    assert "OWN = 2" in (project / "generated" / "settings.py").read_text(encoding="utf-8")
    assert run("check", "specs", cwd=project).returncode == 0
    assert "overridden" in run("templates", "list", cwd=project).stdout
    assert "+OWN = 2" in run("templates", "diff", NAME, cwd=project).stdout
    said = run("build", "specs", "-o", "other", *OWN, cwd=project)
    assert said.returncode == 0, said.stderr
    told = (project / "other" / "manifest.json").read_bytes()
    assert told == (project / "generated" / "manifest.json").read_bytes()
    fall_behind(project)
    behind = run("build", "specs", cwd=project)
    assert f"proxygen templates diff {NAME} --templates own" in behind.stderr


def test_without_a_folder_of_overrides_a_command_says_how_to_name_one(tmp_path: Path) -> None:
    refused = run("templates", "eject", NAME, cwd=tmp_path)
    assert refused.returncode == 2
    assert "gateway.templates" in refused.stderr
