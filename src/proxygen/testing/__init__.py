"""What generated tests import: the behaviour of a route as tests, and the edge to run them on."""

import pytest

pytest.register_assert_rewrite(
    "proxygen.testing.answer_tests",
    "proxygen.testing.identity_tests",
    "proxygen.testing.operation_data",
    "proxygen.testing.passthrough_tests",
    "proxygen.testing.request_tests",
)

# Rewritten as they are imported, hence the order.
from proxygen.testing.edge import EdgeUnderTest, edge_fixture, respx_transport  # noqa: E402
from proxygen.testing.examples import (  # noqa: E402
    FormExample,
    JsonExample,
    MultipartExample,
    PartExample,
    RawExample,
    RequestExample,
    ResponseExample,
)
from proxygen.testing.expected import Expected, ExpectedProxy, Filled  # noqa: E402
from proxygen.testing.operation_tests import OperationTests  # noqa: E402
from proxygen.testing.passthrough_tests import PassthroughTests  # noqa: E402
from proxygen.testing.summary import pytest_terminal_summary  # noqa: E402

__all__ = [
    "EdgeUnderTest",
    "Expected",
    "ExpectedProxy",
    "Filled",
    "FormExample",
    "JsonExample",
    "MultipartExample",
    "OperationTests",
    "PartExample",
    "PassthroughTests",
    "RawExample",
    "RequestExample",
    "ResponseExample",
    "edge_fixture",
    "pytest_terminal_summary",
    "respx_transport",
]
