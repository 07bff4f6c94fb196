"""Every variable that a running edge reads, from the classes that read them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from proxygen.runtime.settings import PREFIX, EdgeSettings, ServerSettings, ServiceSettings

from .table import code, sentence, table


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable of the environment."""

    name: str
    field: FieldInfo
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The variables of one class."""

    prefix: str
    model: type[BaseModel]
    variables: Sequence[Variable]


def markdown() -> str:
    """A section for each group of variables."""
    return "\n".join(_section(group) for group in groups())


def groups() -> Iterator[Group]:
    """The edge's own settings, the server's, and those of each service."""
    yield from _groups(EdgeSettings, PREFIX)
    yield from _groups(ServerSettings, PREFIX)
    yield from _groups(ServiceSettings, f"{PREFIX}SERVICES__<NAME>__")


def _groups(model: type[BaseModel], prefix: str) -> Iterator[Group]:
    said = attribute_docstrings(model)
    inner = {name: _model_in(field.annotation) for name, field in model.model_fields.items()}
    own = [
        Variable(name=prefix + name.upper(), field=field, about=said.get(name, ""))
        for name, field in model.model_fields.items()
        if inner[name] is None
        if not (model is EdgeSettings and name == "services")
        if not (model is ServiceSettings and name == "base_url")
    ]
    yield Group(prefix=prefix, model=model, variables=own)
    for name, found in inner.items():
        if found is not None:
            yield from _groups(found, f"{prefix}{name.upper()}__")


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The settings that this annotation nests, None for a plain value."""
    for option in get_args(annotation) or (annotation,):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return None if option is ServiceSettings else option
    return None


def attribute_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The text under each attribute of a class."""
    body = ast.parse(inspect.getsource(model)).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for node, below in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            found[node.target.id] = str(below.value.value)
    return found


def _section(group: Group) -> str:
    title = code(group.prefix + "…") if group.model is not ServerSettings else "How it is served"
    if group.model is EdgeSettings:
        title = "The edge"
    about = sentence((group.model.__doc__ or "").strip())
    rows = [
        (code(item.name), sentence(item.about), kind_of(item.field), default_of(item.field))
        for item in group.variables
    ]
    head = ("variable", "meaning", "value", "default")
    return f"## {title}\n\n{about}\n\n" + (table(head, rows) if rows else "")


def kind_of(field: FieldInfo) -> str:
    """What the variable may hold, in words."""
    bounds = []
    for item in field.metadata:
        match item:
            case Ge():
                bounds.append(f"from {item.ge}")
            case Gt():
                bounds.append(f"above {item.gt}")
            case Le():
                bounds.append(f"up to {item.le}")
            case Lt():
                bounds.append(f"below {item.lt}")
            case MinLen():
                bounds.append("not empty")
            case _:
                pass
    return " ".join([_kind(field.annotation), *bounds])


def _kind(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin is Literal:
        return ", ".join(code(item) for item in get_args(annotation))
    if origin in (Union, UnionType):
        return " or ".join(_kind(item) for item in get_args(annotation) if item is not type(None))
    if origin is tuple:
        return "list, commas between"
    if annotation is bool:
        return "`true` or `false`"
    return {int: "whole number", float: "number", SecretStr: "secret text"}.get(annotation, "text")


def default_of(field: FieldInfo) -> str:
    """The value without the variable; empty where there is none."""
    default = field.default
    if default is PydanticUndefined:
        return "must be set"
    if default is None or default in ((), ""):
        return ""
    if isinstance(default, tuple):
        return code(",".join(default))
    return code(str(default).lower() if isinstance(default, bool) else str(default))
