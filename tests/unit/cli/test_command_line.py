"""Arguments, streams, exit codes and speed of the command `proxygen`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate.command_line import commands
from proxygen import __version__
from tests.unit.cli.commands import run, times_a_bare_start

SOURCE = Path(__file__).parents[3] / "src"
PETS = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets/{petId}:
    get:
      operationId: getPet
      summary: Get a pet
      tags: [Pets]
      parameters:
        - {name: petId, in: path, required: true, schema: {type: string}, example: rex}
      responses:
        "200":
          description: The pet.
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Pet"}
              example: {name: Rex}
components:
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: {type: string}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "pets.yaml").write_text(PETS, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "specs").mkdir()
    (folder / "specs" / "pets.yaml").write_text(PETS, encoding="utf-8")
    assert run("build", "specs", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def built(built_once: Path, tmp_path: Path) -> Path:
    """A project whose output is up to date."""
    return shutil.copytree(built_once, tmp_path / "project")


def test_build_writes_and_says_so_on_stderr(project: Path) -> None:
    finished = run("build", "specs", cwd=project)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == ""
    assert "generated: " in finished.stderr
    assert "new" in finished.stderr
    written = project / "generated" / "pets" / "routers" / "pets_routes.py"
    assert "async def get_pet(" in written.read_text(encoding="utf-8")


def test_a_quiet_build_says_nothing(project: Path) -> None:
    finished = run("build", "specs", "--quiet", cwd=project)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_a_second_build_changes_nothing(built: Path) -> None:
    finished = run("build", "specs", cwd=built)
    assert "nothing changed" in finished.stderr


def test_check_compares_a_mapped_class_with_its_document(project: Path) -> None:
    (project / "specs" / "proxygen.toml").write_text(
        '[services.pets]\nspec = "pets.yaml"\n[services.pets.contracts]\nPet = "team:Pet"\n',
        encoding="utf-8",
    )
    module = project / "team.py"
    module.write_text("import pydantic\nclass Pet(pydantic.BaseModel):\n    name: str\n")
    built = run("build", "specs", "--output", "generated", cwd=project)
    assert built.returncode == 0, built.stderr
    assert run("check", "specs", "--output", "generated", cwd=project).returncode == 0
    module.write_text("import pydantic\nclass Pet(pydantic.BaseModel):\n    name: int\n")
    finished = run("check", "specs", "--output", "generated", cwd=project)
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "team:Pet is not Pet of the document at /name" in finished.stderr


def test_a_refused_document_leaves_the_output_alone(built: Path) -> None:
    before = (built / "generated" / "manifest.json").read_bytes()
    (built / "specs" / "pets.yaml").write_text("openapi: [\n", encoding="utf-8")
    finished = run("build", "specs", cwd=built)
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr.startswith("specs/pets.yaml:")
    assert "error[" in finished.stderr
    assert "\n  = " in finished.stderr
    assert (built / "generated" / "manifest.json").read_bytes() == before


def test_explain_says_route_and_place(project: Path) -> None:
    finished = run("explain", "getPet", cwd=project)
    assert finished.returncode == 0, finished.stderr
    assert "getPet of pets (specs/pets.yaml:5)" in finished.stdout
    assert "GET /pets/{petId}" in finished.stdout
    assert not (project / "generated").exists()


def test_explain_finds_an_operation_by_its_route(project: Path) -> None:
    by_route = run("explain", "GET /pets/{petId}", cwd=project)
    assert by_route.stdout == run("explain", "pets.getPet", cwd=project).stdout


def test_explain_as_json_has_the_same_rows(project: Path) -> None:
    value = json.loads(run("explain", "getPet", "-f", "json", cwd=project).stdout)
    text = run("explain", "getPet", cwd=project).stdout
    assert value["format"] == 1
    assert value["rows"][0] == {
        "label": "operation",
        "text": "getPet of pets",
        "place": "specs/pets.yaml:5",
    }
    assert all(row["label"] and row["text"] in text for row in value["rows"])
    assert len(value["rows"]) == len([line for line in text.splitlines() if line])


def test_explain_of_nothing_known_names_the_nearest(project: Path) -> None:
    finished = run("explain", "getPets", cwd=project)
    assert finished.returncode == 2
    assert "nearest: getPet" in finished.stderr


def test_schema_prints_a_json_schema(tmp_path: Path) -> None:
    finished = run("schema", cwd=tmp_path)
    assert finished.returncode == 0
    assert "properties" in json.loads(finished.stdout)


@pytest.mark.parametrize(
    ("of", "file"), [("config", "proxygen"), ("report", "report"), ("audit", "audit")]
)
def test_every_published_schema_can_be_printed(of: str, file: str, tmp_path: Path) -> None:
    published = SOURCE.parent / "docs" / f"{file}.schema.json"
    assert run("schema", of, cwd=tmp_path).stdout == published.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "environment", "colored"),
    [
        ("auto", {}, False),
        ("never", {}, False),
        ("always", {}, True),
        ("always", {"NO_COLOR": "1"}, True),
    ],
)
def test_color_is_as_said(
    said: str, environment: dict[str, str], colored: bool, tmp_path: Path
) -> None:
    finished = run("--color", said, "build", "no-folder", cwd=tmp_path, **environment)
    assert ("\x1b[" in finished.stderr) is colored
    assert "missing-folder" in finished.stderr


@pytest.mark.parametrize(
    ("environment", "colored"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_gets_colour_unless_it_says_no(
    environment: dict[str, str], colored: bool, tmp_path: Path
) -> None:
    ours, theirs = os.openpty()
    try:
        subprocess.run(
            [sys.executable, "-m", "proxygen", "build", "no-folder"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            check=False,
            env={
                "PYTHONPATH": str(SOURCE),
                "PATH": os.environ["PATH"],
                "TERM": "xterm",
                **environment,
            },
        )
        said = os.read(ours, 65536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert ("\x1b[1;31merror[missing-folder]" in said) is colored


def test_the_version_is_data(tmp_path: Path) -> None:
    finished = run("--version", cwd=tmp_path)
    assert (finished.returncode, finished.stdout) == (0, f"proxygen {__version__}\n")


@pytest.mark.parametrize("arguments", [["biuld"], ["build", "--nope"], ["explain"]])
def test_a_usage_error_exits_2(tmp_path: Path, arguments: list[str]) -> None:
    finished = run(*arguments, cwd=tmp_path)
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert "Usage:" in finished.stderr


@pytest.mark.parametrize("command", commands())
def test_help_shows_an_example(tmp_path: Path, command: str) -> None:
    finished = run(*command.split(), "--help", cwd=tmp_path)
    example = " ".join(finished.stdout.partition("Example")[2].split())
    assert f"proxygen {command} " in example


def test_a_list_has_a_form_for_tools(tmp_path: Path) -> None:
    listed = json.loads(run("templates", "list", "--format", "json", cwd=tmp_path).stdout)
    assert {"name": "settings.py.jinja", "standing": "stock"} in listed
    rules = json.loads(run("diff", "--list-rules", "--format", "json", cwd=tmp_path).stdout)
    assert "operation-removed" in {rule["id"] for rule in rules}


def test_a_stream_that_takes_no_more_is_no_bug_of_ours(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "proxygen", "schema"]
    with Path("/dev/full").open("w") as full:
        finished = subprocess.run(  # noqa: S603 - this interpreter
            command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert finished.returncode == 2
    assert "the output cannot be written: No space left on device" in finished.stderr


def test_help_is_quick(tmp_path: Path) -> None:
    """0.3 s is the goal: four bare starts."""

    def helped() -> None:
        assert run("--help", cwd=tmp_path).returncode == 0

    assert times_a_bare_start(helped) < 4


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    for name in ("typer", "jinja2"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(
            f"import sys\nsys.modules[{name!r}] = None\n", encoding="utf-8"
        )
        (folder / "pets.yaml").write_text(PETS, encoding="utf-8")
        finished = run("build", ".", cwd=folder, PYTHONPATH=f"{SOURCE}{os.pathsep}{folder}")
        assert finished.returncode == 2
        assert f"needs {name}" in finished.stderr
        assert "pip install 'proxygen[cli]'" in finished.stderr


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_bug_of_ours_exits_3_without_a_traceback(tmp_path: Path, debug: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import proxygen.config.schema as schema\n"
        "def broken(): raise ZeroDivisionError('oops')\n"
        "schema.config_schema = broken\n",
        encoding="utf-8",
    )
    path = f"{SOURCE}{os.pathsep}{tmp_path}"
    finished = run("schema", cwd=tmp_path, PYTHONPATH=path, PROXYGEN_DEBUG=debug)
    assert finished.returncode == 3
    assert "ZeroDivisionError: oops" in finished.stderr
    assert ("Traceback" in finished.stderr) is bool(debug)
