"""Lets openapi-spec-validator judge a document, and turns its findings into ours with their places."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NoReturn, cast

from jsonschema.exceptions import UnknownType, ValidationError
from jsonschema.validators import extend
from jsonschema_path import SchemaPath
from openapi_spec_validator import (
    OpenAPIV2SpecValidator,
    OpenAPIV30SpecValidator,
    OpenAPIV31SpecValidator,
    OpenAPIV32SpecValidator,
)
from openapi_spec_validator.validation.exceptions import (
    DuplicateOperationIDError,
    ExtraParametersError,
    OpenAPIValidationError,
    ParameterDuplicateError,
    UnresolvableParameterError,
)
from openapi_spec_validator.validation.registries import KeywordValidatorRegistry
from referencing.exceptions import Unresolvable

from proxygen.openapi.findings import Findings
from proxygen.openapi.metaschemas import (
    SchemaChecker,
    indexed_checker,
    indexed_validator,
    surely_valid,
)
from proxygen.openapi.severity import is_oversight, is_understood
from proxygen.openapi.version import Version
from proxygen.source.document import Document, Pointer
from proxygen.source.pointers import index, join, split
from proxygen.source.refusal import shown

_VALIDATORS: Final[Mapping[Version, Any]] = {
    Version(0, swagger=True): OpenAPIV2SpecValidator,
    Version(0): OpenAPIV30SpecValidator,
    Version(1): OpenAPIV31SpecValidator,
    Version(2): OpenAPIV32SpecValidator,
}
_FOUND_HERE_TOO: Final = (
    DuplicateOperationIDError,
    ParameterDuplicateError,
    UnresolvableParameterError,
)
"""What parsing reports itself, with better places."""

_GIVES_UP: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    UnknownType,
    Unresolvable,
    ValueError,
)
"""What the validator raises, beside its findings, over documents that are far from valid."""

_MESSAGE_LIMIT: Final = 200
_FRAMES: Final = 6000
_RESOLVED: Final = 128
"""How many paths the validator remembers; without, GitHub's document takes twice the time."""


def validate_document(document: Document, version: Version, findings: Findings) -> bool:
    """Report what the validator finds; it opens no file and no connection.

    True where it came to its end and there was nothing to report.
    """
    validator_class = _VALIDATORS[version]
    judged: set[Pointer] = set()
    try:
        root = SchemaPath.from_dict(
            document.value, handlers=_RefusingHandlers(), resolved_cache_maxsize=_RESOLVED
        )
        validator = validator_class(root)
        validator.keyword_validators_registry = KeywordValidatorRegistry(
            {name: _placed(kind, name) for name, kind in validator_class.keyword_validators.items()}
        )
        with _room_for_recursion(), warnings.catch_warnings():
            # Of a document's pattern that a later Python will read otherwise; the service reads it.
            warnings.simplefilter("ignore", FutureWarning)
            for error in chain(
                _structural(document.value, version), validator.root_validator(root)
            ):
                _report(document, findings, error, judged)
    except _GIVES_UP as reason:
        if not judged and not findings.has_errors():
            findings.warning(
                "validator-gave-up",
                "",
                f"openapi-spec-validator stopped with {type(reason).__name__}; "
                "the document was read without its judgement.",
                "Look for what is unusual here: deep nesting, or values of another type.",
            )
        return False
    return not judged


@contextmanager
def _room_for_recursion() -> Iterator[None]:
    """JSON Schema's validator takes about a dozen frames for each level that a document nests."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _structural(value: Any, version: Version) -> Iterator[ValidationError]:
    judge, validator = _document_validators(version)
    if judge(value):
        return
    yield from validator.iter_errors(value)


@lru_cache(maxsize=len(_VALIDATORS))
def _document_validators(version: Version) -> tuple[Callable[[Any], bool], Any]:
    schema: Any = dict(cast("Any", _VALIDATORS[version].schema_validator.schema))
    return surely_valid(schema), indexed_validator(schema)


_extend: Final[Callable[..., Any]] = extend


def _leave_pattern(*_: Any) -> Iterator[ValidationError]:
    return iter(())


_PATTERNS_UNREAD: Final = {"pattern": _leave_pattern, "patternProperties": _leave_pattern}
"""Defaults are not matched against patterns: Python's `re` takes exponential time over some."""


