"""How soon an edge serves: what a start must not do, and what it may take beside a bare interpreter's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from generated.settings import SERVICES
from tests.unit.cli.commands import times_a_bare_start
from tests.wire.edge import ROOT, Edge, settings

ENVIRONMENT = settings(**{service.base_url_env: "http://127.0.0.1:9" for service in SERVICES})
PARENTS = {"RootContract", "RootModel[~Root]"}
"""Generic parents: of no value yet, so that there is nothing to put off."""
CREATED = """\
import json, sys
from generated.app import create_app
create_app()
classes = [
    one
    for name, module in sys.modules.items()
    if name.startswith("generated.") and ".contracts." in name
    for one in vars(module).values()
    if isinstance(one, type) and one.__module__ == name
]
built = [one.__name__ for one in classes if getattr(one, "__pydantic_complete__", False)]
print(json.dumps([sorted(sys.modules), len(classes), built]))
"""


def test_a_start_imports_no_contracts_of_answers_and_builds_none_of_requests() -> None:
    done = subprocess.run(  # noqa: S603 - this interpreter, a script of this test
        [sys.executable, "-c", CREATED],
        cwd=ROOT,
        env=Edge.environment(ENVIRONMENT),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded, classes, built = json.loads(done.stdout)
    assert classes > 20
    assert set(built) <= PARENTS
    assert "generated.batch_orchestrator.contracts.requests" in loaded
    assert not [name for name in loaded if name.endswith(".contracts.responses")]


def test_the_five_services_are_ready_within_a_second_of_a_quiet_machine(tmp_path: Path) -> None:
    """1 s is the goal: fourteen bare starts."""

    def begin() -> None:
        edge = Edge(ENVIRONMENT, log=tmp_path / "stderr")
        try:
            edge.wait_until_up("/readyz")
        finally:
            edge.process.kill()
            edge.process.wait()

    assert times_a_bare_start(begin) < 14
