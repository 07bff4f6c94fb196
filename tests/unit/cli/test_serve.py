"""`proxygen serve` and `proxygen dev` run what a build wrote, and say what else a folder is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.commands import SOURCE, run
from tests.unit.cli.test_command_line import PETS


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edge")
    (folder / "specs").mkdir()
    (folder / "specs" / "pets.yaml").write_text(PETS, encoding="utf-8")
    assert run("build", "specs", cwd=folder).returncode == 0
    return folder


@pytest.mark.parametrize("command", ["serve", "dev"])
def test_a_folder_that_no_build_wrote_is_refused(project: Path, command: str) -> None:
    finished = run(command, "specs", cwd=project)
    assert finished.returncode == 2
    assert "is no folder that a build wrote" in finished.stderr


def test_serve_is_the_gateway_itself_which_refuses_missing_settings(project: Path) -> None:
    finished = run("serve", cwd=project)
    direct = subprocess.run(
        [sys.executable, "-m", "generated"],
        cwd=project,
        env={"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == direct.returncode == 2
    assert finished.stderr == direct.stderr
    assert "PETS_URL" in finished.stderr


def test_dev_serves_before_fake_services_until_ctrl_c(project: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "proxygen", "dev"],
        cwd=project,
        env={"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "curl" in line:
                process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    assert "http://127.0.0.1:" in said
    assert "stopped" in said
