"""The Jinja environment: sandboxed, strict, and able to print nothing but what the gate has let through."""

from __future__ import annotations

import traceback
from typing import Any

from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from proxygen.diagnostics import Diagnostic, InputRefused, Location, Severity
from proxygen.render.literals import (
    Source,
    UnsafeTextError,
    docstring,
    dotted,
    expression,
    identifier,
    literal,
    markdown,
    names,
)
from proxygen.render.template_set import Template, TemplateSet
from proxygen.render.views import View

GATE = {
    "docstring": docstring,
    "dotted": dotted,
    "expression": expression,
    "identifier": identifier,
    "literal": literal,
    "markdown": markdown,
    "names": names,
}
"""The only filters that a template has."""


class UngatedTextError(TemplateError):
    """A template prints a value that went through none of the gate's filters."""


class Printer:
    """Prints views by their templates."""

    def __init__(self, templates: TemplateSet) -> None:
        self._templates = templates
        texts = {name: template.text for name, template in templates.templates.items()}
        self._environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(texts),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=_gated,
        )
        self._environment.filters = dict(GATE)
        self._environment.tests = {}
        self._environment.globals = {}

    def print(self, template: str, view: View) -> str:
        """The text of a view; an override that fails is the user's to correct (`InputRefused`)."""
        try:
            return self._environment.get_template(template).render(view=view)
        except (TemplateError, TypeError, AttributeError, UnsafeTextError) as error:
            own = self._templates.templates[template]
            if not own.overridden:
                raise
            raise InputRefused([_finding(own, error)]) from error


def _gated(value: Any) -> Source:
    if not isinstance(value, Source):
        raise UngatedTextError(f"a value is printed without a filter; use {', '.join(GATE)}")
    return value


def _finding(own: Template, error: Exception) -> Diagnostic:
    line = getattr(error, "lineno", None) or _line_in_template(error)
    # The override's first line, which names its base, is not part of the template.
    return template_error(own, f"{type(error).__name__}: {error}", line + 1 if line else 0)


def _line_in_template(error: Exception) -> int:
    """The innermost line of a template that was being printed, 0 where none was."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == "<template>"
    ]
    return lines[-1] if lines else 0


def template_error(own: Template, found: str, line: int = 0) -> Diagnostic:
    """What is wrong with an override, at this line of its file."""
    location = Location(own.file, line, 1 if line else 0)
    cure = "correct the override, or delete it to use the stock template"
    return Diagnostic("template-error", Severity.ERROR, location, found, cure)
