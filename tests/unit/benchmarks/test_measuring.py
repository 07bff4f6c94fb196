"""What the benchmark measures with: it must notice what it exists to notice."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree as ET

import pytest

from benchmarks.edge import building, routes, starting
from benchmarks.edge.building import change_a_description
from benchmarks.edge.cases import ANSWER, CASES
from benchmarks.edge.charts import Group, Line, dots
from benchmarks.edge.costs import cost_of
from benchmarks.edge.curves import Panel, panels
from benchmarks.edge.gateways import FIVE, GRAPHS, Gateway, cut
from benchmarks.edge.load import Aim, Load, UnexpectedAnswerError
from benchmarks.edge.paced import paced
from benchmarks.edge.profile import LIBRARIES, MODULES, shares_of
from benchmarks.edge.report import page
from benchmarks.edge.results import Key, Part, Results
from benchmarks.edge.sections import plot_of_routes
from benchmarks.edge.targets import verdicts
from benchmarks.edge.throughput import PART

_STALL = 0.3


@contextmanager
def _answering(status: str, *, stalls_at: int = -1) -> Iterator[int]:
    """The port of a server of one connection; before one answer it does nothing for `_STALL` seconds."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            number = 0
            while connection.recv(65536):
                if number == stalls_at:
                    time.sleep(_STALL)
                connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\n{{}}".encode())
                number += 1

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
    thread.join(5)


@pytest.fixture
def load(tmp_path: Path) -> Load:
    tokens = tmp_path / "tokens"
    tokens.write_text("user-1 a.b.c\n", encoding="ascii")
    return Load(tokens=tokens, body=tmp_path / "body", probe="", public_key="")


def _aim(port: int) -> Aim:
    return Aim(port=port, process=0, path="/", case=CASES[ANSWER])


def test_one_stall_counts_for_every_request_that_was_due_meanwhile(load: Load) -> None:
    with _answering("200 OK", stalls_at=10) as port:
        found = paced(_aim(port), load, rate=100, seconds=1, connections=1)
    assert found.p99 > 0.8 * _STALL
    # Of the hundred, thirty were due in the stall: by when they were sent, only one would be slow.
    assert found.sent_late > 0.5 * _STALL


def test_answer_that_is_no_200_ends_the_measurement(load: Load) -> None:
    with _answering("409 Conflict") as port, pytest.raises(UnexpectedAnswerError, match="409"):
        paced(_aim(port), load, rate=100, seconds=1, connections=1)


def test_cut_document_keeps_the_first_and_last_operations_and_what_they_reach() -> None:
    schemas = {str(number): {"type": "object"} for number in range(9)}
    reference = {str(n): {"schema": {"$ref": f"#/components/schemas/{n}"}} for n in range(9)}
    document = {
        "openapi": "3.1.0",
        "paths": {f"/{n}": {"get": {"content": reference[str(n)]}} for n in range(9)},
        "components": {"schemas": schemas},
    }
    short = cut(document, 3)
    assert list(short["paths"]) == ["/0", "/7", "/8"]
    assert set(short["components"]["schemas"]) == {"0", "7", "8"}
    assert cut(document, 9) == document


def test_sample_belongs_to_the_edges_module_that_called_and_to_the_package_that_ran() -> None:
    edge, library = "/src/proxygen/runtime/guard.py", "/lib/site-packages/jwt/api_jws.py"
    stacks = f"run (asyncio/base.py:1);check ({edge}:7);verify ({library}:9) 3\nrun (asyncio/base.py:1) 1\n"
    found = shares_of(stacks)
    assert found[MODULES] == {"guard": 0.75, "before and after the edge's code": 0.25}
    assert found[LIBRARIES] == {"jwt": 0.75, "Python's own library": 0.25}


def test_target_without_a_measurement_is_neither_held_nor_missed() -> None:
    found = list(verdicts({PART: Part(source="", when="", seconds=1)}))
    assert {(one.measured, one.held) for one in found} == {("not measured", None)}


def test_a_row_of_another_state_of_the_code_says_so(tmp_path: Path) -> None:
    results = Results(tmp_path / "edge.json")
    ready = {"seconds": 0.7, "megabytes": 80.0, "resident": 140.0, "largest": 70.0}
    for name, source in ((PART, "new"), (starting.PART, "old")):
        results.parts[name] = Part(source=source, when="then", seconds=1)
    key = Key(subject=FIVE, case=starting.READY, at=48)
    results.add(results.parts[starting.PART], key, ready)
    written = page(results)
    assert "ready | ≤ 1 s | 0.70 s † | yes |" in written
    marked = next(line for line in written.splitlines() if line.startswith("† measured"))
    assert "old" in marked
    assert "state of the code old, which is not that of the requests (new)." in written
    results.parts[starting.PART].source = "new"
    results.parts[starting.PART].note = "Others were at work."
    results.write()
    assert "state of the code new. Others were at work." in page(Results(tmp_path / "edge.json"))
    assert "0.70 s † |" not in page(results)
    assert "not that of" not in page(results)


