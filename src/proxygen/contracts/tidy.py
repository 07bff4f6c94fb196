"""Holds a generated module against what a contracts module may consist of, and orders it for reading.

Nothing passes that is not on a list here: imports from a few modules, classes of known names, annotated
fields whose annotations are types, literals and calls of `Field`. So whatever a document says, its text can
only be a constant.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from types import EllipsisType
from typing import Final

from proxygen.contracts.model import UnfitContractsError
from proxygen.contracts.nodes import nodes_of

SOURCES: Final = frozenset(
    {
        "__future__",
        "builtins",
        "collections.abc",
        "datetime",
        "ipaddress",
        "pydantic",
        "typing",
        "typing_extensions",
        "uuid",
    }
)
OURS: Final = "proxygen.runtime.json_types"
_RENAMED: Final = {"Dict": "dict", "List": "list", "StrictInt": "Integer", "UUID": "Uuid"}
_OUR_TYPES: Final = frozenset({"Integer", "NO_BOOLEAN", "OnlyFalse", "OnlyTrue", "Uuid"})
_BASES: Final = {"BaseModel": "Contract", "RootModel": "RootContract"}
_TYPE_NODES: Final = (
    ast.Name,
    ast.Subscript,
    ast.BinOp,
    ast.BitOr,
    ast.Tuple,
    ast.List,
    ast.Constant,
    ast.Call,
    ast.keyword,
    ast.UnaryOp,
    ast.USub,
    ast.Load,
)
_LINE: Final = 72
"""Characters of a string that fit on a line of 100, indented."""

_IMPORTED: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)

BASE_CLASSES: Final = '''
Root = TypeVar("Root")


class Contract(BaseModel):
    """An object; what it does not name is let through. Built when it is first used."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class RootContract(RootModel[Root], Generic[Root]):
    """Any other value. Built when it is first used."""

    model_config = ConfigDict(defer_build=True)
