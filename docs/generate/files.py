"""Every file that proxygen writes or reads by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from proxygen.cache import VARIABLE
from proxygen.changes.ignored import NAME as IGNORE_NAME
from proxygen.config.read import CONFIG_NAME
from proxygen.output.manifest import MANIFEST
from proxygen.render.template_set import BASES
from proxygen.scaffold.propose import SCHEMA_NAME
from proxygen.supply.lock import LOCK_NAME

from .table import code, table

OUTPUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "__init__.py": "The package: `create_app`, and the check that the installed runtime fits.",
        "__main__.py": "`python -m generated`: the server.",
        "app.py": "`EDGE`, `ROUTERS` and `create_app()`.",
        "providers.py": "What handlers are given, for a container of dishka.",
        "settings.py": "`load_settings()`: the environment, checked.",
        "<service>/__init__.py": "The service's package.",
        "<service>/operations.py": "Each operation as data: paths, who may call, bindings, time-outs.",
        "<service>/contracts/__init__.py": "The package of the contracts.",
        "<service>/contracts/requests.py": "What clients may send, and what the service takes.",
        "<service>/contracts/responses.py": "What the service answers.",
        "<service>/routers/__init__.py": "The service's routers.",
        "<service>/routers/<tag>_routes.py": "The routes of one tag.",
        "tests/__init__.py": "The package of the tests.",
        "tests/conftest.py": "Mocks of the services and a verified caller, for all tests.",
        "tests/<service>/__init__.py": "The package of one service's tests.",
        "tests/<service>/test_<tag>_routes.py": "The tests of the routes of one tag.",
        "openapi.json": "The contract of the edge, OpenAPI 3.1; also at `/openapi.json` and `/docs`.",
        "LEDGER.md": "What of the documents the edge passes through or refuses, with places; for people.",
        "ledger.json": "All lines of the ledger: `counts` by service, construct and outcome; "
        "`entries` with rule, place, detail and cure.",
        "audit.json": "The access matrix: `routes`, and the `format`. The next build is held to it.",
        MANIFEST: "What the output was made from: hashes of `documents` and `templates`, the "
        "`config` that is not the default, the `generator`; hashes of all `outputs`; the `format`. "
        "A file that it does not name is not the tool's.",
    }
)
"""Path in the output → what it is."""
READ: Final[Mapping[str, str]] = MappingProxyType(
    {
        CONFIG_NAME: "The configuration; a person writes it, `proxygen init` proposes it.",
        SCHEMA_NAME: "The JSON Schema of the configuration, for editors; `proxygen init` writes it.",
        LOCK_NAME: "Where each fetched document came from: `documents`, each with `origin`, "
        "`sha256`, `fetched`, git's `revision` and `token_env`; the `format`. "
        "`proxygen specs` writes it.",
        IGNORE_NAME: "Changes that somebody has signed for: each an `[[ignore]]` with `rule`, "
        "`operation`, `pointer`, `until` and `reason`; a person writes it.",
    }
)
"""Name of a file beside the documents → what it is."""


def output() -> str:
    """A table of the files of an output."""
    return table(("file", "what it is"), [(code(name), text) for name, text in OUTPUT.items()])


def beside_documents() -> str:
    """A table of the files beside documents, and of the folders elsewhere."""
    rows = [(code(name), text) for name, text in READ.items()]
    rows += [
        (
            f"`{BASES}/` among templates",
            "The stock templates that overrides were made of; `proxygen templates` writes it.",
        ),
        (
            f"the folder that `{VARIABLE}` names",
            "What earlier builds worked out; it may be removed at any time.",
        ),
    ]
    return table(("file", "what it is"), rows)
