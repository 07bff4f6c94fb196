"""`pip` in a page's project: installs nothing, and fails where a page names what cannot be installed."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, metadata

from packaging.requirements import Requirement


def main() -> int:
    """0 where each requirement is installed here and has the extras that are asked for."""
    command, *words = sys.argv[1:]
    wanted = [Requirement(word) for word in words if not word.startswith("-")]
    problems = [problem for problem in map(problem_of, wanted) if problem]
    if command != "install" or not wanted:
        problems.append(f"pip {command}: not a command of the pages")
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


def problem_of(wanted: Requirement) -> str | None:
    """What keeps this from being installed, None where nothing does."""
    try:
        found = metadata(wanted.name)
    except PackageNotFoundError:
        return f"{wanted.name} is not in the environment of the tests"
    missing = wanted.extras - set(found.get_all("Provides-Extra") or ())
    if missing:
        return f"{wanted.name} has no extra {', '.join(sorted(missing))}"
    if not wanted.specifier.contains(found["Version"], prereleases=True):
        return f"{wanted} is not {found['Version']}"
    return None


if __name__ == "__main__":
    sys.exit(main())
