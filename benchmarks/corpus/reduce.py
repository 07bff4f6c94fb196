"""`python -m benchmarks.corpus.reduce`: cuts the documents of tests/corpus/sample.toml out of the corpus.

The corpus is in the public domain (CC0); what is kept of a document are its head, the operations that the
sample names, and the components that these reach.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from benchmarks.corpus.fetch import CACHE, ROOT, documents
from benchmarks.corpus.steps import METHODS, at, unescaped

Json = Any

SAMPLE = ROOT / "tests" / "corpus" / "sample.toml"
OUTPUT = ROOT / "tests" / "corpus" / "documents"
_HEAD = ("openapi", "info", "servers", "security")


def main() -> int:
    """Writes one document for each row of the sample; 1 where a row names no operation."""
    documents()
    OUTPUT.mkdir(exist_ok=True)
    empty = 0
    for row in tomllib.loads(SAMPLE.read_text(encoding="utf-8"))["documents"]:
        source = CACHE / "package" / "api" / f"{row['name']}.json"
        cut = reduced(json.loads(source.read_text(encoding="utf-8")), row["operations"])
        text = json.dumps(cut, indent=1, ensure_ascii=False)
        file_of(row["name"]).write_text(text + "\n", encoding="utf-8")
        if not cut["paths"]:
            print(f"{row['name']}: no operation is {row['operations']}", file=sys.stderr)
            empty += 1
    return 1 if empty else 0


def file_of(name: str) -> Path:
    """Where the cut form of a document of the corpus is."""
    return OUTPUT / f"{name.replace('/', '_')}.json"


def reduced(document: Mapping[str, Json], operations: list[str]) -> dict[str, Json]:
    """The document with the operations that these patterns of `METHOD /path` name, and what they reach."""
    kept: dict[str, Json] = {name: document[name] for name in _HEAD if name in document}
    kept["paths"] = {
        path: item
        for path, whole in document["paths"].items()
        if (item := _kept_of(path, whole, operations))
    }
    reached = dict.fromkeys(_references(kept["paths"]))
    pending = list(reached)
    while pending:
        found = _references(at(document, pending.pop()))
        new = [pointer for pointer in dict.fromkeys(found) if pointer not in reached]
        reached.update(dict.fromkeys(new))
        pending += new
    components: dict[str, Json] = {}
    for pointer in sorted(reached):
        _, _, kind, name = pointer.split("/")[:4]
        components.setdefault(kind, {})[unescaped(name)] = at(
            document, f"#/components/{kind}/{name}"
        )
    schemes = document.get("components", {}).get("securitySchemes")
    if schemes:
        components["securitySchemes"] = schemes
    return {**kept, "components": components} if components else kept


def _kept_of(path: str, item: Mapping[str, Json], operations: list[str]) -> dict[str, Json]:
    """The path item with what is wanted of it; empty where nothing is."""
    wanted = [
        method
        for method in METHODS
        if method in item
        and any(fnmatchcase(f"{method.upper()} {path}", pattern) for pattern in operations)
    ]
    if not wanted:
        return {}
    return {key: value for key, value in item.items() if key not in METHODS or key in wanted}


def _references(node: Json) -> Iterator[str]:
    """Every reference into the components, those of discriminators included."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if isinstance(value, str) and value.startswith("#/components/"):
                yield value
            elif key != "example":
                yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


if __name__ == "__main__":
    sys.exit(main())
