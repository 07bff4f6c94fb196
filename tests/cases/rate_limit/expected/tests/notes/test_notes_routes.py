"""Tests of notes/routers/notes_routes.py."""

from __future__ import annotations

from proxygen.testing import Expected, OperationTests, RequestExample, ResponseExample

from ...notes import operations


class TestListNotes(OperationTests):
    """GET /notes."""

    operation = operations.LIST_NOTES
    expected = Expected(
        service="notes",
        method="GET",
        path="/notes",
        downstream="/notes",
        attempts=3,
        rate_limit=(10.0, 40),
    )
    request = RequestExample()
    response = ResponseExample(status=200)
    declared = ("200",)


class TestCreateNote(OperationTests):
    """POST /notes."""

    operation = operations.CREATE_NOTE
    expected = Expected(
        service="notes", method="POST", path="/notes", downstream="/notes", rate_limit=(2.5, 3)
    )
    request = RequestExample()
    response = ResponseExample(status=201)
    declared = ("201",)


class TestLogin(OperationTests):
    """POST /login."""

    operation = operations.LOGIN
    expected = Expected(
        service="notes",
        method="POST",
        path="/login",
        downstream="/login",
        auth="public",
        rate_limit=(0.2, 5),
    )
    request = RequestExample()
    response = ResponseExample(status=204)
    declared = ("204", "429")
