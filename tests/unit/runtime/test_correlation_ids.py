"""Correlation and request ids (design: "Correlation"; W08 to W10)."""

from __future__ import annotations

from uuid import RFC_4122, UUID, uuid5

import pytest

from proxygen.runtime.correlation import NAMESPACE, CorrelationContext

SOME = "7d444840-9dc0-11d1-b245-5ffdce74fad2"


def read(*values: bytes, name: bytes = b"x-correlation-id") -> tuple[CorrelationContext, str]:
    return CorrelationContext.from_headers([(name, value) for value in values])


@pytest.mark.parametrize(
    "value",
    [
        SOME,
        SOME.upper(),
        "{" + SOME + "}",
        "urn:uuid:" + SOME,
        SOME.replace("-", ""),
    ],
)
def test_a_uuid_in_any_form_is_kept_and_parsed(value: str) -> None:
    context, _ = read(value.encode())
    assert context == CorrelationContext(value, SOME)


@pytest.mark.parametrize("value", ["abc", "a" * 128, "~!;=", SOME + "x", "{" + SOME, "1_" * 16])
def test_other_visible_ascii_is_kept_and_its_canonical_id_is_derived(value: str) -> None:
    context, _ = read(value.encode())
    assert context == CorrelationContext(value, str(uuid5(NAMESPACE, value)))


@pytest.mark.parametrize(
    "values",
    [
        [],
        [b""],
        [b"a b"],
        [b"a" * 129],
        [b"a" * 10_000],
        [b"a\x00"],
        [b"a\n"],
        [b"\xc3\xa5"],
        [b"abc", b"def"],
        [b"abc", b"abc"],
    ],
)
def test_anything_else_is_replaced_by_a_new_uuid(values: list[bytes]) -> None:
    context, _ = read(*values)
    assert context.original.encode() not in values
    assert UUID(context.original) == context.canonical
    assert (context.canonical.version, context.canonical.variant) == (4, RFC_4122)


def test_names_are_compared_without_case() -> None:
    assert read(b"abc", name=b"X-Correlation-ID")[0].original == "abc"


def test_the_canonical_namespace_never_changes() -> None:
    assert read(b"abc")[0].canonical == uuid5(UUID("6f2d0a52-6a0e-5a0c-9c5e-0d3b6f0f6b11"), "abc")


def test_a_single_request_id_is_kept() -> None:
    assert read(b"r-1", name=b"X-Request-Id")[1] == "r-1"


@pytest.mark.parametrize("values", [[], [b"a", b"b"], [b"a" * 10_000], [b"a b"]])
def test_a_request_id_outside_the_grammar_is_new(values: list[bytes]) -> None:
    assert UUID(read(*values, name=b"x-request-id")[1]).version == 4
