"""Gateways of public documents: one each, five together, and Microsoft Graph's cut to so many operations."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus.fetch import CACHE, CorpusUnavailableError, documents, github
from benchmarks.corpus.reduce import reduced
from benchmarks.corpus.steps import METHODS
from benchmarks.edge.costs import Cost, cost_of
from benchmarks.edge.peers import ROOT
from benchmarks.edge.processes import SUBJECT_CORE, Unavailable
from benchmarks.edge.results import source_digest

_FOLDER = ROOT / ".cache" / "gateways"
_DOCUMENT = Path("specs") / "service.json"
FIVE, GITHUB, GITHUB_SHORT, STRIPE = "five", "github", "github-10", "stripe"
MANY = "five-public"
GRAPHS = ("graph-10", "graph-100", "graph-1000", "graph-11422")
_LENGTH = re.compile(r"-(\d+)$")
_PUBLIC = {
    "box": "box.com.json",
    "digitalocean": "digitalocean.com.json",
    "kubernetes": "kubernetes.io.json",
    "stripe": "stripe.com.json",
}
"""What `MANY` has beside GitHub's document, each under a prefix of its own."""
_ALONE = "from benchmarks.corpus.steps import contracts_alone; contracts_alone()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """`folder` has `specs` and, once it is built, `generated`; `routes` counts the operations.

    `first` and `last` are the paths of the document's first and last GET, ready to be asked.
    """

    folder: Path
    routes: int
    first: str
    last: str

    @property
    def document(self) -> Path:
        """The document that it is built from."""
        return self.folder / _DOCUMENT

    def build(self) -> Cost:
        """`proxygen build`, on both cores; raises `Unavailable` where it fails."""
        return cost_of(self._command, self.folder, self._environment)

    def build_on_one_core(self) -> Cost:
        """The same with one core to run on."""
        return cost_of(self._command, self.folder, self._environment, str(SUBJECT_CORE))

    def models_alone(self) -> Cost:
        """What datamodel-code-generator by itself takes to write the document's models, formatted by ruff."""
        return cost_of([sys.executable, "-c", _ALONE], self.folder, {"PYTHONPATH": str(ROOT)})

    @property
    def _command(self) -> Sequence[str]:
        return [str(ROOT / ".venv/bin/proxygen"), "build", "specs"]

    @property
    def _environment(self) -> Mapping[str, str]:
        return {"PROXYGEN_CACHE": str(self.folder / "cache")}

    def forget(self) -> None:
        """Takes away what a build has left, for the next to be a cold one."""
        for name in ("generated", "cache"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def ensure(self) -> Gateway:
        """Builds it unless that is done."""
        if not (self.folder / "generated" / "manifest.json").exists():
            self.build()
        return self


def gateway(name: str) -> Gateway:
    """Its documents in a folder for this state of the code, not built yet; `Unavailable` without them."""
    folder = _FOLDER / source_digest() / name
    if name == FIVE:
        if not (folder / "specs").exists():
            shutil.copytree(ROOT / "specs", folder / "specs")
        contract = json.loads((ROOT / "generated" / "openapi.json").read_text(encoding="utf-8"))
        return _of(folder, contract)
    if name == MANY:
        return _many(folder)
    if not (folder / _DOCUMENT).exists():
        text = _text(name)
        (folder / "specs").mkdir(parents=True, exist_ok=True)
        (folder / _DOCUMENT).write_text(text, encoding="utf-8")
    return _of(folder, json.loads((folder / _DOCUMENT).read_text(encoding="utf-8")))


def _of(folder: Path, document: Mapping[str, Any]) -> Gateway:
    paths = document["paths"]
    gets = [re.sub(r"\{[^}]*\}", "1", path) for path, item in paths.items() if "get" in item]
    routes = sum(method in METHODS for item in paths.values() for method in item)
    return Gateway(folder=folder, routes=routes, first=gets[0], last=gets[-1])


def _many(folder: Path) -> Gateway:
    texts = {name: _public(file) for name, file in _PUBLIC.items()} | {GITHUB: _text(GITHUB)}
    if not (folder / "specs").exists():
        (folder / "specs").mkdir(parents=True)
        for name, text in texts.items():
            (folder / "specs" / f"{name}.json").write_text(text, encoding="utf-8")
        said = "".join(f'[services.{name}]\nprefix = "/{name}"\n' for name in texts)
        (folder / "specs" / "proxygen.toml").write_text(said, encoding="utf-8")
    items = [item for text in texts.values() for item in json.loads(text)["paths"].values()]
    routes = sum(method in METHODS for item in items for method in item)
    return Gateway(folder=folder, routes=routes, first="", last="")


def _public(file: str) -> str:
    try:
        documents()
    except CorpusUnavailableError as error:
        raise Unavailable(str(error)) from error
    return (CACHE / "package" / "api" / file).read_text(encoding="utf-8")


def _text(name: str) -> str:
    if name == STRIPE:
        return _public(_PUBLIC["stripe"])
    if name.startswith(GITHUB):
        try:
            text = github().read_text(encoding="utf-8")
        except CorpusUnavailableError as error:
            raise Unavailable(str(error)) from error
    else:
        text = _public("microsoft.com/graph.json")
    length = _LENGTH.search(name)
    if length is None:
        return text
    document = json.loads(text)
    return json.dumps(cut(document, int(length[1])), indent=2, ensure_ascii=False)


def cut(document: Mapping[str, Any], count: int) -> Mapping[str, Any]:
    """The first and the last operations, `count` together, with what they reach.

    Its first and last are those of the whole document, so that the same routes are compared.
    """
    operations = [
        (path, method)
        for path, item in document["paths"].items()
        for method in item
        if method in METHODS
    ]
    if count >= len(operations):
        return document
    half = count // 2
    kept = {*operations[:half], *operations[-(count - half) :]}
    paths = {
        path: {
            key: value for key, value in item.items() if key not in METHODS or (path, key) in kept
        }
        for path, item in document["paths"].items()
        if any((path, method) in kept for method in item)
    }
    return reduced({**document, "paths": paths}, ["*"])
