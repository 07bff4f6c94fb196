"""Parameters: every style of OAS 3.1.1 (4.8.12.6) decoded, and judged strictly in FastAPI's 422 shape."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict, Field

from proxygen.runtime.operation import Parameter, Shape, Validation
from proxygen.runtime.parameters.read import Location, ParameterReader, WireRequest
from tests.unit.runtime.wire_samples import operation

INTEGERS = Shape(types=("integer",), container="array")
STRINGS = Shape(types=("string",), container="array")
OBJECT = Shape(
    types=("string",), container="object", properties=(("R", ("integer",)), ("on", ("boolean",)))
)


class Anything(BaseModel):
    model_config = ConfigDict(extra="allow", defer_build=True)


def read(
    location: Location,
    parameter: Parameter,
    *,
    captures: dict[str, str] | None = None,
    query: str = "",
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> Any:
    """The decoded value of one parameter, or `...` where it is absent."""
    fields: dict[str, Any] = {"header": "headers", "cookie": "cookies"}
    own = operation(**{fields.get(location, location): (parameter,)})
    wire = WireRequest(captures or {}, query, list(headers))
    value, problems = ParameterReader(own, location, Anything).read(wire)
    assert problems == []
    return value.model_dump().get(parameter.name, ...)


@pytest.mark.parametrize(
    ("types", "text", "value"),
    [
        (("string",), "5", "5"),
        (("string",), "true", "true"),
        (("integer",), "5", 5),
        (("integer",), "-0", 0),
        (("integer",), "05", "05"),
        (("integer",), "+5", "+5"),
        (("integer",), "5.0", "5.0"),
        (("integer",), "1e3", "1e3"),
        (("integer",), "\u0665", "\u0665"),
        (("integer",), "1_0", "1_0"),
        (("integer",), "", ""),
        (("integer",), "9" * 5000, "9" * 5000),
        (("number",), "5", 5),
        (("number",), "-1.5e3", -1500.0),
        (("number",), "1e999", "1e999"),
        (("number",), "NaN", "NaN"),
        (("number",), ".5", ".5"),
        (("boolean",), "true", True),
        (("boolean",), "false", False),
        (("boolean",), "True", "True"),
        (("boolean",), "1", "1"),
        (("integer", "null"), "null", None),
        (("string", "null"), "null", "null"),
        (("integer", "string"), "5", 5),
        (("integer", "string"), "x", "x"),
        (("integer", "boolean"), "true", True),
    ],
)
def test_scalars_follow_the_json_grammar(types: tuple[str, ...], text: str, value: object) -> None:
    parameter = Parameter(name="p", style="simple", shape=Shape(types=types))
    assert read("path", parameter, captures={"p": text}) == value


@pytest.mark.parametrize(
    ("parameter", "raw", "value"),
    [
        (Parameter(name="p", style="simple", explode=False), "a%2Fb", "a/b"),
        (Parameter(name="p", style="simple", explode=False), "a+b", "a+b"),
        (Parameter(name="p", style="simple", explode=False, shape=INTEGERS), "1,2", [1, 2]),
        (
            Parameter(name="p", style="simple", explode=False, shape=STRINGS),
            "a%2Cb,c",
            ["a,b", "c"],
        ),
        (
            Parameter(name="p", style="simple", explode=False, shape=OBJECT),
            "R,1,x,y",
            {"R": 1, "x": "y"},
        ),
        (Parameter(name="p", style="simple", shape=OBJECT), "R=1,on=true", {"R": 1, "on": True}),
        (Parameter(name="p", style="label", explode=False), ".5", "5"),
        (Parameter(name="p", style="label", explode=False, shape=INTEGERS), ".1,2", [1, 2]),
        (Parameter(name="p", style="label", shape=INTEGERS), ".1.2", [1, 2]),
        (Parameter(name="p", style="label", shape=OBJECT), ".R=1.x=y", {"R": 1, "x": "y"}),
        (Parameter(name="p", style="matrix", explode=False), ";p=5", "5"),
        (Parameter(name="p", style="matrix", explode=False, shape=INTEGERS), ";p=1,2", [1, 2]),
        (Parameter(name="p", style="matrix", shape=INTEGERS), ";p=1;p=2", [1, 2]),
        (Parameter(name="p", style="matrix", shape=OBJECT), ";R=1;x=y", {"R": 1, "x": "y"}),
    ],
)
def test_path_styles(parameter: Parameter, raw: str, value: object) -> None:
    assert read("path", parameter, captures={"p": raw}) == value


@pytest.mark.parametrize(
    ("parameter", "query", "value"),
    [
        (Parameter(name="p"), "p=a+b%26", "a b&"),
        (Parameter(name="p"), "%70=a", "a"),
        (Parameter(name="p"), "p", ""),
        (Parameter(name="p"), "q=1", ...),
        (Parameter(name="p"), "P=1", ...),
        (Parameter(name="p", shape=INTEGERS), "p=1&x=9&p=2", [1, 2]),
        (Parameter(name="p", explode=False, shape=INTEGERS), "p=1,2", [1, 2]),
        (Parameter(name="p", explode=False, shape=INTEGERS), "p=", []),
        (Parameter(name="p", explode=False, shape=STRINGS), "p=a%2Cb,c", ["a,b", "c"]),
        (
            Parameter(name="p", explode=False, style="spaceDelimited", shape=STRINGS),
            "p=a%20b+c",
            ["a", "b", "c"],
        ),
        (
            Parameter(name="p", explode=False, style="pipeDelimited", shape=INTEGERS),
            "p=1%7C2",
            [1, 2],
        ),
        (Parameter(name="p", style="pipeDelimited", shape=INTEGERS), "p=1&p=2", [1, 2]),
        (Parameter(name="p", shape=OBJECT), "R=1&on=true&other=x", {"R": 1, "on": True}),
        (Parameter(name="p", explode=False, shape=OBJECT), "p=R,1,x,y", {"R": 1, "x": "y"}),
        (
            Parameter(name="p", style="deepObject", shape=OBJECT),
            "p[R]=1&p[x]=y",
            {"R": 1, "x": "y"},
        ),
        (Parameter(name="p", style="deepObject", shape=OBJECT), "p%5BR%5D=1", {"R": 1}),
        (
            Parameter(name="p", style="deepObject", shape=OBJECT),
            "p[a][b]=1&p[a][c]=2",
            {"a": {"b": "1", "c": "2"}},
        ),
        (Parameter(name="p", style="deepObject", shape=OBJECT), "p[a]=1&p[a]=2", {"a": ["1", "2"]}),
        (Parameter(name="p", style="deepObject", shape=OBJECT), "q[a]=1", ...),
        (Parameter(name="p", style="deepObject", shape=OBJECT, required=True), "q[a]=1", {}),
        (Parameter(name="p", shape=OBJECT), "other=x", ...),
        (Parameter(name="p", shape=OBJECT, required=True), "other=x", {}),
        (Parameter(name="p", shape=Shape(container="json")), "p=%7B%22a%22:[1]%7D", {"a": [1]}),
        (Parameter(name="p", shape=Shape(container="json")), "p=%7B", "{"),
    ],
)
def test_query_styles(parameter: Parameter, query: str, value: object) -> None:
    assert read("query", parameter, query=query) == value


@pytest.mark.parametrize(
    ("parameter", "headers", "value"),
    [
        (Parameter(name="If-Match", style="simple"), [(b"if-match", b'"a%20b"')], '"a%20b"'),
        (
            Parameter(name="X-N", style="simple", shape=Shape(types=("integer",))),
            [(b"x-n", b" 5")],
            5,
        ),
        (
            Parameter(name="X-L", style="simple", shape=INTEGERS),
            [(b"x-l", b"1, 2"), (b"x-l", b"3")],
            [1, 2, 3],
        ),
        (Parameter(name="X-N", style="simple"), [], ...),
    ],
)
def test_header_styles(
    parameter: Parameter, headers: list[tuple[bytes, bytes]], value: object
) -> None:
    assert read("header", parameter, headers=tuple(headers)) == value


@pytest.mark.parametrize(
    ("parameter", "line", "value"),
    [
        (Parameter(name="a"), b"b=2; a=x%20y", "x y"),
        (Parameter(name="a"), b"A=2; ab=1; a", ...),
        (Parameter(name="a", explode=False, shape=INTEGERS), b"a=1,2", [1, 2]),
    ],
)
def test_cookie_styles(parameter: Parameter, line: bytes, value: object) -> None:
    assert read("cookie", parameter, headers=((b"cookie", line),)) == value


class Course(StrEnum):
    ENG5 = "ENG5"


class Query(BaseModel):
    model_config = ConfigDict(defer_build=True)

    id: UUID
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    day: date | None = None
    course: Course | None = None
    sort: Literal["asc", "desc"] | None = None
    page_size: Annotated[int | None, Field(alias="page-size")] = None


QUERY = (
    Parameter(name="id", required=True),
    Parameter(name="limit", shape=Shape(types=("integer",))),
    Parameter(name="day"),
    Parameter(name="course"),
    Parameter(name="sort"),
    Parameter(name="page-size", shape=Shape(types=("integer",))),
)
ID = "7d444840-9dc0-11d1-b245-5ffdce74fad2"


def judge(query: str, **fields: Any) -> tuple[Query, list[dict[str, Any]]]:
    reader = ParameterReader(operation(query=QUERY, **fields), "query", Query)
    return reader.read(WireRequest({}, query, []))


def test_formats_and_enums_are_read_from_strings() -> None:
    value, problems = judge(f"id={ID}&day=2026-11-23&course=ENG5&sort=asc&page-size=3&unknown=x")
    assert problems == []
    assert value == Query.model_validate(
        {"id": ID, "day": "2026-11-23", "course": "ENG5", "sort": "asc", "page-size": 3}
    )


@pytest.mark.parametrize(
    ("query", "loc", "kind", "echo"),
    [
        ("", "id", "missing", {}),
        ("id=x", "id", "uuid_parsing", "x"),
        (f"id={ID}&limit=abc", "limit", "int_type", "abc"),
        (f"id={ID}&limit=1.0", "limit", "int_type", "1.0"),
        (f"id={ID}&limit=0", "limit", "greater_than_equal", 0),
        (f"id={ID}&limit=", "limit", "int_type", ""),
        (f"id={ID}&day=yesterday", "day", "date_parsing", "yesterday"),
        (f"id={ID}&course=X", "course", "enum", "X"),
        (f"id={ID}&sort=up", "sort", "literal_error", "up"),
        (f"id={ID}&page-size=x", "page-size", "int_type", "x"),
        (f"id={ID}&sort=" + "u" * 5000, "sort", "literal_error", None),
    ],
)
def test_a_violation_has_fastapis_shape(query: str, loc: str, kind: str, echo: object) -> None:
    _, problems = judge(query)
    assert [(p["loc"], p["type"], p["input"]) for p in problems] == [(["query", loc], kind, echo)]
    assert problems[0].keys() <= {"type", "loc", "msg", "input", "ctx"}


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("limit=5&limit=6", []),
        ("limit=abc&limit=6", ["int_type"]),
        ("limit=0&limit=6&limit=7", ["greater_than_equal"]),
        ("&".join("limit=5" for _ in range(17)), ["repeated"]),
    ],
)
def test_each_occurrence_of_a_scalar_is_judged(query: str, kinds: list[str]) -> None:
    _, problems = judge(f"id={ID}&{query}")
    assert [p["type"] for p in problems] == kinds


def test_validation_off_finds_nothing_and_still_gives_a_model() -> None:
    value, problems = judge("limit=abc", validation=Validation.OFF)
    assert problems == []
    assert value.limit == "abc"  # type: ignore[comparison-overlap]  # off means unchecked


def test_a_value_that_fails_is_given_unchecked_beside_its_problems() -> None:
    value, problems = judge("limit=0", validation=Validation.REPORT)
    assert value.limit == 0
    assert {p["type"] for p in problems} == {"missing", "greater_than_equal"}
