"""What a document says beside plain JSON holds on the wire: styles, directions, encodings, media types."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.test_cases import run_build
from tests.wire.client import Answer
from tests.wire.downstream import Downstream
from tests.wire.edge import Edge, serving, settings
from tests.wire.tokens import bearer

JSON = "Content-Type: application/json"
THING = b'{"secret": "s", "kind": "class"'


@pytest.fixture(scope="module")
def downstream() -> Iterator[Downstream]:
    made = Downstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def edge(downstream: Downstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """What is written of the document beside this file, served."""
    folder = tmp_path_factory.mktemp("constructs")
    (folder / "specs").mkdir()
    shutil.copy(Path(__file__).with_name("constructs.yaml"), folder / "specs" / "store.yaml")
    built = run_build(folder)
    assert built.returncode == 0, built.stderr
    environment = settings(STORE_URL=downstream.url)
    with serving(environment, log=folder / "stderr", folder=folder) as served:
        yield served


@pytest.fixture(autouse=True)
def nothing_came(downstream: Downstream) -> None:
    downstream.reset()


def ask(
    edge: Edge, method: str, target: str, lines: tuple[str, ...] = (), body: bytes | None = None
) -> Answer:
    return edge.request(method, target, [bearer(), *lines], body)


@pytest.mark.parametrize(
    "target",
    [
        "/label/.1.2",
        "/matrix/;R=1",
        "/styles?form=1,2",
        "/styles?form=7",
        "/styles?many=1&many=2",
        "/styles?space=1%202",
        "/styles?pipe=1%7C2",
        "/styles?pipe=1",
        "/styles?deep%5Bn%5D=1",
        "/styles?inner=1",
        "/styles?json=%7B%22a%22:1%7D",
    ],
)
def test_a_value_in_its_style_goes_out_as_it_came(
    edge: Edge, downstream: Downstream, target: str
) -> None:
    assert ask(edge, "GET", target).status == 200
    assert downstream.only.target == target.encode()


@pytest.mark.parametrize(
    ("target", "lines"),
    [
        ("/label/.1.x", ()),
        ("/matrix/;R=x", ()),
        ("/styles?form=1,x", ()),
        ("/styles?many=1&many=2&many=3", ()),
        ("/styles?space=1%20x", ()),
        ("/styles?pipe=1%7Cx", ()),
        ("/styles?deep%5Bn%5D=x", ()),
        ("/styles?inner=x", ()),
        ("/styles?json=%7B%7D", ()),
        ("/styles", ("X-List: 1, x",)),
    ],
)
def test_a_value_that_its_style_makes_wrong_is_422(
    edge: Edge, downstream: Downstream, target: str, lines: tuple[str, ...]
) -> None:
    assert ask(edge, "GET", target, lines).status == 422
    assert downstream.requests == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (b"}", 200),
        (b', "id": "mine"}', 200),
        (b', "picture": "aGk="}', 200),
        (b', "old": "aGk="}', 200),
        (b', "maybe": null}', 200),
        (b', "maybe": 7}', 422),
        (b', "kind": 1}', 400),
    ],
)
def test_a_request_need_not_have_what_is_read_only(
    edge: Edge, downstream: Downstream, more: bytes, status: int
) -> None:
    assert ask(edge, "POST", "/things", (JSON,), THING + more).status == status
    assert [one.body for one in downstream.requests] == ([THING + more] if status == 200 else [])


def test_a_request_needs_what_is_write_only(edge: Edge, downstream: Downstream) -> None:
    assert ask(edge, "POST", "/things", (JSON,), b'{"id": "a", "kind": "1"}').status == 422
    assert downstream.requests == []


@pytest.mark.parametrize(
    ("target", "media_type", "body"),
    [
        ("/things", "application/vnd.thing+json", THING + b"}"),
        ("/things", "application/octet-stream", bytes(range(256))),
        ("/lines", "application/jsonl", b'{"a": 1}\n{"a": 2}\n'),
    ],
)
def test_each_media_type_is_taken_byte_for_byte(
    edge: Edge, downstream: Downstream, target: str, media_type: str, body: bytes
) -> None:
    assert ask(edge, "POST", target, (f"Content-Type: {media_type}",), body).status == 200
    assert downstream.only.body == body


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"deep[n]=1&listed=1,2", 200),
        (b"listed=1%2C2&deep%5Bn%5D=1", 200),
        (b"deep[n]=x", 422),
        (b"deep[m]=1", 422),
        (b"deep=1", 422),
        (b"listed=1,x", 422),
        (b"deep2[n]=1", 422),
    ],
)
def test_a_field_of_a_form_is_held_to_its_style(
    edge: Edge, downstream: Downstream, body: bytes, status: int
) -> None:
    line = "Content-Type: application/x-www-form-urlencoded"
    assert ask(edge, "POST", "/form", (line,), body).status == status
    assert [one.body for one in downstream.requests] == ([body] if status == 200 else [])


def test_another_media_type_is_415(edge: Edge, downstream: Downstream) -> None:
    assert ask(edge, "POST", "/things", ("Content-Type: text/plain",), b"x").status == 415
    assert downstream.requests == []
