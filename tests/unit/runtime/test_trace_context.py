"""Which trace contexts of a client's can be continued, and that OpenTelemetry says the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from proxygen.runtime.telemetry.trace_context import parent_of, without_broken
from proxygen.runtime.transport.seam import HeaderList

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{SPAN}-01"
STATE = (b"tracestate", b"a=b")

GOOD_ONES = [GOOD, f"00-{TRACE}-{SPAN}-00", f"00-{TRACE}-{SPAN}-ff", f"01-{TRACE}-{SPAN}-01"]
GOOD_ONES += [f"cc-{TRACE}-{SPAN}-01-what-comes-later", f"cc-{TRACE}-{SPAN}-01-"]
BAD_ONES = {
    "empty": "",
    "words": "not a trace",
    "short": GOOD[:-1],
    "more than version 00 has": GOOD + "-01",
    "one character more": GOOD + "0",
    "upper case": GOOD.upper(),
    "no trace": f"00-{'0' * 32}-{SPAN}-01",
    "no span": f"00-{TRACE}-{'0' * 16}-01",
    "version ff": f"ff-{TRACE}-{SPAN}-01",
    "a later version without its hyphen": f"cc-{TRACE}-{SPAN}-01x",
    "too long": f"cc-{TRACE}-{SPAN}-01-{'x' * 500}",
    "blank inside": GOOD.replace("-", " -", 1),
    "no hexadecimal": GOOD.replace("4bf", "xyz"),
    "two in one": f"{GOOD},{GOOD}",
}


@pytest.mark.parametrize("value", GOOD_ONES)
def test_a_valid_one_stays_with_its_state_as_it_was(value: str) -> None:
    lines = [(b"traceparent", value.encode()), STATE, (b"Tracestate", b"c=d"), (b"a", b"1")]
    assert without_broken(lines) == lines


@pytest.mark.parametrize("value", BAD_ONES.values(), ids=BAD_ONES)
def test_a_malformed_one_goes_with_its_state(value: str) -> None:
    lines = [(b"Traceparent", value.encode()), STATE, (b"baggage", b"a=1")]
    assert without_broken(lines) == [(b"baggage", b"a=1")]


def test_two_are_none() -> None:
    assert without_broken([(b"traceparent", GOOD.encode())] * 2) == []


def test_a_state_alone_is_nobodys() -> None:
    assert without_broken([STATE]) == []


def continued_by_opentelemetry(value: str) -> bool:
    context = TraceContextTextMapPropagator().extract({"traceparent": value})
    return get_current_span(context).get_span_context().is_valid


def continued_here(value: str) -> bool:
    lines: HeaderList = [(b"traceparent", value.encode("ascii"))]
    return parent_of(lines) is not None


@pytest.mark.parametrize("value", [*GOOD_ONES, *BAD_ONES.values()])
def test_opentelemetry_continues_the_same(value: str) -> None:
    assert continued_here(value) == continued_by_opentelemetry(value)


@given(
    st.lists(st.sampled_from([*"0f-g", "00", "ff", "cc", TRACE, SPAN, "0" * 16]), max_size=9).map(
        "".join
    )
    | st.tuples(st.sampled_from(GOOD), st.sampled_from("0af-gF"), st.integers(0, 54)).map(
        lambda change: GOOD[: change[2]] + change[1] + GOOD[change[2] + 1 :]
    )
)
def test_opentelemetry_continues_the_same_of_what_is_nearly_one(value: str) -> None:
    assert continued_here(value) == continued_by_opentelemetry(value)
