"""An example as the bytes of a request, and variations of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from proxygen.testing.edge import ALICE, ORGANISATION, EdgeUnderTest, HeaderLines
from proxygen.testing.examples import BodyExample, RequestExample
from proxygen.testing.expected import Expected

_VARIABLE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to the edge. `downstream_path` is the end of the path that the downstream must see."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None
    body: BodyExample | None
    variables: tuple[tuple[str, str], ...]
    downstream_path: str

    @property
    def target(self) -> str:
        """Path and query as they go out."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def with_headers(self, lines: HeaderLines) -> Call:
        """These lines first: what a careless reader would take."""
        return replace(self, headers=(*lines, *self.headers))

    def without(self, name: str) -> Call:
        """Without any line of this name."""
        return replace(self, headers=tuple(line for line in self.headers if line[0] != name))

    def with_query(self, pairs: str) -> Call:
        """These raw pairs after the others."""
        return replace(self, query="&".join(part for part in (self.query, pairs) if part))

    def with_raw_query(self, query: str) -> Call:
        """This raw query and no other."""
        return replace(self, query=query)

    def with_content(self, content: bytes) -> Call:
        """Other bytes under the same Content-Type; a request without a body stays without one."""
        return self if self.content is None else replace(self, content=content)

    def with_body(self, body: BodyExample) -> Call:
        """Another body, with its own Content-Type."""
        content_type, content = body.encode()
        return replace(
            self.without("content-type").with_headers([("content-type", content_type)]),
            content=content,
            body=body,
        )

    def with_variable(self, expected: Expected, name: str, value: str) -> Call:
        """Another raw value for one variable of the path."""
        variables = {**dict(self.variables), name: value}
        return replace(
            self,
            variables=tuple(variables.items()),
            path=fill(expected.path, variables),
            downstream_path=fill(expected.downstream, variables),
        )


def call_of(
    expected: Expected,
    example: RequestExample,
    edge: EdgeUnderTest,
    *,
    org_id: str | None = ORGANISATION,
    scopes: Sequence[str] | None = None,
) -> Call:
    """The example as a request of alice's; `scopes` None gives her the scopes that the operation asks for."""
    headers = [(name.lower(), value) for name, value in example.headers.items()]
    if expected.auth != "public":
        granted = scopes_of(expected) if scopes is None else scopes
        headers.append(("authorization", f"Bearer {edge.token(org_id=org_id, scopes=granted)}"))
    if example.cookies:
        headers.append(("cookie", "; ".join(f"{k}={v}" for k, v in example.cookies.items())))
    content = None
    if example.body is not None:
        content_type, content = example.body.encode()
        headers.append(("content-type", content_type))
    return Call(
        method=expected.method,
        path=fill(expected.path, example.path),
        query=example.query,
        headers=tuple(headers),
        content=content,
        body=example.body,
        variables=tuple(example.path.items()),
        downstream_path=fill(expected.downstream, {**_bound_path(expected), **example.path}),
    )


def scopes_of(expected: Expected) -> tuple[str, ...]:
    """The first set of scopes that is enough; empty where none is asked for."""
    return expected.scopes[0] if expected.scopes else ()


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its variables; one that is not given stays in braces."""
    return _VARIABLE.sub(lambda found: str(values.get(found[1], found[0])), template)


def _bound_path(expected: Expected) -> dict[str, str]:
    values = {"user_id": ALICE, "org_id": ORGANISATION}
    return {one.name: values[one.field] for one in expected.filled("path")}
