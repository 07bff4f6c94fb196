"""The output, copied into another project, serves there and passes its own tests there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from dishka import Provider, Scope
from fastapi import FastAPI

from proxygen.runtime import EdgeSettings
from proxygen.testing import respx_transport

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`services/x` with the committed edge at `src/x/edge`."""
    service = tmp_path_factory.mktemp("platform") / "services" / "x"
    shutil.copytree(Path(__file__).with_name("service"), service)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "generated", service / "src" / "x" / "edge", ignore=ignore)
    return service


@pytest.fixture
def downstream() -> respx.Router:
    """What the services behind the edge answer."""
    router = respx.Router(assert_all_called=False)
    router.route().mock(return_value=httpx.Response(200, json={"said by": "a downstream"}))
    return router


@pytest.fixture
def service(
    project: Path, downstream: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FastAPI]:
    """The team's application, with only the transport of the edge replaced."""
    monkeypatch.syspath_prepend(str(project / "src"))
    main: Any = import_module("x.main")
    names = [entry.name for entry in import_module("x.edge").EDGE.services]
    settings = EdgeSettings.model_validate(
        {
            "transport": "httpx",
            "services": {name: {"base_url": "http://downstream.test"} for name in names},
        }
    )
    client = httpx.AsyncClient(transport=respx_transport(downstream))
    replaced = Provider(scope=Scope.APP)
    replaced.provide(lambda: client, provides=httpx.AsyncClient)
    yield main.create_service(settings, replaced)
    for name in [name for name in sys.modules if name == "x" or name.startswith("x.")]:
        del sys.modules[name]


async def get(app: FastAPI, path: str, **headers: str) -> httpx.Response:
    """One GET through the team's whole application."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
        return await client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


async def test_the_teams_identity_middleware_and_dependencies_run(
    service: FastAPI, downstream: respx.Router
) -> None:
    answer = await get(service, "/api/v1/classes/c1", x_session="bo", x_user_id="mallory")
    assert answer.status_code == 200
    assert answer.json() == {"said by": "a downstream"}
    assert answer.headers["x-team"] == "1"
    assert service.state.counted == 1
    sent = downstream.calls.last.request
    assert sent.url.path == "/v1/classes/c1"
    assert sent.headers.get_list("x-user-id") == ["bo"]


async def test_the_teams_401_is_its_own_and_nothing_is_sent(
    service: FastAPI, downstream: respx.Router
) -> None:
    answer = await get(service, "/api/v1/classes/c1")
    assert answer.status_code == 401
    assert answer.json() == {"detail": "No session"}
    assert not downstream.calls


async def test_the_teams_hook_decides_before_anything_is_forwarded(
    service: FastAPI, downstream: respx.Router
) -> None:
    refused = await get(service, "/api/v1/results/batches", x_session="basil")
    assert refused.status_code == 403
    assert refused.json() == {"detail": "Not in your plan"}
    assert not downstream.calls
    answer = await get(service, "/api/v1/classes/c1", x_session="basil")
    assert (answer.status_code, answer.headers["x-plan"]) == (200, "basic")
    assert len(downstream.calls) == 1


async def test_raw_segments_decide_below_a_prefix_too(
    service: FastAPI, downstream: respx.Router
) -> None:
    await get(service, "/api/v1/classes/a%2Fadmin", x_session="bo")
    sent = downstream.calls.last.request
    target = sent.extensions.get("target", sent.url.raw_path)
    assert target == b"/v1/classes/a%2Fadmin"


async def test_the_teams_own_routes_and_documentation_stay(service: FastAPI) -> None:
    assert (await get(service, "/own")).json() == {"said by": "the team"}
    paths = (await get(service, "/openapi.json")).json()["paths"]
    assert {"/own", "/api/v1/classes/{class_id}"} <= set(paths)


def test_the_generated_tests_pass_there(project: Path) -> None:
    done = run_pytest(project, "src/x/edge/tests")
    assert done.returncode == 0, done.stdout[-4000:]


def test_another_contract_number_says_what_to_do(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "edge_of_another_runtime"
    shutil.copytree(project / "src" / "x" / "edge", copy)
    package = copy / "__init__.py"
    text = package.read_text(encoding="utf-8")
    assert "require_contract(1)" in text
    package.write_text(
        text.replace("require_contract(1)", "require_contract(99)"), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", "import edge_of_another_runtime"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "proxygen build" in done.stderr
    assert "AttributeError" not in done.stderr


def run_pytest(project: Path, tests: str) -> subprocess.CompletedProcess[str]:
    """Pytest as that project would run it."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests]
    return subprocess.run(  # noqa: S603 - our own interpreter
        command,
        cwd=project,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
