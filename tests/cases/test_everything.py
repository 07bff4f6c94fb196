"""A document with every field of OpenAPI 3.2 builds, and what it writes passes its own tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cases.test_cases import run_build
from tests.unit.lower.everything import EVERYTHING


def test_a_document_of_everything_builds_and_its_generated_tests_pass(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    text = json.dumps(EVERYTHING, indent=1)
    (tmp_path / "specs" / "shop.json").write_text(text, encoding="utf-8")
    built = run_build(tmp_path)
    assert built.returncode == 0, built.stderr
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "generated/tests"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
