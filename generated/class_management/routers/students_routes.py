"""Routes of class_management tagged Students (specs/class_management.json).

What a handler takes is checked before it is called; `forward` sends the client's own bytes.
"""

from __future__ import annotations

from dishka.integrations.fastapi import FromDishka
from fastapi import Request, Response
from proxygen.runtime import Forwarder, Identity, JsonBody, ProxyRouter

from .. import operations
from ..contracts.requests import (
    ClassIdPath,
    ClassIdStudentIdPath,
    IfMatchHeaders,
    ListStudentsQuery,
    StudentBase,
    StudentPatch,
)

router = ProxyRouter(tags=["Students"])


@router.operation(operations.LIST_STUDENTS)
async def list_students(
    request: Request,
    path: ClassIdPath,
    query: ListStudentsQuery,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """List the students of a class.

    GET /v1/classes/{class_id}/students of class_management (specs/class_management.json:545).
    """
    return await forward(operations.LIST_STUDENTS, request, identity)


@router.operation(operations.ADD_STUDENT)
async def add_student(
    request: Request,
    path: ClassIdPath,
    body: JsonBody[StudentBase],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Add a student to a class.

    POST /v1/classes/{class_id}/students of class_management (specs/class_management.json:611).
    """
    return await forward(operations.ADD_STUDENT, request, identity, body=body)


@router.operation(operations.GET_STUDENT)
async def get_student(
    request: Request,
    path: ClassIdStudentIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Get a student.

    GET /v1/classes/{class_id}/students/{student_id} of class_management
    (specs/class_management.json:709).
    """
    return await forward(operations.GET_STUDENT, request, identity)


@router.operation(operations.UPDATE_STUDENT)
async def update_student(
    request: Request,
    path: ClassIdStudentIdPath,
    headers: IfMatchHeaders,
    body: JsonBody[StudentPatch],
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Change a student.

    PATCH /v1/classes/{class_id}/students/{student_id} of class_management
    (specs/class_management.json:753).
    """
    return await forward(operations.UPDATE_STUDENT, request, identity, body=body)


@router.operation(operations.REMOVE_STUDENT)
async def remove_student(
    request: Request,
    path: ClassIdStudentIdPath,
    identity: FromDishka[Identity],
    forward: FromDishka[Forwarder],
) -> Response:
    """Remove a student from a class.

    DELETE /v1/classes/{class_id}/students/{student_id} of class_management
    (specs/class_management.json:826).
    """
    return await forward(operations.REMOVE_STUDENT, request, identity)
