"""Remembers which documents the validator had nothing to say about, so that it judges each but once.

The verdict is kept under a hash of all that it rests on: the document whole, but for its prose. That a
description is a string is judged; what it says is not. Anything that was found is found again at every build.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from proxygen.cache import Cache, key_of
from proxygen.cores import ONE_CORE, Cores
from proxygen.diagnostics import Diagnostic
from proxygen.generator import generator_digest
from proxygen.openapi.findings import Findings
from proxygen.openapi.version import Version
from proxygen.source.document import Document, Pointer

_KIND = "valid"
_PROSE: Final = frozenset({"description", "summary"})
_DATA: Final = frozenset({"const", "default", "enum", "example", "examples", "mapping", "value"})
"""Below these, `description` is a name like any other."""


def validate(
    document: Document,
    version: Version,
    findings: Findings,
    cache: Cache,
    cores: Cores = ONE_CORE,
) -> Callable[[], None]:
    """As `validate_document`, which is asked unless it has found nothing in the same document before.

    What it finds is in `findings` once the result is called; until then nobody else adds to them.
    """
    key = "" if cache.folder is None else _key(document.value, version)
    if key and cache.get(_KIND, key) == key.encode():
        return lambda: None
    # The validator and JSON Schema take half a second to import; only builds pay for it.
    from proxygen.openapi.validate import validate_document

    def judge() -> dict[tuple[str, Pointer, str], Diagnostic]:
        if validate_document(document, version, findings) and key:
            cache.put(_KIND, key, key.encode())
        return findings.known()

    judged = cores.start(judge)
    return lambda: findings.learn(judged())


def _key(value: Any, version: Version) -> str:
    try:
        text = json.dumps(without_prose(value))
    except (TypeError, ValueError, RecursionError):
        return ""
    return key_of([generator_digest(), repr(version), text])


def without_prose(node: Any) -> Any:
    """The document with empty strings for its descriptions and summaries."""
    if isinstance(node, dict):
        return {
            name: ""
            if name in _PROSE and isinstance(value, str)
            else without_prose(value)
            if isinstance(value, dict | list) and name not in _DATA
            else value
            for name, value in node.items()
        }
    if isinstance(node, list):
        return [without_prose(one) for one in node]
    return node