def test_parts_that_are_not_asked_for_keep_their_rounds(tmp_path: Path) -> None:
    results = Results(tmp_path / "edge.json")
    results.parts[starting.PART] = Part(source="old", when="then", seconds=1)
    key = Key(subject=FIVE, case=starting.READY, at=48)
    results.add(results.parts[starting.PART], key, {"seconds": 0.7})
    results.begin(PART, 1, fresh=False)
    results.write()
    kept = Results(tmp_path / "edge.json").parts[starting.PART]
    assert (kept.source, kept.rounds) == ("old", {key: [{"seconds": 0.7}]})
    assert not results.begin(starting.PART, 1, fresh=False).rounds


def test_pictures_are_well_formed_whatever_their_names() -> None:
    line = Line(label="a & <b>", values={"one": 12.0, "other": 3400.0}, ours=True)
    theirs = replace(line, ours=False)
    panel = Panel(title="a & <b>", unit="MB", curves={"first & last": [(10.0, 0.4), (100.0, 0.02)]})
    for picture in (
        dots("a & b", ["one", "other"], "one", [Group(title="<", lines=[line, theirs])]),
        panels("a & b", "<", (10, 100), [panel]),
    ):
        texts = "".join(ET.fromstring(picture).itertext())  # noqa: S314 - made above
        assert "a & <b>" in texts


def test_a_plot_is_logarithmic_both_ways() -> None:
    panel = Panel(
        title="build", unit="s", curves={"cold": [(10.0, 0.1), (100.0, 1.0), (1000.0, 10.0)]}
    )
    drawn = panels("builds", "routes", (10, 100, 1000), [panel])
    line = ET.fromstring(drawn).find(".//{*}polyline")  # noqa: S314 - made above
    assert line is not None
    points = [[float(one) for one in point.split(",")] for point in line.attrib["points"].split()]
    steps = {
        (round(right - left), round(lower - upper))
        for (left, lower), (right, upper) in pairwise(points)
    }
    assert len(steps) == 1
    assert all(part > 0 for part in next(iter(steps)))


def test_the_plots_have_all_that_is_measured_of_gateways_by_routes(tmp_path: Path) -> None:
    results = Results(tmp_path / "edge.json")
    values = {"seconds": 1.0, "cpu": 1e-4, "megabytes": 90.0, "rate": 900.0}
    cases = {
        building.PART: [("", one) for one in (building.COLD, building.EDITED, building.UNCHANGED)],
        starting.PART: [("", starting.READY)],
        routes.PART: [
            (suffix, which)
            for suffix in ("", routes.INCLUDED)
            for which in (routes.FIRST, routes.LAST)
        ],
    }
    for name, of_part in cases.items():
        part = results.begin(name, 1, fresh=True)
        for suffix, case in of_part:
            for gateway in GRAPHS:
                at = int(gateway.rpartition("-")[2])
                results.add(part, Key(subject=gateway + suffix, case=case, at=at), values)
    drawn = plot_of_routes(results.parts) or ""
    plots = ET.fromstring(drawn).findall("{*}g")  # noqa: S314 - made above
    assert [len(plot.findall("{*}polyline")) for plot in plots] == [3, 3, 2, 1, 2, 2, 1, 2, 2]
    assert "11,422: 100" in drawn  # microseconds


def test_what_the_bench_holds_is_not_the_memory_of_a_command(tmp_path: Path) -> None:
    held = bytearray(b"x") * (200 * 1024 * 1024)
    found = cost_of([sys.executable, "-IS", "-c", "sum(range(3_000_000))"], tmp_path, {}, "0,1")
    assert len(held) > found.megabytes * 1024 * 1024 * 2
    assert found.cpu > 0
    assert found.seconds < 60


def test_the_description_that_is_changed_is_that_of_an_operation(tmp_path: Path) -> None:
    text = json.dumps(
        {
            "openapi": "3.1.0",
            "tags": [{"name": "a", "description": "Same."}],
            "paths": {"/a": {"get": {"description": "Same."}}},
        },
        indent=1,
    )
    one = Gateway(folder=tmp_path, routes=1, first="", last="")
    one.document.parent.mkdir()
    one.document.write_text(text)
    change_a_description(one)
    changed = json.loads(one.document.read_text())
    assert changed["paths"]["/a"]["get"]["description"] == "Same.."
    assert changed["tags"] == [{"name": "a", "description": "Same."}]
