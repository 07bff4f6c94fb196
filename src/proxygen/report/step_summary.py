"""The summary of a job in GitHub's CI: Markdown that is added to the file which the runner names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

VARIABLE = "GITHUB_STEP_SUMMARY"
_LIMIT = 1 << 20
"""Bytes of a step's summary; a longer one is thrown away whole by the runner."""
_CUT = "\n… and more: see the log of this step.\n"


def add_step_summary(markdown: str, environment: Mapping[str, str]) -> None:
    """Add to the summary where a runner asks for one, as far as it fits; raises `OSError`."""
    name = environment.get(VARIABLE)
    if not name:
        return
    path = Path(name)
    room = _LIMIT - (path.stat().st_size if path.exists() else 0) - len(_CUT.encode())
    if room <= 0:
        return
    content = f"{markdown}\n".encode("utf-8", "backslashreplace")
    if len(content) > room:
        whole_lines = content[:room].rpartition(b"\n")[0]
        content = whole_lines + _CUT.encode()
    with path.open("ab") as summary:
        summary.write(content)
