"""The edge that the tests of api-gateway-service call."""

from __future__ import annotations

from proxygen.testing import edge_fixture, pytest_terminal_summary

from ..app import EDGE

__all__ = ["edge", "pytest_terminal_summary"]

edge = edge_fixture(EDGE)
