"""Tests of bff_teacher/routers/bff_teacher_routes.py."""

from __future__ import annotations

from proxygen.testing import ExpectedProxy, PassthroughTests

from ...bff_teacher import operations


class TestPassthrough(PassthroughTests):
    """Everything below /bff/v1/teacher."""

    operation = operations.PASSTHROUGH
    expected = ExpectedProxy(
        service="bff_teacher",
        prefix="/bff/v1/teacher",
        downstream="/bff/v1/teacher",
        methods=("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    )
