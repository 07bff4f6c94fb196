"""Tests of bff_teacher/routers/bff_teacher_routes.py."""

from __future__ import annotations

from proxygen.testing import PassthroughTests

from ...bff_teacher import operations


class TestPassthrough(PassthroughTests):
    """Everything below /bff/v1/teacher."""

    operation = operations.PASSTHROUGH
