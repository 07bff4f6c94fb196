"""Paths that a downstream could take for another operation's: nobody chooses a handler but the edge."""

from __future__ import annotations

import pytest

from proxygen.runtime.errors import EdgeError
from proxygen.runtime.operation import Binding, IdentityField, Operation, Place
from proxygen.runtime.routing.rivals import rivals_of
from proxygen.runtime.target import TargetBuilder
from tests.unit.runtime.wire_samples import ALICE, operation

USER = Binding(field=IdentityField.USER_ID, place=Place.PATH, name="user_id")


def get(downstream_path: str, **fields: object) -> Operation:
    plain = {"edge_path": downstream_path, "downstream_path": downstream_path}
    return operation(**{"method": "GET", **plain, **fields})


OWN_BATCHES = get("/batches/user/{user_id}", edge_path="/batches", bindings=(USER,))
PART = get("/batches/{batch_id}/{part}")
STATUS = get("/batches/{batch_id}/status")
BATCH = get("/batches/{batch_id}")
ME = get("/batches/me")
REPORT = get("/batches/r-{report}")
ADMIN = get("/batches/{batch_id}/admin")
SIBLINGS = (OWN_BATCHES, PART, STATUS, BATCH, ME, REPORT, ADMIN)


def target(own: Operation, siblings: tuple[Operation, ...] = SIBLINGS, **captures: str) -> str:
    rivals = rivals_of(own, siblings, base_path="/base")
    builder = TargetBuilder(own, base_path="/base", is_anothers=rivals)
    return builder.build(captures, "q=1", ALICE, []).decode()


@pytest.mark.parametrize("batch", ["user", "us%65r", "USER", "user;x=1", "user%3Bx"])
@pytest.mark.parametrize("part", ["bob", "status"])
def test_a_capture_cannot_make_the_path_of_an_identity(batch: str, part: str) -> None:
    """`/batches/{batch_id}/{part}` with a batch called `user` is the same path with a user called `bob`."""
    with pytest.raises(EdgeError) as caught:
        target(PART, batch_id=batch, part=part)
    assert caught.value.status == 404
    with pytest.raises(EdgeError):
        target(STATUS, batch_id=batch)


@pytest.mark.parametrize("batch", ["user%2Fbob", "us%65r%2fbob", "User%2Fbob"])
def test_nor_by_an_encoded_slash(batch: str) -> None:
    """A downstream that decodes before it matches (Starlette does) reads `user/bob`."""
    with pytest.raises(EdgeError) as caught:
        target(BATCH, batch_id=batch)
    assert caught.value.status == 404


@pytest.mark.parametrize("batch", ["me", "%6De", "Me", "me;a", "r-x", "%72-x"])
def test_a_capture_cannot_make_a_more_literal_path(batch: str) -> None:
    """`/batches/me` may need other scopes."""
    with pytest.raises(EdgeError) as caught:
        target(BATCH, batch_id=batch)
    assert caught.value.status == 404


@pytest.mark.parametrize("batch", ["b1", "users", "mee", "a%2Fadmin", "a%2Fb", "r", "user%2F"])
def test_every_other_capture_goes_out_as_it_came(batch: str) -> None:
    assert target(BATCH, batch_id=batch) == f"/base/batches/{batch}?q=1"


def test_the_operations_own_path_is_its_own() -> None:
    assert target(OWN_BATCHES) == "/base/batches/user/alice?q=1"
    assert target(ME) == "/base/batches/me?q=1"
    assert target(STATUS, batch_id="b") == "/base/batches/b/status?q=1"


def test_operations_of_other_methods_are_no_rivals() -> None:
    removal = get("/batches/me", method="DELETE")
    assert rivals_of(BATCH, (BATCH, removal)) is None
    assert rivals_of(get("/batches/{batch_id}", method="HEAD"), (BATCH, ME)) is not None


def test_most_operations_have_no_rival_and_pay_nothing() -> None:
    assert rivals_of(STATUS, (STATUS, BATCH, ADMIN)) is None
