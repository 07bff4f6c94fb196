"""What it means to execute a block, by its language; a failure is an AssertionError that names the block."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from proxygen.pipeline import Refused, build_specs
from proxygen.report.finding import Report, finding_of
from proxygen.report.text import text_report

from .blocks import Block, read_page
from .project import ROOT, Project

CONFIGURATION: Final = "specs/proxygen.toml"


def execute(block: Block, project: Project) -> None:
    """Runs, writes or compares this block; AssertionError where it is not what the page says."""
    if "excerpt" in block.options:
        check_excerpt(block, project)
        return
    action = ACTIONS.get(block.language)
    assert action is not None, f"{block.place}: nothing executes {block.language or 'plain'} blocks"
    action(block, project)


def write_files(page: Path, project: Project) -> None:
    """The files that a page's blocks are, without what it runs: where other pages start."""
    for block in read_page(page).blocks:
        if block.file is not None and "excerpt" not in block.options:
            project.write(block.file, block.text, add="add" in block.options)


def run_console(block: Block, project: Project) -> None:
    """`$` lines are run; what stands below one is its output, in which `...` stands for anything."""
    steps = list(_steps(block))
    assert steps, f"{block.place}: no line begins with `$ `"
    for number, (command, shown_output) in enumerate(steps):
        wanted = _pattern(shown_output)
        if "background" in block.options:
            said_so, output = project.start(command, wanted)
            assert said_so, f"{block.place}: {command}\nsaid\n{output}\nand not\n{shown_output}"
            continue
        code, output = project.run(command)
        last = number == len(steps) - 1
        expected = int(block.options.get("exit", "0")) if last else 0
        assert code == expected, f"{block.place}: {command}\nexit {code}, not {expected}\n{output}"
        if shown_output and not wanted.fullmatch(output.strip("\n")):
            said = f"{block.place}: {command}\nprinted\n{output}\nand the page says\n{shown_output}"
            assert project.rewritten is not None, said
            assert "..." not in shown_output, said
            now = output.strip("\n")
            project.rewritten[f"$ {command}\n{shown_output}"] = f"$ {command}\n{now}"


def write_toml(block: Block, project: Project) -> None:
    """A file of the project; a configuration must build, or be refused by the rule that is named."""
    name = _file_of(block)
    path = project.write(name, block.text, add="add" in block.options)
    tomllib.loads(path.read_text(encoding="utf-8"))
    if name == CONFIGURATION:
        check_build(block, project)


def check_build(block: Block, project: Project) -> None:
    """Builds without writing."""
    built = build_specs(project.folder / "specs")
    refused = block.options.get("refused")
    if isinstance(built, Refused):
        rules = {finding.rule for finding in built.diagnostics}
        findings = tuple(map(finding_of, built.diagnostics))
        text = text_report(Report(command="build", findings=findings, rules={}))
        assert refused in rules, f"{block.place}: does not build\n{text}"
    else:
        assert refused is None, f"{block.place}: builds, and the page says {refused}"


def write_python(block: Block, project: Project) -> None:
    """A module of the project, which parses; commands of the page run it."""
    ast.parse(block.text)
    project.write(_file_of(block), block.text, add="add" in block.options)


def write_yaml(block: Block, project: Project) -> None:
    """A document or a CI file; the commands of a CI file are run, and must exit with 0."""
    loaded = yaml.safe_load(block.text)
    name = _file_of(block)
    project.write(name, block.text)
    if not name.startswith("specs/"):
        for command in commands_of(loaded):
            code, output = project.run(command)
            assert code == 0, f"{block.place}: {command}\nexit {code}\n{output}"


def commands_of(node: Any) -> Iterator[str]:
    """The shell commands of a workflow of GitHub or a pipeline of GitLab."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "run":
                yield value
            elif key in {"script", "before_script"}:
                yield from value
            else:
                yield from commands_of(value)
    elif isinstance(node, list):
        for item in node:
            yield from commands_of(item)


def write_json(block: Block, project: Project) -> None:
    """A value that parses; JSON has no comments, so the option names its file."""
    json.loads(block.text)
    name = block.options.get("file")
    assert name, f"{block.place}: json without file=, excerpt or a reason"
    project.write(name, block.text)


def write_other(block: Block, project: Project) -> None:
    """A file that only commands of the page judge."""
    project.write(_file_of(block), block.text, add="add" in block.options)


def apply_diff(block: Block, project: Project) -> None:
    """What a reader edits by hand; git skips lines beyond the counts of a hunk, so it is asked twice."""
    for options in ((), ("--reverse", "--check", "--recount")):
        done = subprocess.run(  # noqa: S603 - git, with options of ours
            ["git", "apply", "-p0", *options, "-"],  # noqa: S607 - git is needed for everything here
            cwd=project.folder,
            input=block.text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block.place}: does not apply\n{done.stderr}"


def check_excerpt(block: Block, project: Project) -> None:
    """Each line is in the named file, in this order; blanks do not count, so lines may be broken."""
    name = _file_of(block)
    path = project.folder / name
    text = "".join((path if path.is_file() else ROOT / name).read_text(encoding="utf-8").split())
    position = 0
    for line in block.text.splitlines()[1:]:
        wanted = "".join(line.split())
        if not wanted or wanted in {"...", "#..."}:
            continue
        found = text.find(wanted, position)
        assert found >= 0, f"{block.place}: {name} does not go on with\n{line}"
        position = found + len(wanted)


ACTIONS: Final[Mapping[str, Callable[[Block, Project], None]]] = MappingProxyType(
    {
        "console": run_console,
        "diff": apply_diff,
        "toml": write_toml,
        "python": write_python,
        "yaml": write_yaml,
        "json": write_json,
        "jinja": write_other,
        "ini": write_other,
    }
)
"""Language → what executes it; any other needs a reason why nothing does."""


def _file_of(block: Block) -> str:
    assert block.file, f"{block.place}: the first line is no comment that names a file"
    return block.file


def _steps(block: Block) -> Iterator[tuple[str, str]]:
    """Commands and what is shown below each."""
    command: str | None = None
    output: list[str] = []
    goes_on = False
    for line in block.text.splitlines():
        if goes_on:
            assert command is not None
            command += "\n" + line.removeprefix("> ")
        elif line.startswith("$ "):
            if command is not None:
                yield command, "\n".join(output)
            command, output = line[2:], []
        else:
            assert command is not None, f"{block.place}: output before a command"
            output.append(line)
            continue
        goes_on = command.endswith("\\")
    if command is not None:
        yield command, "\n".join(output)


def _pattern(shown_output: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in shown_output.strip("\n").split("..."))
    return re.compile(".*?".join(parts), re.DOTALL)
