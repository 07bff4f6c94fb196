"""Which templates a build uses: the stock ones, each of which a folder of the user's can override.

An override names in its first line the stock template that it was derived from, so that one which has
fallen behind is an error and not a surprise:

    {# proxygen-base: sha256:<hash of the stock template> #}
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity

BASES = ".proxygen-base"
"""The folder among overrides that keeps the stock templates which they were derived from."""
_SUFFIX = ".jinja"
_BASE_LINE = re.compile(r"\{# proxygen-base: sha256:([0-9a-f]{64}) #\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template's text and the hash by which the manifest and overrides know it.

    `file` is an override's path, "" of a stock template.
    """

    name: str
    text: str
    file: str = ""

    @property
    def overridden(self) -> bool:
        """Whether it is the user's."""
        return bool(self.file)

    @property
    def sha256(self) -> str:
        """Of the text as UTF-8, in hexadecimal."""
        return sha256(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSet:
    """Every template by its name: the path of what it writes, with `.jinja` after it."""

    templates: Mapping[str, Template]

    @classmethod
    def load(cls, override: Path | None = None) -> TemplateSet:
        """The stock templates, less those that files in `override` replace.

        Raises `InputRefused` where an override is unknown, stale, unmarked, or leads out of its folder.
        """
        stock = {
            name: Template(name=name, text=text) for name, text in _read(stock_folder()).items()
        }
        if override is None:
            return cls(templates=stock)
        own, findings = _overrides(override, stock)
        if findings:
            raise InputRefused(findings)
        return cls(templates={**stock, **own})


def sha256(text: str) -> str:
    """Of the text as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def base_line(text: str) -> str:
    """The first line of an override of the stock template with this text."""
    return f"{{# proxygen-base: sha256:{sha256(text)} #}}"


def base_of(text: str) -> tuple[str | None, str]:
    """The hash that an override names, None where it names none, and the text without that line."""
    first, _, rest = text.partition("\n")
    marked = _BASE_LINE.fullmatch(first.rstrip())
    return (None, text) if marked is None else (marked[1], rest)


def stock_folder() -> Path:
    """Where the stock templates are: in the wheel, or at the root of an editable checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "templates", package.parents[1] / "templates"):
        if (folder / "app.py.jinja").is_file():
            return folder
    raise FileNotFoundError("this installation of proxygen has no templates; install it again")


def _read(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob(f"*{_SUFFIX}"))
    }


def _overrides(
    folder: Path, stock: Mapping[str, Template]
) -> tuple[dict[str, Template], list[Diagnostic]]:
    own: dict[str, Template] = {}
    findings: list[Diagnostic] = []
    if folder.is_symlink() or not folder.is_dir():
        finding = _finding(
            folder, "templates-folder", "is not a folder", "name a folder of templates"
        )
        return own, [finding]
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if (path.is_dir() and not path.is_symlink()) or path.is_relative_to(folder / BASES):
            continue
        if not path.resolve().is_relative_to(root):
            text = "leads out of the templates' folder"
            findings.append(_finding(path, "template-outside", text, "put the file itself there"))
            continue
        name = path.relative_to(folder).as_posix()
        found = _override(folder, name, stock)
        if isinstance(found, Diagnostic):
            findings.append(found)
        else:
            own[name] = found
    return own, findings


def _override(folder: Path, name: str, stock: Mapping[str, Template]) -> Template | Diagnostic:
    path = folder / name
    base = stock.get(name)
    if base is None:
        near = difflib.get_close_matches(name, stock, 1)
        hint = f"nearest: {near[0]}; " if near else ""
        cure = f"{hint}known templates: {', '.join(sorted(stock))}"
        return _finding(path, "unknown-template", f"there is no template {name}", cure)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return _finding(path, "unreadable-template", str(error), "make it a readable UTF-8 file")
    marked, rest = base_of(text)
    line = base_line(base.text)
    if marked is None:
        found = f"does not say in its first line which {name} it was derived from"
        return _finding(path, "unmarked-template", found, f"begin it with {line}", line=1)
    if marked != base.sha256:
        found = f"was derived from another {name} than this version of proxygen has"
        which = f"{name} --templates {quote(folder.as_posix())}"
        cure = f"see proxygen templates diff {which}, then proxygen templates accept {which}"
        return _finding(path, "stale-template", found, cure, line=1)
    return Template(name=name, text=rest, file=path.as_posix())


def _finding(path: Path, rule: str, found: str, cure: str, *, line: int = 0) -> Diagnostic:
    location = Location(path.as_posix(), line, 1 if line else 0)
    return Diagnostic(rule, Severity.ERROR, location, found, cure)
