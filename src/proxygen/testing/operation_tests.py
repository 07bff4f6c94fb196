"""What every operation of an edge must do, as tests that a generated class inherits.

A generated class gives the data: its operation, what the documents and the configuration say of it, a request
that the contract allows, and a success of the downstream's. Each test sends that request, or a variation of
it, and looks at both ends.
"""

from __future__ import annotations

from proxygen.testing.answer_tests import AnswerTests
from proxygen.testing.identity_tests import IdentityTests
from proxygen.testing.request_tests import RequestTests


class OperationTests(RequestTests, IdentityTests, AnswerTests):
    """The behaviour of one typed route."""