'''


def tidy_module(
    tree: ast.Module, *, names: Sequence[str], imported: Mapping[str, str], title: str
) -> str:
    """Source text with docstring, sorted imports, two base classes, and the classes as they came."""
    imports: dict[str, set[str]] = {"__future__": {"annotations"}}
    classes: list[ast.ClassDef] = []
    invented: dict[str, ast.expr] = {}
    for node in tree.body:
        alias = _alias_of(node, names)
        if isinstance(node, ast.ImportFrom):
            _read_import(node, imports)
        elif alias is not None:
            invented[alias[0]] = _checked(alias[1], alias[0])
        elif isinstance(node, ast.ClassDef):
            if node.name not in imported:
                classes.append(tidy_class(node))
        elif not _is_rebuild(node):
            raise UnfitContractsError(f"a {type(node).__name__} between the classes")
    imports[OURS] = set(_OUR_TYPES)
    imports.setdefault("typing", set()).add("Annotated")
    spelled_out = _SpelledOut(invented)
    classes = [spelled_out.visit(node) for node in classes]
    check_names(classes, names, imported)
    prelude = _prelude(classes, imports)
    for name, place in imported.items():
        read_imported(name, place, imports)
    check_scope(classes, imports, names)
    used = {
        node.id
        for part in [*classes, *prelude]
        for node in nodes_of(part)
        if isinstance(node, ast.Name)
    }
    used |= {"annotations", *imported}
    heading: list[ast.stmt] = [ast.Expr(ast.Constant(title))]
    groups: list[Sequence[ast.stmt]] = [heading, *_import_groups(imports, used), prelude, classes]
    modules = [ast.fix_missing_locations(ast.Module(list(group), [])) for group in groups]
    long = _LongStrings(modules)
    return long.put_back("\n\n".join(ast.unparse(long.visit(module)) for module in modules))


def _prelude(classes: list[ast.ClassDef], imports: dict[str, set[str]]) -> list[ast.stmt]:
    used = {
        node.id
        for one in classes
        for base in one.bases
        for node in nodes_of(base)
        if isinstance(node, ast.Name)
    }
    parts = ast.parse(BASE_CLASSES).body
    wanted: list[ast.stmt] = []
    if "RootContract" in used:
        imports.setdefault("typing", set()).update({"Generic", "TypeVar"})
        imports.setdefault("pydantic", set()).update({"ConfigDict", "RootModel"})
        wanted.append(parts[0])
    if "Contract" in used:
        imports.setdefault("pydantic", set()).update({"ConfigDict", "BaseModel"})
        wanted.append(parts[1])
    if "RootContract" in used:
        wanted.append(parts[2])
    return wanted


def _read_import(node: ast.ImportFrom, imports: dict[str, set[str]]) -> None:
    if node.module not in SOURCES or node.level:
        raise UnfitContractsError(f"an import from {node.module}")
    for alias in node.names:
        text = alias.name if alias.asname is None else f"{alias.name} as {alias.asname}"
        imports.setdefault(node.module, set()).add(text)


def _alias_of(node: ast.stmt, names: Sequence[str]) -> tuple[str, ast.expr] | None:
    """A type to which the generator gave a name that nobody asked for: the name and the type."""
    match node:
        case ast.ClassDef(bases=[ast.Subscript(value=ast.Name(id="RootModel"))]) if (
            node.name not in names
        ):
            match _without_config(node.body):
                case [ast.AnnAssign(target=ast.Name(id="root"), annotation=kind, value=None)]:
                    return node.name, kind
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(
                func=ast.Name(id="TypeAliasType"), args=[ast.Constant(), kind], keywords=[]
            ),
        ) if name not in names:
            return name, kind
    return None


def unmarked(tree: ast.Module, mark: str) -> ast.Module:
    """The module with our names as they were, and an underscore before those of the generator's own."""
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            defined.add(node.targets[0].id)
    renamed = {
        name: name.removesuffix(mark) if name.endswith(mark) else f"_{name}" for name in defined
    }
    whole: ast.Module = _Renamed(renamed).visit(tree)
    return whole


class _Types(ast.NodeTransformer):
    """Visits what names a type, quoted or not: no member of a Literal, no argument of `Field`."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if not (isinstance(node.value, ast.Name) and node.value.id == "Literal"):
            self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Name) and node.func.id in ("Field", "ConfigDict"):
            return node
        self.generic_visit(node)
        return node


class _Renamed(_Types):
    """Gives types other names."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.name = self._names[node.name]
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = self.visit(node.annotation)
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, str):
            node.value = self._names.get(node.value, node.value)
        return node


class _SpelledOut(_Types):
    """Puts each such type where its name is used."""

    def __init__(self, types: Mapping[str, ast.expr]) -> None:
        self._types = types

    def visit_Name(self, node: ast.Name) -> ast.expr:
        found = self._types.get(node.id)
        if found is None or not isinstance(node.ctx, ast.Load):
            return node
        spelled: ast.expr = self.visit(copy.deepcopy(found))
        return spelled

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str) or node.value not in self._types:
            return node
        spelled: ast.expr = self.visit(copy.deepcopy(self._types[node.value]))
        return spelled


def _without_config(body: list[ast.stmt]) -> list[ast.stmt]:
    return [node for node in body if not isinstance(node, ast.Assign)]


def _is_rebuild(node: ast.stmt) -> bool:
    """`X.model_rebuild()`, which a class that is built on first use does without."""
    match node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(), attr="model_rebuild"), args=[], keywords=[]
            )
        ):
            return True
    return False


def tidy_class(node: ast.ClassDef) -> ast.ClassDef:
    if node.decorator_list or node.keywords:
        raise UnfitContractsError(f"{node.name}: a decorator or keyword")
    for name in (part for base in node.bases for part in nodes_of(base)):
        if isinstance(name, ast.Name):
            name.id = _BASES.get(name.id, name.id)
    node.bases = [_checked(base, node.name, quoted=True) for base in node.bases]
    parts = [part for statement in node.body for part in _tidy_statement(statement, node.name)]
    node.body = parts or [ast.Pass()]
    return node


def _tidy_statement(node: ast.stmt, where: str) -> Iterator[ast.stmt]:
    match node:
        case ast.Pass():
            yield node
        case ast.Assign(
            targets=[ast.Name(id="model_config")],
            value=ast.Call(func=ast.Name(id="ConfigDict"), args=[]) as call,
        ):
            yield from _tidy_config(node, call, where)
        case ast.Assign(
            targets=[ast.Name(id="__annotations__")],
            value=ast.Dict(keys=[ast.Constant(value="__pydantic_extra__")], values=[kind]),
        ):
            yield ast.AnnAssign(
                target=ast.Name("__pydantic_extra__", ast.Store()),
                annotation=_checked(kind, where),
                simple=1,
            )
        case ast.AnnAssign(target=ast.Name(), value=None | ast.Name(id="MISSING")):
            node.annotation = _checked(node.annotation, where)
            yield node
        case ast.AnnAssign(
            target=ast.Name(),
            value=ast.Call(
                func=ast.Name(id="Field"),
                args=[ast.Constant(value=EllipsisType())],
                keywords=[*said],
            ),
        ):
            yield _required_field(node, said, where)
        case ast.AnnAssign(target=ast.Name(id="root"), value=ast.Constant(value=None)):
            node.annotation = _checked(node.annotation, where)
            node.value = None
            yield node
        case _:
            raise UnfitContractsError(f"{where}: {ast.unparse(node)[:80]}")


def _required_field(node: ast.AnnAssign, said: list[ast.keyword], where: str) -> ast.AnnAssign:
    """`name: T = Field(..., alias="n")` in the form of all others: `name: Annotated[T, Field(alias="n")]`."""
    field = ast.Call(ast.Name("Field", ast.Load()), [], said)
    parts = ast.Tuple([node.annotation, field], ast.Load())
    node.annotation = _checked(
        ast.Subscript(ast.Name("Annotated", ast.Load()), parts, ast.Load()), where
    )
    node.value = None
    return node


def _tidy_config(node: ast.Assign, call: ast.Call, where: str) -> Iterator[ast.stmt]:
    """Configuration without `regex_engine`: every pattern runs in linear time, or is not there."""
    call.keywords = [keyword for keyword in call.keywords if keyword.arg != "regex_engine"]
    if any(not isinstance(keyword.value, ast.Constant) for keyword in call.keywords):
        raise UnfitContractsError(f"{where}: configuration that is not constant")
    if call.keywords:
        yield node


def _checked(expression: ast.expr, where: str, *, quoted: bool = False) -> ast.expr:
    """The type expression with today's names and operators, if it is one."""
    for node in nodes_of(expression):
        if not isinstance(node, _TYPE_NODES):
            raise UnfitContractsError(f"{where}: a {type(node).__name__} in a type")
        if isinstance(node, ast.Call) and not (
            isinstance(node.func, ast.Name) and node.func.id == "Field" and not node.args
        ):
            raise UnfitContractsError(f"{where}: a call in a type")
        if isinstance(node, ast.Name):
            node.id = _RENAMED.get(node.id, node.id)
    modern: ast.expr = _Modern(quoted=quoted).visit(expression)
    return modern


class _Modern(ast.NodeTransformer):
    """`Union[A, B]` as `A | B`, None last in a union, and no quotes around a class in an annotation."""

    def __init__(self, *, quoted: bool) -> None:
        self._quoted = quoted

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id == "Literal":
            return _literal(node)
        self.generic_visit(node)
        match node:
            case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=parts)):
                return _union(parts)
            case ast.Subscript(value=ast.Name(id="Optional"), slice=part):
                return _union([part, ast.Constant(None)])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        return _union([self.visit(part) for part in _alternatives(node)])

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, str) and not self._quoted:
            return ast.Name(node.value, ast.Load())
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return node


def _literal(node: ast.Subscript) -> ast.expr:
    """The literal with its booleans as types that no number is taken for, and 0 and 1 for no boolean."""
    members = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    booleans = [one for one in members if isinstance(one, ast.Constant) and type(one.value) is bool]
    if not booleans:
        return _without_booleans(node, members)
    others = [one for one in members if one not in booleans]
    parts: list[ast.expr] = [
        ast.Name("OnlyTrue" if one.value else "OnlyFalse", ast.Load()) for one in booleans
    ]
    if others:
        rest = others[0] if len(others) == 1 else ast.Tuple(others, ast.Load())
        parts.append(_without_booleans(ast.Subscript(node.value, rest, ast.Load()), others))
    return _union(parts)


def _without_booleans(literal: ast.Subscript, members: Sequence[ast.expr]) -> ast.Subscript:
    if not any(
        isinstance(one, ast.Constant) and type(one.value) is int and one.value in (0, 1)
        for one in members
    ):
        return literal
    parts = ast.Tuple([literal, ast.Name("NO_BOOLEAN", ast.Load())], ast.Load())
    return ast.Subscript(ast.Name("Annotated", ast.Load()), parts, ast.Load())


class _LongStrings(ast.NodeTransformer):
    """Writes a string that fits on no line as several side by side, which a tree cannot say."""

    def __init__(self, modules: Sequence[ast.Module]) -> None:
        texts = [
            node.value
            for module in modules
            for node in nodes_of(module)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        self._mark = "_long_string_"
        while any(self._mark in text for text in texts):
            self._mark += "_"
        self._texts: dict[str, str] = {}

    def visit_Expr(self, node: ast.Expr) -> ast.Expr:
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str) or len(repr(node.value)) <= _LINE:
            return node
        name = f"{self._mark}{len(self._texts)}_"
        step = _LINE // 4
        pieces = [repr(node.value[at : at + step]) for at in range(0, len(node.value), step)]
        self._texts[name] = f"({' '.join(pieces)})"
        return ast.Name(name, ast.Load())

    def put_back(self, source: str) -> str:
        """The source with each string where its placeholder stands."""
        if not self._texts:
            return source
        places = re.compile(f"{self._mark}[0-9]+_")
        return places.sub(lambda found: self._texts[found[0]], source)


def _alternatives(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return [*_alternatives(node.left), *_alternatives(node.right)]
    return [node]


def _union(parts: Sequence[ast.expr]) -> ast.expr:
    ordered = sorted(parts, key=lambda part: isinstance(part, ast.Constant) and part.value is None)
    joined = ordered[0]
    for part in ordered[1:]:
        joined = ast.BinOp(joined, ast.BitOr(), part)
    return joined


def check_names(
    classes: list[ast.ClassDef], names: Sequence[str], imported: Mapping[str, str]
) -> None:
    written = [node.name for node in classes]
    wanted = [name for name in names if name not in imported]
    missing = sorted(set(wanted) - set(written))
    extra = sorted(set(written) - set(wanted))
    if missing or extra or len(set(written)) != len(written):
        raise UnfitContractsError(f"classes missing: {missing}, classes that nobody named: {extra}")


def check_scope(
    classes: list[ast.ClassDef], imports: Mapping[str, set[str]], names: Sequence[str]
) -> None:
    known = {text.rpartition(" ")[2] for texts in imports.values() for text in texts}
    known |= {
        *names,
        "Contract",
        "RootContract",
        "dict",
        "list",
        "str",
        "bytes",
        "int",
        "float",
        "bool",
        "tuple",
        "set",
    }
    for node in classes:
        for part in nodes_of(node):
            if (
                isinstance(part, ast.Name)
                and isinstance(part.ctx, ast.Load)
                and part.id not in known
            ):
                raise UnfitContractsError(f"{node.name}: {part.id} is defined nowhere")


def read_imported(name: str, place: str, imports: dict[str, set[str]]) -> None:
    if not _IMPORTED.fullmatch(place):
        raise UnfitContractsError(f"{place!r} is not of the form package.module:Class")
    module, _, class_name = place.partition(":")
    text = class_name if class_name == name else f"{class_name} as {name}"
    imports.setdefault(module, set()).add(text)


def _import_groups(imports: Mapping[str, set[str]], used: set[str]) -> Iterator[list[ast.stmt]]:
    """The future, the standard library, and the rest; a renamed one has a line of its own (isort)."""
    groups: dict[int, list[ast.stmt]] = {0: [], 1: [], 2: []}
    for module in sorted(imports):
        group = 0 if module == "__future__" else 1 if module in SOURCES - {"pydantic"} else 2
        texts = [
            text
            for text in sorted(imports[module], key=_import_order)
            if text.rpartition(" ")[2] in used
        ]
        plain = [ast.alias(text) for text in texts if " as " not in text]
        if plain:
            groups[group].append(ast.ImportFrom(module, plain, 0))
        for text in texts:
            if " as " in text:
                groups[group].append(ast.ImportFrom(module, [ast.alias(*text.split(" as "))], 0))
    yield from (group for group in groups.values() if group)


def _import_order(text: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as isort has it."""
    name = text.partition(" ")[0]
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)
