"""The inputs of a contract's operations that go by given names, before anything is decided about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from proxygen.lower.bodies import body_inputs_of
from proxygen.lower.body_inputs import BodyInputs, Input
from proxygen.lower.ledger import Findings
from proxygen.lower.naming import ServiceNames, folded, operation_id_of
from proxygen.lower.parameters import client_parameters
from proxygen.lower.schemas import ClassNames, Direction, SchemaBook
from proxygen.lower.service import parameter_inputs
from proxygen.openapi.model import Contract


def named_inputs(contract: Contract, names: Collection[str]) -> Mapping[str, tuple[Input, ...]]:
    """Operation's pointer → its inputs with one of `names`, which are compared as identity's are."""
    wanted = frozenset(folded(name) for name in names)
    names_of_service = ServiceNames()
    classes = ClassNames(names_of_service, contract.schemas)
    book = SchemaBook(contract.document, Direction.REQUESTS, classes, Findings(contract.title))
    bodies = BodyInputs(book)
    found = {}
    for one in contract.operations:
        title = names_of_service.function(one.operation_id or operation_id_of(one.method, one.path))
        inputs = (
            *parameter_inputs(client_parameters(one, book, allowed=()), book),
            *body_inputs_of(one.request_body, bodies, title, wanted),
        )
        found[one.pointer] = tuple(item for item in inputs if folded(item.wire_name) in wanted)
    return found
