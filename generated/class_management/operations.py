"""What the edge decides about each operation of class_management."""

from __future__ import annotations

from typing import Final

from proxygen.runtime import (
    Absent,
    Auth,
    Binding,
    Body,
    BodyKind,
    Content,
    IdentityField,
    Operation,
    Parameter,
    Place,
    Shape,
)

LIST_CLASSES: Final = Operation(
    service="class_management",
    operation_id="listClasses",
    method="GET",
    edge_path="/v1/classes",
    downstream_path="/v1/classes",
    bindings=(
        Binding(field=IdentityField.USER_ID, place=Place.QUERY, name="owner_id"),
        Binding(field=IdentityField.ORG_ID, place=Place.QUERY, name="org_id", absent=Absent.OMIT),
    ),
    query=(
        Parameter(name="state"),
        Parameter(name="grade", shape=Shape(types=("integer",), container="array")),
        Parameter(name="sort"),
    ),
    idempotent=True,
)

CREATE_CLASS: Final = Operation(
    service="class_management",
    operation_id="createClass",
    method="POST",
    edge_path="/v1/classes",
    downstream_path="/v1/classes",
    bindings=(
        Binding(field=IdentityField.USER_ID, place=Place.BODY, name="/owner_id"),
        Binding(field=IdentityField.ORG_ID, place=Place.BODY, name="/org_id", absent=Absent.NULL),
    ),
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
)

LIST_COURSES: Final = Operation(
    service="class_management",
    operation_id="listCourses",
    method="GET",
    edge_path="/v1/courses",
    downstream_path="/v1/courses",
    auth=Auth.OPTIONAL,
    query=(Parameter(name="language"),),
    idempotent=True,
)

GET_CLASS: Final = Operation(
    service="class_management",
    operation_id="getClass",
    method="GET",
    edge_path="/v1/classes/{class_id}",
    downstream_path="/v1/classes/{class_id}",
    path=(Parameter(name="class_id", required=True, style="simple", explode=False),),
    idempotent=True,
)

REPLACE_CLASS: Final = Operation(
    service="class_management",
    operation_id="replaceClass",
    method="PUT",
    edge_path="/v1/classes/{class_id}",
    downstream_path="/v1/classes/{class_id}",
    path=(Parameter(name="class_id", required=True, style="simple", explode=False),),
    headers=(Parameter(name="If-Match", required=True, style="simple", explode=False),),
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
    request_headers=("if-match",),
    idempotent=True,
)

DELETE_CLASS: Final = Operation(
    service="class_management",
    operation_id="deleteClass",
    method="DELETE",
    edge_path="/v1/classes/{class_id}",
    downstream_path="/v1/classes/{class_id}",
    path=(Parameter(name="class_id", required=True, style="simple", explode=False),),
    headers=(Parameter(name="If-Match", required=True, style="simple", explode=False),),
    request_headers=("if-match",),
    idempotent=True,
)

GET_CLASS_ADMINISTRATION: Final = Operation(
    service="class_management",
    operation_id="getClassAdministration",
    method="GET",
    edge_path="/v1/classes/{class_id}/admin",
    downstream_path="/v1/classes/{class_id}/admin",
    scopes=(("classes.admin",),),
    path=(Parameter(name="class_id", required=True, style="simple", explode=False),),
    idempotent=True,
)

LIST_STUDENTS: Final = Operation(
    service="class_management",
    operation_id="listStudents",
    method="GET",
    edge_path="/v1/classes/{class_id}/students",
    downstream_path="/v1/classes/{class_id}/students",
    path=(Parameter(name="class_id", required=True, style="simple", explode=False),),
    query=(Parameter(name="enrolment", explode=False, shape=Shape(container="array")),),
    idempotent=True,
)

ADD_STUDENT: Final = Operation(
    service="class_management",
    operation_id="addStudent",
    method="POST",
    edge_path="/v1/classes/{class_id}/students",
    downstream_path="/v1/classes/{class_id}/students",
    path=(Parameter(name="class_id", required=True, style="simple", explode=False),),
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
)

GET_STUDENT: Final = Operation(
    service="class_management",
    operation_id="getStudent",
    method="GET",
    edge_path="/v1/classes/{class_id}/students/{student_id}",
    downstream_path="/v1/classes/{class_id}/students/{student_id}",
    path=(
        Parameter(name="class_id", required=True, style="simple", explode=False),
        Parameter(name="student_id", required=True, style="simple", explode=False),
    ),
    idempotent=True,
)

UPDATE_STUDENT: Final = Operation(
    service="class_management",
    operation_id="updateStudent",
    method="PATCH",
    edge_path="/v1/classes/{class_id}/students/{student_id}",
    downstream_path="/v1/classes/{class_id}/students/{student_id}",
    path=(
        Parameter(name="class_id", required=True, style="simple", explode=False),
        Parameter(name="student_id", required=True, style="simple", explode=False),
    ),
    headers=(Parameter(name="If-Match", required=True, style="simple", explode=False),),
    body=Body(content=(Content(media_type="application/json", kind=BodyKind.JSON),), required=True),
    request_headers=("if-match",),
)

REMOVE_STUDENT: Final = Operation(
    service="class_management",
    operation_id="removeStudent",
    method="DELETE",
    edge_path="/v1/classes/{class_id}/students/{student_id}",
    downstream_path="/v1/classes/{class_id}/students/{student_id}",
    path=(
        Parameter(name="class_id", required=True, style="simple", explode=False),
        Parameter(name="student_id", required=True, style="simple", explode=False),
    ),
    idempotent=True,
)
