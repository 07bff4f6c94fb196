"""What class_management takes (specs/class_management.json)."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from proxygen.runtime.json_types import Integer, Uuid
from pydantic import MISSING, BaseModel, ConfigDict, Field, RootModel, StrictStr

Root = TypeVar("Root")


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class RootContract(RootModel[Root], Generic[Root]):
    """Any other value. Built when it is first used."""

    model_config = ConfigDict(defer_build=True)


class ClassBase(Contract):
    name: Annotated[StrictStr, Field(max_length=80, min_length=1)]
    grade: Annotated[Integer, Field(ge=1, le=13)]
    state: ClassState | MISSING = MISSING
    course_code: CourseCode
    description: Annotated[StrictStr | MISSING | None, Field(max_length=2000)] = MISSING


class ClassIdPath(Contract):
    class_id: Annotated[StrictStr, Field(max_length=64, min_length=1)]


class ClassIdStudentIdPath(Contract):
    class_id: Annotated[StrictStr, Field(max_length=64, min_length=1)]
    student_id: Uuid


class ClassState(RootContract[Literal["active", "archived"]]):
    root: Literal["active", "archived"]


class ClientOwnership(Contract):
    pass


class ClientClassCreate(ClassBase, ClientOwnership):
    pass


class CourseCode(RootContract[Literal["ENG5", "ENG6", "ENG7", "SV1", "SV2", "SV3"]]):
    root: Literal["ENG5", "ENG6", "ENG7", "SV1", "SV2", "SV3"]


class Enrolment(RootContract[Literal["invited", "enrolled", "left"]]):
    root: Literal["invited", "enrolled", "left"]


class IfMatchHeaders(Contract):
    if_match: Annotated[StrictStr, Field(alias="If-Match", min_length=1)]


class ListClassesQuery(Contract):
    state: ClassState | MISSING = MISSING
    grade: list[Annotated[Integer, Field(ge=1, le=13)]] | MISSING = MISSING
    sort: Literal["name", "-name", "created_at", "-created_at"] | MISSING = MISSING


class ListCoursesQuery(Contract):
    language: Literal["en", "sv"] | MISSING = MISSING


class ListStudentsQuery(Contract):
    enrolment: list[Enrolment] | MISSING = MISSING


class Ownership(Contract):
    owner_id: Annotated[StrictStr, Field(max_length=128, min_length=1)]
    org_id: Annotated[StrictStr | None, Field(max_length=128)]


class ClassCreate(ClassBase, Ownership):
    pass


class StudentBase(Contract):
    given_name: Annotated[StrictStr, Field(max_length=80, min_length=1)]
    family_name: Annotated[StrictStr, Field(max_length=80, min_length=1)]
    email: StrictStr | MISSING | None = MISSING
    user_id: Annotated[StrictStr | MISSING | None, Field(max_length=128)] = MISSING
    enrolment: Enrolment | MISSING = MISSING
    special_needs: Annotated[StrictStr | MISSING | None, Field(max_length=2000)] = MISSING


class StudentPatch(Contract):
    model_config = ConfigDict(extra="forbid")
    given_name: Annotated[StrictStr | MISSING, Field(max_length=80, min_length=1)] = MISSING
    family_name: Annotated[StrictStr | MISSING, Field(max_length=80, min_length=1)] = MISSING
    email: StrictStr | MISSING | None = MISSING
    user_id: Annotated[StrictStr | MISSING | None, Field(max_length=128)] = MISSING
    enrolment: Enrolment | MISSING = MISSING
    special_needs: Annotated[StrictStr | MISSING | None, Field(max_length=2000)] = MISSING
