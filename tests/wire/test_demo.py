"""`make demo` serves the edge before stubs, says what to type, and stops cleanly on Ctrl-C."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parents[2]
INTRODUCED = "Ctrl-C stops it."
SECONDS = 30.0


def test_three_lines_work_and_ctrl_c_stops_it(tmp_path: Path) -> None:
    log = tmp_path / "said.txt"
    with log.open("wb") as said:
        demo = subprocess.Popen(
            [sys.executable, "-m", "proxygen.testing.demo", "generated"], cwd=ROOT, stdout=said
        )
        try:
            text = introduction(log, demo)
            exported = dict(re.findall(r"^export (\w+)=(\S+)$", text, re.MULTILINE))
            lines = re.findall(r"^curl (.+)$", text, re.MULTILINE)
            assert exported.keys() == {"EDGE", "TOKEN"}
            assert len(lines) == 3
            assert [status_of(line, exported) for line in lines] == [200, 200, 200]
        finally:
            demo.send_signal(signal.SIGINT)
            code = demo.wait(timeout=SECONDS)
    assert code == 0
    assert log.read_text().endswith("\nstopped\n")


def introduction(log: Path, demo: subprocess.Popen[bytes]) -> str:
    """What the demo says once it serves."""
    deadline = time.monotonic() + SECONDS
    while INTRODUCED not in log.read_text():
        assert demo.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    return log.read_text()


def status_of(line: str, exported: Mapping[str, str]) -> int:
    """The status that one of the printed curl lines gets; `-i` and a header are all that they use."""
    words = shlex.split(Template(line).substitute(exported))
    name, _, value = words[words.index("-H") + 1].partition(": ")
    request = urllib.request.Request(words[-1], headers={name: value})  # noqa: S310 - the loopback
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        return int(answer.status)
