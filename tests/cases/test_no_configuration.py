"""A folder with one document and nothing else builds, and what it writes passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.cases.test_cases import laid_out, run_build


def test_one_document_builds_and_its_generated_tests_pass(tmp_path: Path) -> None:
    folder = laid_out("no_configuration", tmp_path)
    built = run_build(folder)
    assert built.returncode == 0, built.stderr
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "generated/tests"],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout


def test_without_configuration_only_the_identity_headers_are_bound(tmp_path: Path) -> None:
    folder = laid_out("no_configuration", tmp_path)
    assert run_build(folder).returncode == 0
    operations = (folder / "generated" / "shop" / "operations.py").read_text(encoding="utf-8")
    assert "Binding(" not in operations
    assert 'Parameter(name="user_id")' in operations
    ledger = (folder / "generated" / "LEDGER.md").read_text(encoding="utf-8")
    assert "user\\_id" in ledger or "user_id" in ledger