class _RefusingHandlers(Mapping[str, Callable[[str], Any]]):
    """Answers for every scheme that nothing is fetched, before the validator's own fallbacks can."""

    def __getitem__(self, scheme: str) -> Callable[[str], Any]:
        return _refuse_to_fetch

    def __contains__(self, scheme: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _refuse_to_fetch(uri: str) -> NoReturn:
    message = f"{uri} is not fetched"
    raise LookupError(message)


class _PlacedError(OpenAPIValidationError):
    """A finding of the validator's that knows which object of the document was being judged."""

    kind: type[ValidationError] = ValidationError
    keyword: str = ""
    parts: tuple[Any, ...] = ()


class _SeenIds(set[int]):
    """Takes the place of the validator's lists of ids, whose look-up makes it quadratic."""

    append = set.add


def _placed(kind: Any, name: str) -> Any:
    """The validator of one keyword, with the place in the document noted on each finding."""
    below = ("default",) if name == "default" else ()

    class Placed(kind):  # type: ignore[misc]  # the library's class is chosen at run time
        value_validator_cls: Any

        def __init__(self, registry: Any) -> None:
            super().__init__(registry)
            if name == "default":
                self.value_validator_cls = _extend(kind.value_validator_cls, _PATTERNS_UNREAD)
            if name == "schema":
                self.visited_schema_ids = _SeenIds()
                self.meta_checked_schema_ids = _SeenIds()

        def _get_schema_checker(self, schema: SchemaPath, schema_value: Any) -> SchemaChecker:
            return indexed_checker(super()._get_schema_checker(schema, schema_value))

        def __call__(self, *args: Any, **options: Any) -> Iterator[ValidationError]:
            for error in super().__call__(*args, **options):
                if isinstance(error, _PlacedError):
                    yield error
                    continue
                path = next((arg for arg in args if isinstance(arg, SchemaPath)), None)
                placed = _PlacedError.create_from(error)
                placed.kind = type(error)
                placed.keyword = name
                placed.parts = () if path is None else (*path.parts, *below)
                yield placed

    return Placed


def _report(
    document: Document, findings: Findings, error: ValidationError, judged: set[Pointer]
) -> None:
    parts: tuple[Any, ...] = ()
    if isinstance(error, _PlacedError):
        if issubclass(error.kind, _FOUND_HERE_TOO):
            return
        parts = error.parts
    cause = _cause(error)
    pointer = _canonical(document.value, (*parts, *cause.absolute_path))
    if pointer in judged:
        return
    judged.add(pointer)
    if "swagger" in document.value and cause.instance == "file" and pointer.endswith("/type"):
        # The library judges a schema without knowing that it is a response's (OAS 2.0, 5.2.14).
        return
    if cause.validator == "format" and cause.validator_value == "regex":
        findings.warning(
            "pattern-unchecked",
            pointer,
            f"Python cannot compile the pattern {shown(str(cause.instance))}.",
            "Nothing, where it is valid ECMA-262: the service checks it. Else correct it.",
        )
        return
    if isinstance(error, _PlacedError) and error.keyword == "default":
        _report_default(document, findings, error, cause)
        return
    report = findings.warning if is_understood(cause, pointer) else findings.error
    sentence = _sentence(cause.message)
    if isinstance(error, _PlacedError) and issubclass(error.kind, ExtraParametersError):
        # The library lists them in an order that changes from run to run.
        sentence = "The schema requires properties that neither it nor its allOf describes"
    report(
        "openapi-invalid",
        pointer,
        f"{sentence}.",
        _cure(cause),
    )


def _report_default(
    document: Document, findings: Findings, error: _PlacedError, cause: ValidationError
) -> None:
    """A default that its schema does not allow; see `is_oversight` for which one stops a build."""
    pointer = _canonical(document.value, error.parts)
    schema = _walk(document.value, split(pointer)[:-1])
    report = findings.warning if is_oversight(schema, pointer) else findings.error
    report(
        "default-mismatch",
        pointer,
        f"The schema does not allow its default: {_sentence(cause.message)}.",
        "Correct the default or remove it; contracts are written without it.",
    )


def _cause(error: ValidationError) -> ValidationError:
    """The finding inside the branch of a choice that the author meant: the one with fewest findings."""
    while error.validator in {"oneOf", "anyOf"} and error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        meant = [found for found in branches.values() if not _wants_reference(found)]
        if not meant or (len(meant) > 1 and all(len(found[0].path) == 0 for found in meant)):
            return error
        error = min(meant, key=lambda found: (-max(len(item.path) for item in found), len(found)))[
            0
        ]
    return error


def _wants_reference(found: list[ValidationError]) -> bool:
    """Whether this branch is the Reference Object that stands beside every other one in 3.0."""
    return any(item.validator == "required" and item.message.startswith("'$ref'") for item in found)


def _canonical(root: Any, parts: tuple[str | int, ...]) -> Pointer:
    """The pointer that a path leads to once the references on the way are followed."""
    node = root
    tokens: tuple[str | int, ...] = ()
    for part in parts:
        for _ in range(20):
            reference = node.get("$ref") if isinstance(node, dict) and part not in node else None
            if not isinstance(reference, str) or not reference.startswith("#/"):
                break
            tokens = tuple(
                token.replace("~1", "/").replace("~0", "~") for token in reference[2:].split("/")
            )
            node = _walk(root, tokens)
        node = _step(node, part)
        tokens = (*tokens, part)
    return join(tokens)


def _walk(root: Any, tokens: tuple[str | int, ...]) -> Any:
    node = root
    for token in tokens:
        node = _step(node, token)
    return node


def _step(node: Any, token: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(token)
    number = index(str(token), len(node)) if isinstance(node, list) else None
    return None if number is None else node[number]


def _sentence(message: str) -> str:
    if len(message) > _MESSAGE_LIMIT:
        half = _MESSAGE_LIMIT // 2
        message = f"{message[:half]} … {message[-half:]}"
    printable = (
        character if character.isprintable() else ascii(character)[1:-1] for character in message
    )
    return "".join(printable).rstrip(".")


def _cure(error: ValidationError) -> str:
    if error.validator == "required":
        return "Add it."
    if error.validator in {"additionalProperties", "unevaluatedProperties"}:
        return "Remove it, or write it as an extension (`x-…`)."
    if error.validator == "enum":
        return "Write one of the allowed values."
    if error.validator == "type" and isinstance(error.validator_value, str):
        return f"Write a value of type {error.validator_value}."
    return "Correct it; the OpenAPI specification says how."
