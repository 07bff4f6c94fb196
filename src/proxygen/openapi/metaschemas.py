"""Validators of OpenAPI's own schemas, made once with every resource indexed.

The libraries make a registry for each schema that they check and index all metaschemas again in it, which
is most of their time over a large document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from jsonschema.exceptions import SchemaError
from jsonschema.validators import validator_for
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]  # it has no types
from openapi_schema_validator import OAS30Validator, OAS31Validator, OAS32Validator
from referencing.jsonschema import DRAFT4, DRAFT202012

try:
    from openapi_schema_validator._specifications import REGISTRY as OPENAPI_REGISTRY
except ImportError:  # A release that keeps its registry elsewhere is slower, not broken.
    OPENAPI_REGISTRY = None

try:
    import jsonschema_rs
except ImportError:  # It is quicker, and judges nothing differently.
    jsonschema_rs = None  # type: ignore[assignment]  # stands for "not installed"

_OPENAPI = (OAS30Validator, OAS31Validator, OAS32Validator)

SchemaChecker = Callable[[Any], None]
"""Raises `SchemaError` for a schema that is none."""


def indexed_validator(
    schema: Mapping[str, Any], *, registry: Any = REGISTRY, format_checker: Any = None
) -> Any:
    """A JSON Schema validator for `schema` that looks references up without indexing again."""
    validator_class: Any = validator_for(schema)
    specification = DRAFT4 if "id" in schema else DRAFT202012
    resource = specification.create_resource(schema)
    base = resource.id() or ""
    indexed = registry.with_resource(base, resource).crawl()
    return validator_class(
        schema, format_checker=format_checker, _resolver=indexed.resolver(base_uri=base)
    )


def surely_valid(schema: Mapping[str, Any], *, registry: Any = None) -> Callable[[Any], bool]:
    """A quick judge that never errs on the side of validity and knows no reasons; "no" means "look closer".

    The one in Rust takes a hundredth of the time; what it does not accept, the one in Python explains.
    """
    if jsonschema_rs is None:
        return _unsure
    resources = [] if registry is None else [(uri, registry.contents(uri)) for uri in registry]
    validator = jsonschema_rs.validator_for(
        dict(schema), registry=jsonschema_rs.Registry(resources), validate_formats=False
    )

    def judge(value: Any) -> bool:
        try:
            return bool(validator.is_valid(value))
        except (OverflowError, RecursionError, ValueError):
            return False

    return judge


def indexed_checker(checker: Any) -> SchemaChecker:
    """What openapi-spec-validator checks a schema with, over an indexed registry where that is known."""
    check = checker.func if isinstance(checker, partial) else checker
    kind = getattr(check, "__self__", None)
    if OPENAPI_REGISTRY is None or kind not in _OPENAPI:
        return checker  # type: ignore[no-any-return]  # the library does not say its type
    options = checker.keywords if isinstance(checker, partial) else {}
    return _checker(kind, options.get("format_checker", kind.FORMAT_CHECKER))


@lru_cache(maxsize=8)
def _checker(kind: Any, format_checker: Any) -> SchemaChecker:
    validator = indexed_validator(
        kind.META_SCHEMA, registry=OPENAPI_REGISTRY, format_checker=format_checker
    )
    judge = surely_valid(kind.META_SCHEMA, registry=OPENAPI_REGISTRY)

    def check(schema: Any) -> None:
        if judge(schema) and not _has_pattern(schema):
            return
        for error in validator.iter_errors(schema):
            raise SchemaError.create_from(error)

    return check


def _has_pattern(schema: Any) -> bool:
    """Whether a regular expression stands in a schema: the one thing that is judged by its format."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "pattern" in node or "patternProperties" in node:
                return True
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return False


def _unsure(_: Any) -> bool:
    return False
